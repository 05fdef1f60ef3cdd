import CFilmCodec

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

  /// ±36° and 0.8…1.2 unless said otherwise; traps on shares that are no finite numbers of 0 or more.
  public init(rotation: Float = 0.1, zoom: Float = 0.2) {
    (self.rotation, self.zoom) = (rotation, zoom)
    checkShares()
  }

  private func checkShares() {
    precondition(
      rotation.isFinite && rotation >= 0 && zoom.isFinite && zoom >= 0,
      "Augmentation: rotation \(rotation), zoom \(zoom); finite numbers of 0 or more are needed")
  }

  /// A rotated and zoomed copy, angle and factor drawn from `random` in this order.
  public func callAsFunction(
    _ film: FilmPlane, using random: inout some RandomNumberGenerator
  ) -> FilmPlane {
    var copy = film
    copy.values.withUnsafeMutableBufferPointer {
      apply(to: $0, height: film.height, width: film.width, using: &random)
    }
    return copy
  }

  /// Rotates and zooms a film where it lies, as ``callAsFunction(_:using:)`` does a copy.
  ///
  /// - Parameters:
  ///   - pixels: `[height, width]`.
  ///   - height: in pixels.
  ///   - width: in pixels.
  ///   - random: what angle and factor are drawn from.
  public func apply(
    to pixels: UnsafeMutableBufferPointer<Float>, height: Int, width: Int,
    using random: inout some RandomNumberGenerator
  ) {
    precondition(
      pixels.count == height * width,
      "Augmentation: \(pixels.count) pixels for \(height) × \(width)")
    checkShares()
    // 24 random bits make a number in −1..<1: every one is a Float.
    func draw() -> Float { Float(random.next() >> 40) * 0x1p-23 - 1 }
    let turn = Projection(degrees: draw() * rotation * 360, height: height, width: width)
    let zoom = Projection(factor: 1 + draw() * zoom, height: height, width: width)
    guard let base = pixels.baseAddress else { return }
    if film_resample_twice(base, height, width, turn.x + turn.y, zoom.x + zoom.y) == 0 {
      preconditionFailure("Augmentation: no memory for \(height) × \(width) pixels")
    }
  }
}

/// In pixels; places in a larger film are no 32-bit numbers.
private let largestSide = 46_340

/// Where output pixels come from: (column i, row j) from (x₀i + x₁j + x₂, y₀i + y₁j + y₂).
private struct Projection {
  let x: [Float]
  let y: [Float]

  /// A turn about the centre, counter-clockwise as seen.
  init(degrees: Float, height: Int, width: Int) {
    precondition(degrees.isFinite, "rotated: \(degrees) degrees; a finite number is needed")
    let radians = degrees * (Float.pi / 180)
    let (cosine, sine) = (cosf(radians), sinf(radians))
    let (cx, cy) = (0.5 * Float(width - 1), 0.5 * Float(height - 1))
    x = [cosine, -sine, cx - cx * cosine + cy * sine]
    y = [sine, cosine, cy - cx * sine - cy * cosine]
  }

  /// A zoom about the centre.
  init(factor: Float, height: Int, width: Int) {
    precondition(factor.isFinite, "zoomed: a factor of \(factor); a finite number is needed")
    x = [factor, 0, 0.5 * Float(width - 1) * (1 - factor)]
    y = [0, factor, 0.5 * Float(height - 1) * (1 - factor)]
  }
}

extension FilmPlane {
  /// The film turned about its centre, counter-clockwise as seen, reflected at the border, bilinear:
  /// Keras's `RandomRotation` for a given angle, bit for bit.
  public func rotated(degrees: Float) -> FilmPlane {
    sampled(Projection(degrees: degrees, height: height, width: width))
  }

  /// The film scaled about its centre, reflected at the border, bilinear: Keras's `RandomZoom` for a
  /// given factor, bit for bit. A factor over 1 shows more of the film.
  public func zoomed(factor: Float) -> FilmPlane {
    sampled(Projection(factor: factor, height: height, width: width))
  }

  private func sampled(_ projection: Projection) -> FilmPlane {
    precondition(
      max(height, width) <= largestSide,
      "FilmPlane: \(height) × \(width) pixels; up to \(largestSide) a side can be turned")
    let result = [Float](unsafeUninitializedCapacity: values.count) { output, count in
      if let output = output.baseAddress, !values.isEmpty {
        film_resample(values, height, width, projection.x, projection.y, output)
      }
      count = values.count
    }
    return FilmPlane(height: height, width: width, values: result)
  }
}
