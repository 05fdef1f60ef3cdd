import CFilmCodec

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension GreyFilm {
  /// The film as an 8-bit grey PNG file.
  ///
  /// - Parameter compression: zlib's level, 1 fast to 9 small.
  /// - Throws: ``ImageError/unencodable(reason:)``.
  public func pngData(compression: Int = 6) throws -> [UInt8] {
    try encoded { count, result in
      film_encode_png(pixels, width, height, Int32(min(9, max(1, compression))), count, result)
    }
  }

  /// The film as a baseline grey JPEG file.
  ///
  /// - Parameter quality: 1 to 100.
  /// - Throws: ``ImageError/unencodable(reason:)``.
  public func jpegData(quality: Int = 90) throws -> [UInt8] {
    try encoded { count, result in
      film_encode_jpeg(pixels, width, height, Int32(min(100, max(1, quality))), count, result)
    }
  }

  private func encoded(
    _ body: (UnsafeMutablePointer<Int>, UnsafeMutablePointer<film_result>)
      -> UnsafeMutablePointer<UInt8>?
  ) throws -> [UInt8] {
    var (count, result) = (0, film_result())
    guard let bytes = body(&count, &result) else {
      let reason = withUnsafeBytes(of: result.message) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      throw ImageError.unencodable(reason: reason)
    }
    defer { free(bytes) }
    return Array(UnsafeBufferPointer(start: bytes, count: count))
  }
}
