import CFilmCodec

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Pixels to PNG and JPEG, by libpng and libjpeg-turbo.
struct FilmEncoder {
  let height: Int
  let width: Int
  /// 1 for grey, 3 for red, green and blue.
  let channels: Int
  /// `[height, width, channels]`.
  let pixels: [UInt8]

  /// - Throws: ``ImageError/unencodable(reason:)``.
  func png(compression: Int) throws -> [UInt8] {
    guard (1...9).contains(compression) else {
      throw ImageError.unencodable(reason: "compression \(compression); levels are 1 to 9")
    }
    return try encoded { count, result in
      film_encode_png(
        pixels, width, height, Int32(channels), Int32(compression), count, result)
    }
  }

  /// - Throws: ``ImageError/unencodable(reason:)``.
  func jpeg(quality: Int) throws -> [UInt8] {
    guard (1...100).contains(quality) else {
      throw ImageError.unencodable(reason: "quality \(quality); qualities are 1 to 100")
    }
    return try encoded { count, result in
      film_encode_jpeg(
        pixels, width, height, Int32(channels), Int32(quality), count, result)
    }
  }

  private func encoded(
    _ body: (UnsafeMutablePointer<Int>, UnsafeMutablePointer<film_result>)
      -> UnsafeMutablePointer<UInt8>?
  ) throws -> [UInt8] {
    var (count, result) = (0, film_result())
    guard let bytes = body(&count, &result) else {
      throw ImageError.unencodable(reason: text(ofC: result.message))
    }
    defer { free(bytes) }
    return Array(UnsafeBufferPointer(start: bytes, count: count))
  }
}
