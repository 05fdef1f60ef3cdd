#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The random changes of pose that the reference trains on: one rotation, then one zoom.
public struct Augmentation: Sendable, Equatable {
  /// Rotations are uniform in ± this share of a full turn.
  public var rotation: Float
  /// Zoom factors are uniform in 1 ± this.
  public var zoom: Float

  /// ±36° and 0.8…1.2 unless said otherwise.
  public init(rotation: Float = 0.1, zoom: Float = 0.2) {
    (self.rotation, self.zoom) = (rotation, zoom)
  }

  /// A rotated and zoomed copy, angle and factor drawn from `random` in this order.
  public func callAsFunction(
    _ film: FilmPlane, using random: inout some RandomNumberGenerator
  ) -> FilmPlane {
    // 24 random bits make a number in −1..<1: every one is a Float.
    func draw() -> Float { Float(random.next() >> 40) * 0x1p-23 - 1 }
    let degrees = draw() * rotation * 360
    let factor = 1 + draw() * zoom
    return film.rotated(degrees: degrees).zoomed(factor: factor)
  }
}

extension FilmPlane {
  /// The film turned about its centre, counter-clockwise as seen, reflected at the border, bilinear:
  /// Keras's `RandomRotation` for a given angle, bit for bit.
  public func rotated(degrees: Float) -> FilmPlane {
    let radians = degrees * (Float.pi / 180)
    let (cosine, sine) = (cosf(radians), sinf(radians))
    let (cx, cy) = (0.5 * Float(width - 1), 0.5 * Float(height - 1))
    return sampled(
      x: (cosine, -sine, cx - cx * cosine + cy * sine),
      y: (sine, cosine, cy - cx * sine - cy * cosine))
  }

  /// The film scaled about its centre, reflected at the border, bilinear: Keras's `RandomZoom` for a
  /// given factor, bit for bit. A factor over 1 shows more of the film.
  public func zoomed(factor: Float) -> FilmPlane {
    sampled(
      x: (factor, 0, 0.5 * Float(width - 1) * (1 - factor)),
      y: (0, factor, 0.5 * Float(height - 1) * (1 - factor)))
  }

  /// Output pixel (column i, row j) from input position (x₀i + x₁j + x₂, y₀i + y₁j + y₂).
  private func sampled(x: (Float, Float, Float), y: (Float, Float, Float)) -> FilmPlane {
    let result = [Float](unsafeUninitializedCapacity: values.count) { output, count in
      values.withUnsafeBufferPointer { input in
        func pixel(_ row: Int, _ column: Int) -> Float {
          row >= 0 && row < height && column >= 0 && column < width
            ? input[row * width + column] : 0
        }
        for j in 0..<height {
          for i in 0..<width {
            let (fi, fj) = (Float(i), Float(j))
            let px = reflected(x.0 * fi + x.1 * fj + x.2, size: width)
            let py = reflected(y.0 * fi + y.1 * fj + y.2, size: height)
            let (x0, y0) = (px.rounded(.down), py.rounded(.down))
            let (x1, y1) = (x0 + 1, y0 + 1)
            let (left, top) = (Int(x0), Int(y0))
            let upper =
              (x1 - px) * pixel(top, left) + (px - x0) * pixel(top, left + 1)
            let lower =
              (x1 - px) * pixel(top + 1, left) + (px - x0) * pixel(top + 1, left + 1)
            output[j * width + i] = (y1 - py) * upper + (py - y0) * lower
          }
        }
      }
      count = values.count
    }
    return FilmPlane(height: height, width: width, values: result)
  }
}

/// A coordinate mirrored at the film's edges (d c b a | a b c d | d c b a), then clamped to it.
private func reflected(_ position: Float, size: Int) -> Float {
  guard size > 1 else { return 0 }
  let n = Float(size)
  var c = position
  if c < 0 {
    c = 2 * n * (-c / (2 * n)).rounded(.towardZero) + c
    c = c < -n ? c + 2 * n : -c - 1
  } else if c > n - 1 {
    c -= 2 * n * (c / (2 * n)).rounded(.towardZero)
    if c >= n { c = 2 * n - c - 1 }
  }
  return min(max(c, 0), n - 1)
}
