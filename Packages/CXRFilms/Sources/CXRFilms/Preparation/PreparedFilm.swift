import CXRImage

/// A film on its way from file to cache.
public struct PreparedFilm: Sendable {
  /// The file's bytes.
  public let source: [UInt8]
  /// As decoded.
  public let decoded: GreyFilm
  /// The pixels that a cache keeps.
  public let stored: [UInt8]
  /// Of these pixels.
  public let moments: PixelMoments

  /// Reads, decodes and resizes a film; `source` if its bytes have been read.
  /// - Throws: `ImageError`.
  public init(path: String, source: [UInt8]? = nil, preparation: FilmPreparation) throws {
    self.source = try source ?? filmBytes(path: path)
    decoded = try GreyFilm(encoded: self.source, path: path, options: preparation.decoding)
    stored = preparation.stored(decoded)
    moments = stored.withUnsafeBytes { preparation.storage.moments($0) }
  }
}
