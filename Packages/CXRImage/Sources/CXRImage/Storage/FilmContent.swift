import CFilmCodec

/// What tells decoded films apart: their size and a hash of their pixels.
///
/// Two films of one content are almost surely pixel for pixel the same; whoever needs to be sure compares
/// the pixels.
public struct FilmContent: Sendable, Hashable, Codable {
  /// A hash of the pixels; not made against malice.
  public let hash: UInt64
  /// In pixels.
  public let height: Int
  /// In pixels.
  public let width: Int

  /// Takes numbers that were kept.
  public init(hash: UInt64, height: Int, width: Int) {
    (self.hash, self.height, self.width) = (hash, height, width)
  }

  /// Of a decoded film.
  public init(_ film: GreyFilm) {
    let hash =
      film.fineLevels?.withUnsafeBytes { $0.checksum64 }
      ?? film.pixels.withUnsafeBytes { $0.checksum64 }
    self.init(hash: hash, height: film.height, width: film.width)
  }
}

extension UnsafeRawBufferPointer {
  /// A checksum that finds flipped, missing and exchanged bytes; it is not made against malice.
  public var checksum64: UInt64 { film_checksum(baseAddress, count) }
}
