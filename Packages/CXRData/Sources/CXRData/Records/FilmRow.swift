/// The place of a film among the records of a label file. It is no line of the file, of which several may be of one film.
public typealias FilmRow = Position<FilmRecord>

extension [FilmRecord] {
  /// The places of all films.
  public var positions: Range<FilmRow> { FilmRow(0)..<FilmRow(count) }

  /// The film at a place.
  public subscript(row: FilmRow) -> FilmRecord { self[row.index] }
}
