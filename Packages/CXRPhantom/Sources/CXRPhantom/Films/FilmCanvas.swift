import CXRParallel
import CXRImage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A film being drawn: brightness a pixel, and where the chest lies on it.
struct FilmCanvas {
  let size: Int
  private(set) var brightness: [Float]
  private let pose: Pose

  /// How the patient stood: turned, nearer or farther, off centre.
  struct Pose {
    let angle: Float
    let scale: Float
    let shift: ChestPoint

    init(random: inout RandomStream) {
      angle = random.uniform(in: -0.07..<0.07)
      scale = random.uniform(in: 0.9..<1.1)
      shift = ChestPoint(
        u: random.uniform(in: -0.04..<0.04), v: random.uniform(in: -0.04..<0.04))
    }

    func chest(_ x: Float, _ y: Float) -> ChestPoint {
      let (dx, dy) = ((x - 0.5 - shift.u) * scale, (y - 0.5 - shift.v) * scale)
      return ChestPoint(
        u: 0.5 + cos(angle) * dx - sin(angle) * dy, v: 0.5 + sin(angle) * dx + cos(angle) * dy)
    }

    func film(_ p: ChestPoint) -> (x: Float, y: Float) {
      let (du, dv) = (p.u - 0.5, p.v - 0.5)
      return (
        0.5 + shift.u + (cos(angle) * du + sin(angle) * dv) / scale,
        0.5 + shift.v + (-sin(angle) * du + cos(angle) * dv) / scale
      )
    }
  }

  init(size: Int, pose: Pose, _ draw: (ChestPoint) -> Float) {
    (self.size, self.pose) = (size, pose)
    brightness = []
    brightness.reserveCapacity(size * size)
    for y in 0..<size {
      for x in 0..<size { brightness.append(draw(pose.chest(unit(x), unit(y)))) }
    }
  }

  private func unit(_ pixel: Int) -> Float { (Float(pixel) + 0.5) / Float(size) }

  /// Adds `draw` over the part of the film that shows `box` of the chest.
  mutating func add(in box: ChestBox, _ draw: (ChestPoint) -> Float) {
    let corners = box.corners.map(pose.film)
    func pixels(_ values: [Float]) -> Range<Int> {
      let low = Int(((values.min() ?? 0) * Float(size)).rounded(.down))
      let high = Int(((values.max() ?? 0) * Float(size)).rounded(.up))
      return max(0, min(size, low))..<max(0, min(size, high))
    }
    for y in pixels(corners.map(\.y)) {
      for x in pixels(corners.map(\.x)) {
        brightness[y * size + x] += draw(pose.chest(unit(x), unit(y)))
      }
    }
  }

  /// A straight bright or dark line with soft edges.
  mutating func addLine(
    from a: ChestPoint, to b: ChestPoint, width: Float, strength: Float,
    within mask: (ChestPoint) -> Float = { _ in 1 }
  ) {
    let (du, dv) = (b.u - a.u, b.v - a.v)
    let length = max(1e-6, du * du + dv * dv)
    let margin = 3 * width
    let box = ChestBox(
      u: min(a.u, b.u) - margin...max(a.u, b.u) + margin,
      v: min(a.v, b.v) - margin...max(a.v, b.v) + margin)
    add(in: box) { p in
      let t = min(1, max(0, ((p.u - a.u) * du + (p.v - a.v) * dv) / length))
      let (eu, ev) = (p.u - a.u - t * du, p.v - a.v - t * dv)
      let distance = (eu * eu + ev * ev) / (width * width)
      return distance > 9 ? 0 : strength * exp(-distance) * mask(p)
    }
  }

  /// Where a box of the chest lies on the film, in pixels, cut to the film: x, y, width, height.
  func pixelBox(_ box: ChestBox) -> (x: Float, y: Float, width: Float, height: Float) {
    let corners = box.corners.map(pose.film)
    func span(_ values: [Float]) -> (Float, Float) {
      let low = max(0, min(1, values.min() ?? 0)) * Float(size)
      return (low, max(0, min(1, values.max() ?? 0)) * Float(size) - low)
    }
    let (x, width) = span(corners.map(\.x))
    let (y, height) = span(corners.map(\.y))
    return (x, y, width, height)
  }

  /// Grey levels under an exposure, with grain.
  func film(exposure: Exposure, random: RandomStream) -> GreyFilm {
    var random = random
    let pixels = brightness.map { value -> UInt8 in
      // Four 16-bit draws from one number, summed: nearly normal, of standard deviation 0.577.
      let bits = random.next()
      let sum =
        Float(bits & 0xFFFF) + Float((bits >> 16) & 0xFFFF) + Float((bits >> 32) & 0xFFFF)
        + Float(bits >> 48)
      let noise = (sum / 65_536 - 2) * exposure.grain
      let clean = powf(min(max(value, 0), 1.2), exposure.gamma) * exposure.gain + exposure.offset
      return UInt8(min(max((clean + noise) * 255, 0), 255))
    }
    return GreyFilm(height: size, width: size, pixels: pixels)
  }
}

/// How a film was exposed and developed.
struct Exposure {
  let gamma: Float
  let gain: Float
  let offset: Float
  let grain: Float

  init(random: inout RandomStream) {
    gamma = random.uniform(in: 0.8..<1.3)
    gain = random.uniform(in: 0.85..<1.12)
    offset = random.uniform(in: -0.05..<0.08)
    grain = random.uniform(in: 0.015..<0.04)
  }
}

/// An upright box of the chest.
struct ChestBox {
  var u: ClosedRange<Float>
  var v: ClosedRange<Float>

  init(u: ClosedRange<Float>, v: ClosedRange<Float>) { (self.u, self.v) = (u, v) }

  init(around centre: ChestPoint, u: Float, v: Float) {
    self.init(u: centre.u - u...centre.u + u, v: centre.v - v...centre.v + v)
  }

  var corners: [ChestPoint] {
    [
      ChestPoint(u: u.lowerBound, v: v.lowerBound), ChestPoint(u: u.upperBound, v: v.lowerBound),
      ChestPoint(u: u.lowerBound, v: v.upperBound), ChestPoint(u: u.upperBound, v: v.upperBound),
    ]
  }
}

/// Smooth random brightness, about −1…1, `cells` bumps to the film's side.
struct Clouds {
  private let cells: Int
  private let values: [Float]

  init(cells: Int, random: RandomStream) {
    var random = random
    self.cells = cells
    values = (0..<(cells + 2) * (cells + 2)).map { _ in random.uniform(in: -1..<1) }
  }

  func callAsFunction(_ p: ChestPoint) -> Float {
    let x = min(max(p.u, 0), 0.999) * Float(cells)
    let y = min(max(p.v, 0), 0.999) * Float(cells)
    let (i, j) = (Int(x), Int(y))
    let (fx, fy) = (x - Float(i), y - Float(j))
    let (sx, sy) = (fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy))
    let at = j * (cells + 2) + i
    let top = values[at] + (values[at + 1] - values[at]) * sx
    let bottom =
      values[at + cells + 2] + (values[at + cells + 3] - values[at + cells + 2]) * sx
    return top + (bottom - top) * sy
  }
}
