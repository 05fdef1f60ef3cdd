extension FilmPlane {
  /// The film as PNG of 8 bits, in whole levels, the nearest; beyond 0…255 the nearest end.
  ///
  /// A film that was standardised is ``restored(_:)`` first.
  ///
  /// - Parameter compression: zlib's level, 1 fast to 9 small.
  /// - Throws: ``ImageError/unencodable(reason:)``.
  public func pngData(compression: Int = 6) throws -> [UInt8] {
    try GreyFilm(self).pngData(compression: compression)
  }
}
