import CXRParallel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

// Signs of the heart, and behind it.

extension SignPainter {
  /// A heart that is much too wide.
  mutating func cardiomegaly(_ canvas: inout FilmCanvas) -> ChestBox? {
    let (anatomy, width) = (anatomy, anatomy.heartWidth * random.uniform(in: 1.3..<1.55))
    let centre = ChestPoint(u: 0.5 + anatomy.heartOffset, v: 0.61)
    let box = ChestBox(around: centre, u: width * 1.25, v: width * 1.2)
    canvas.add(in: box) {
      0.24 * max(0, anatomy.heart($0, width: width) - anatomy.heart($0, width: anatomy.heartWidth))
    }
    return box
  }

  /// A ring with a level of fluid behind the heart.
  mutating func hernia(_ canvas: inout FilmCanvas) -> ChestBox? {
    let centre = ChestPoint(
      u: 0.5 + random.uniform(in: -0.03..<0.07), v: random.uniform(in: 0.62..<0.7))
    let (radius, strength) = (random.uniform(in: 0.055..<0.08), random.uniform(in: 0.16..<0.26))
    let box = ChestBox(around: centre, u: radius * 1.2, v: radius * 1.2)
    canvas.add(in: box) { p in
      let d = ((p.u - centre.u) * (p.u - centre.u) + (p.v - centre.v) * (p.v - centre.v))
        .squareRoot()
      let inside = step((radius - d) * 250)
      let wall = (d - radius) / 0.008
      let air = inside * step((centre.v + 0.2 * radius - p.v) * 300)
      return -strength * 1.5 * air + strength * exp(-wall * wall)
    }
    return box
  }
}
