extension FilmPlane {
  /// The film as a network reads it: each value less the mean, over the standard deviation, both rounded to `Float`
  /// first.
  ///
  /// Traps where the deviation is 0, as that of films of one grey level.
  public func standardised(_ moments: PixelMoments) -> FilmPlane {
    let (mean, deviation) = (Float(moments.mean), Float(moments.standardDeviation))
    precondition(deviation > 0, "FilmPlane.standardised: films of one grey level have no scale")
    var film = self
    for i in film.values.indices { film.values[i] = (film.values[i] - mean) / deviation }
    return film
  }

  /// The grey levels of a standardised film, to rounding.
  public func restored(_ moments: PixelMoments) -> FilmPlane {
    let (mean, deviation) = (Float(moments.mean), Float(moments.standardDeviation))
    var film = self
    for i in film.values.indices { film.values[i] = film.values[i] * deviation + mean }
    return film
  }
}
