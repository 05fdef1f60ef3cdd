import CFilmCodec

/// How a prepared film's grey levels are kept, a number a pixel.
public enum PixelStorage: String, Sendable, CaseIterable, Codable {
  /// Whole grey levels, 1 byte a pixel: off by up to half a level.
  case uint8
  /// 1/256 of a level, 2 bytes a pixel: off by up to 1/512 of a level; an unresized 8-bit film is
  /// exact.
  case fixed16
  /// As computed, 4 bytes a pixel.
  case float32

  /// Bytes a pixel.
  public var bytesPerPixel: Int {
    switch self {
    case .uint8: 1
    case .fixed16: 2
    case .float32: 4
    }
  }

  /// A film's pixels as stored, in this machine's byte order.
  public func stored(_ film: FilmPlane) -> [UInt8] {
    let count = film.values.count * bytesPerPixel
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
      if let base = UnsafeMutableRawPointer(buffer.baseAddress) {
        film.values.withUnsafeBufferPointer { values in
          switch self {
          case .uint8:
            film_store_uint8(
              values.baseAddress, values.count, base.assumingMemoryBound(to: UInt8.self))
          case .fixed16:
            film_store_fixed16(
              values.baseAddress, values.count, base.assumingMemoryBound(to: UInt16.self))
          case .float32:
            UnsafeMutableRawBufferPointer(start: base, count: count).copyBytes(
              from: UnsafeRawBufferPointer(values))
          }
        }
      }
      initialised = count
    }
  }

  /// The film that stored pixels are, in grey levels.
  public func film(_ stored: UnsafeRawBufferPointer, height: Int, width: Int) -> FilmPlane {
    let values = [Float](unsafeUninitializedCapacity: height * width) { buffer, count in
      if let base = buffer.baseAddress { standardise(stored, mean: 0, deviation: 1, to: base) }
      count = height * width
    }
    return FilmPlane(height: height, width: width, values: values)
  }

  /// Stored pixels as (grey level − mean) / deviation.
  ///
  /// - Parameters:
  ///   - stored: aligned to ``bytesPerPixel``.
  ///   - mean: in grey levels.
  ///   - deviation: in grey levels, over 0.
  ///   - target: as many numbers as pixels are stored.
  public func standardise(
    _ stored: UnsafeRawBufferPointer, mean: Float, deviation: Float,
    to target: UnsafeMutablePointer<Float>
  ) {
    let count = stored.count / bytesPerPixel
    guard let base = stored.baseAddress else { return }
    switch self {
    case .uint8:
      film_standardise_uint8(
        base.assumingMemoryBound(to: UInt8.self), count, mean, deviation, target)
    case .fixed16:
      film_standardise_fixed16(
        base.assumingMemoryBound(to: UInt16.self), count, mean, deviation, target)
    case .float32:
      film_standardise_float32(
        base.assumingMemoryBound(to: Float.self), count, mean, deviation, target)
    }
  }

  /// The moments of stored pixels, in grey levels; of whole numbers from exact sums.
  public func moments(_ stored: UnsafeRawBufferPointer) -> PixelMoments {
    let count = stored.count / bytesPerPixel
    guard let base = stored.baseAddress, count > 0 else { return PixelMoments() }
    var (sum, squares): (UInt64, UInt64) = (0, 0)
    switch self {
    case .uint8:
      film_sums_uint8(base.assumingMemoryBound(to: UInt8.self), count, &sum, &squares)
      return PixelMoments(count: count, sum: sum, squares: squares, unit: 1)
    case .fixed16:
      film_sums_fixed16(base.assumingMemoryBound(to: UInt16.self), count, &sum, &squares)
      return PixelMoments(count: count, sum: sum, squares: squares, unit: 1 / 256)
    case .float32:
      return PixelMoments(film(stored, height: 1, width: count))
    }
  }
}
