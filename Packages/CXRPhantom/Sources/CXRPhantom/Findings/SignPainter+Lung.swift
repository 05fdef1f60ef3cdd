import CXRParallel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

// Signs within the lungs.

extension SignPainter {
  /// Plate-like collapse: two to four thin, nearly level bright bands, low in a lung.
  mutating func atelectasis(_ canvas: inout FilmCanvas) -> ChestBox? {
    let (side, strength) = (side(), random.uniform(in: 0.15..<0.28))
    let centre = lungPoint(side, u: -0.3..<0.3, v: 0.3..<0.65)
    let length = random.uniform(in: 0.06..<0.1)
    let bands = 2 + Int(random.uniform() * 3)
    for band in 0..<bands {
      let v = centre.v + (Float(band) - Float(bands - 1) / 2) * 0.032
      let tilt = random.uniform(in: -0.02..<0.02)
      canvas.addLine(
        from: ChestPoint(u: centre.u - length, v: v - tilt),
        to: ChestPoint(u: centre.u + length, v: v + tilt), width: 0.008, strength: strength)
    }
    return ChestBox(around: centre, u: length, v: 0.018 * Float(bands) + 0.02)
  }

  /// A dense patch with dark branching airways in it.
  mutating func consolidation(_ canvas: inout FilmCanvas) -> ChestBox? {
    let side = side()
    let centre = lungPoint(side, u: -0.2..<0.4, v: -0.5..<0.5)
    let (radius, strength) = (random.uniform(in: 0.07..<0.11), random.uniform(in: 0.22..<0.32))
    patch(&canvas, centre, radius: radius, strength: strength, roughness: 0.4, cells: 18)
    // The airways fan out from the lung's root.
    let inward = side == .left ? Float(0) : Float.pi
    let root = ChestPoint(u: centre.u + cos(inward) * radius * 0.7, v: centre.v)
    for branch in 0..<4 {
      let angle = inward + .pi + (Float(branch) - 1.5) * random.uniform(in: 0.25..<0.4)
      let end = ChestPoint(
        u: root.u + cos(angle) * radius * 1.3, v: root.v + sin(angle) * radius * 1.3)
      canvas.addLine(from: root, to: end, width: 0.006, strength: -strength * 0.6)
    }
    return ChestBox(around: centre, u: radius, v: radius)
  }

  /// Haze spreading from both lung roots, with short level lines at the edges.
  mutating func edema(_ canvas: inout FilmCanvas) -> ChestBox? {
    let strength = random.uniform(in: 0.1..<0.16)
    for side in Side.allCases {
      let root = ChestPoint(u: 0.5 + side.rawValue * 0.1, v: 0.43)
      patch(&canvas, root, radius: 0.13, strength: 0.35 * strength, roughness: 2, cells: 40)
      for _ in 0..<14 {
        let p = lungPoint(side, u: 0.35..<0.85, v: -0.1..<0.7)
        canvas.addLine(
          from: p, to: ChestPoint(u: p.u + side.rawValue * 0.035, v: p.v), width: 0.004,
          strength: strength * 1.2)
      }
    }
    return nil
  }

  /// Dark round holes with thin bright walls in both lungs.
  mutating func emphysema(_ canvas: inout FilmCanvas) -> ChestBox? {
    let strength = random.uniform(in: 0.1..<0.17)
    for side in Side.allCases {
      for _ in 0..<5 {
        let centre = lungPoint(side, u: -0.5..<0.6, v: -0.75..<0.35)
        let radius = random.uniform(in: 0.022..<0.042)
        canvas.add(in: ChestBox(around: centre, u: radius * 1.4, v: radius * 1.4)) { p in
          let d = ((p.u - centre.u) * (p.u - centre.u) + (p.v - centre.v) * (p.v - centre.v))
            .squareRoot()
          let wall = (d - radius) / 0.005
          return -strength * step((radius - d) * 300) + strength * 1.1 * exp(-wall * wall)
        }
      }
    }
    return nil
  }

  /// A net of fine bright lines around darker holes, low and at the outside of the lungs.
  mutating func fibrosis(_ canvas: inout FilmCanvas) -> ChestBox? {
    let (strength, anatomy) = (random.uniform(in: 0.16..<0.26), anatomy)
    for side in Side.allCases {
      let centre = lungPoint(side, u: 0.1..<0.5, v: -0.1..<0.5)
      let (reach, spacing) = (random.uniform(in: 0.075..<0.1), random.uniform(in: 0.027..<0.036))
      let bend = Clouds(cells: 9, random: random.child("bend"))
      _ = random.next()
      canvas.add(in: ChestBox(around: centre, u: reach * 1.2, v: reach * 1.2)) { p in
        let (x, y) = (p.u - centre.u, p.v - centre.v)
        let soft = step((0.9 - (x * x + y * y).squareRoot() / reach) * 8)
        let wobble = 0.25 * bend(p)
        func ridge(_ phase: Float) -> Float {
          let t = phase - phase.rounded(.down) - 0.5
          return exp(-t * t * 60)
        }
        let net = max(ridge((x + y) / spacing + wobble), ridge((x - y) / spacing - wobble))
        return strength * soft * anatomy.lung(side, p) * (net - 0.4)
      }
    }
    return nil
  }

  /// A faint, mottled haze in a part of a lung.
  mutating func infiltration(_ canvas: inout FilmCanvas) -> ChestBox? {
    let side = side()
    let centre = lungPoint(side, u: -0.3..<0.5, v: -0.5..<0.6)
    let radius = random.uniform(in: 0.08..<0.12)
    patch(
      &canvas, centre, radius: radius, strength: random.uniform(in: 0.1..<0.17), roughness: 1.6,
      cells: 34)
    return ChestBox(around: centre, u: radius, v: radius)
  }

  /// A large round opacity with a clear edge.
  mutating func mass(_ canvas: inout FilmCanvas) -> ChestBox? {
    let side = side()
    let centre = lungPoint(side, u: -0.4..<0.5, v: -0.6..<0.5)
    return disc(
      &canvas, centre, radius: random.uniform(in: 0.045..<0.075),
      strength: random.uniform(in: 0.24..<0.38))
  }

  /// One to three small round opacities.
  mutating func nodules(_ canvas: inout FilmCanvas) -> [ChestBox] {
    (0..<1 + Int(random.uniform() * 3)).map { _ in
      let side = side()
      let centre = lungPoint(side, u: -0.5..<0.6, v: -0.7..<0.5)
      return disc(
        &canvas, centre, radius: random.uniform(in: 0.019..<0.029),
        strength: random.uniform(in: 0.24..<0.36))
    }
  }

  /// A patch of many coarse spots.
  mutating func pneumonia(_ canvas: inout FilmCanvas) -> ChestBox? {
    let side = side()
    let centre = lungPoint(side, u: -0.1..<0.3, v: -0.3..<0.55)
    let (radius, strength) = (random.uniform(in: 0.08..<0.11), random.uniform(in: 0.14..<0.22))
    patch(&canvas, centre, radius: radius, strength: 0.04, roughness: 0.3, cells: 16)
    for _ in 0..<16 {
      let (angle, distance) = (random.uniform() * 2 * .pi, radius * random.uniform().squareRoot())
      let spot = ChestPoint(
        u: centre.u + cos(angle) * distance, v: centre.v + sin(angle) * distance)
      _ = disc(&canvas, spot, radius: 0.009, strength: strength)
    }
    return ChestBox(around: centre, u: radius, v: radius)
  }
}
