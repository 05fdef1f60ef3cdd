import CXRData

/// The place of a film among those that a ``FilmCache`` or ``PreparedFilms`` was given; no row of the label file.
public typealias CachedFilm = Position<PreparedFilm>
