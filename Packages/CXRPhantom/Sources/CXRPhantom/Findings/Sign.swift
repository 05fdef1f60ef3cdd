import CXRParallel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How each of the fourteen findings shows on a phantom film.
///
/// Every sign varies in place, size and contrast and lies over or under normal anatomy; none of them
/// is a mark that a real film could not have. A sign returns the boxes in which it was drawn, or none
/// when it is spread over the film.
struct SignPainter {
  let anatomy: Anatomy
  var random: RandomStream

  mutating func paint(_ finding: String, on canvas: inout FilmCanvas) -> [ChestBox] {
    if finding == "Nodule" { return nodules(&canvas) }
    return paintOne(finding, on: &canvas).map { [$0] } ?? []
  }

  private mutating func paintOne(_ finding: String, on canvas: inout FilmCanvas) -> ChestBox? {
    switch finding {
    case "Atelectasis": atelectasis(&canvas)
    case "Cardiomegaly": cardiomegaly(&canvas)
    case "Consolidation": consolidation(&canvas)
    case "Edema": edema(&canvas)
    case "Effusion": effusion(&canvas)
    case "Emphysema": emphysema(&canvas)
    case "Fibrosis": fibrosis(&canvas)
    case "Hernia": hernia(&canvas)
    case "Infiltration": infiltration(&canvas)
    case "Mass": mass(&canvas)
    case "Pleural_Thickening": pleuralThickening(&canvas)
    case "Pneumonia": pneumonia(&canvas)
    case "Pneumothorax": pneumothorax(&canvas)
    default: nil
    }
  }

  private mutating func side() -> Side { random.chance(0.5) ? .left : .right }

  /// A point of a lung, as fractions of its half axes.
  private mutating func lungPoint(
    _ side: Side, u: Range<Float>, v: Range<Float>
  ) -> ChestPoint {
    let (centre, radii) = (anatomy.lungCentre(side), anatomy.lungRadii)
    return ChestPoint(
      u: centre.u + side.rawValue * random.uniform(in: u) * radii.u,
      v: centre.v + random.uniform(in: v) * radii.v)
  }

  /// Plate-like collapse: two to four thin, nearly level bright bands, low in a lung.
  private mutating func atelectasis(_ canvas: inout FilmCanvas) -> ChestBox? {
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

  /// A heart that is much too wide.
  private mutating func cardiomegaly(_ canvas: inout FilmCanvas) -> ChestBox? {
    let (anatomy, width) = (anatomy, anatomy.heartWidth * random.uniform(in: 1.3..<1.55))
    let centre = ChestPoint(u: 0.5 + anatomy.heartOffset, v: 0.61)
    let box = ChestBox(around: centre, u: width * 1.25, v: width * 1.2)
    canvas.add(in: box) {
      0.24 * max(0, anatomy.heart($0, width: width) - anatomy.heart($0, width: anatomy.heartWidth))
    }
    return box
  }

  /// A dense patch with dark branching airways in it.
  private mutating func consolidation(_ canvas: inout FilmCanvas) -> ChestBox? {
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
  private mutating func edema(_ canvas: inout FilmCanvas) -> ChestBox? {
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

  /// Fluid at a lung's base, higher at the chest wall.
  private mutating func effusion(_ canvas: inout FilmCanvas) -> ChestBox? {
    let (side, anatomy) = (side(), anatomy)
    let (depth, strength) = (random.uniform(in: 0.07..<0.16), random.uniform(in: 0.2..<0.3))
    let (centre, radii) = (anatomy.lungCentre(side), anatomy.lungRadii)
    let base = centre.v + 0.27 * anatomy.lungHeight
    let box = ChestBox(
      u: centre.u - radii.u...centre.u + radii.u, v: base - depth - 0.1...base + 0.06)
    canvas.add(in: box) { p in
      let outward = side.rawValue * (p.u - centre.u) / radii.u
      let level = base - depth * (0.55 + 0.45 * outward) - 0.05 * max(0, outward) * max(0, outward)
      return strength * anatomy.lung(side, p) * step((p.v - level) * 110)
    }
    return box
  }

  /// Dark round holes with thin bright walls in both lungs.
  private mutating func emphysema(_ canvas: inout FilmCanvas) -> ChestBox? {
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
  private mutating func fibrosis(_ canvas: inout FilmCanvas) -> ChestBox? {
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

  /// A ring with a level of fluid behind the heart.
  private mutating func hernia(_ canvas: inout FilmCanvas) -> ChestBox? {
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

  /// A faint, mottled haze in a part of a lung.
  private mutating func infiltration(_ canvas: inout FilmCanvas) -> ChestBox? {
    let side = side()
    let centre = lungPoint(side, u: -0.3..<0.5, v: -0.5..<0.6)
    let radius = random.uniform(in: 0.08..<0.12)
    patch(
      &canvas, centre, radius: radius, strength: random.uniform(in: 0.1..<0.17), roughness: 1.6,
      cells: 34)
    return ChestBox(around: centre, u: radius, v: radius)
  }

  /// A large round opacity with a clear edge.
  private mutating func mass(_ canvas: inout FilmCanvas) -> ChestBox? {
    let side = side()
    let centre = lungPoint(side, u: -0.4..<0.5, v: -0.6..<0.5)
    return disc(
      &canvas, centre, radius: random.uniform(in: 0.045..<0.075),
      strength: random.uniform(in: 0.24..<0.38))
  }

  /// One to three small round opacities.
  private mutating func nodules(_ canvas: inout FilmCanvas) -> [ChestBox] {
    (0..<1 + Int(random.uniform() * 3)).map { _ in
      let side = side()
      let centre = lungPoint(side, u: -0.5..<0.6, v: -0.7..<0.5)
      return disc(
        &canvas, centre, radius: random.uniform(in: 0.019..<0.029),
        strength: random.uniform(in: 0.24..<0.36))
    }
  }

  /// A bright rind along the outside of a lung.
  private mutating func pleuralThickening(_ canvas: inout FilmCanvas) -> ChestBox? {
    let (side, anatomy) = (side(), anatomy)
    let (strength, width) = (random.uniform(in: 0.28..<0.42), random.uniform(in: 0.25..<0.4))
    let (centre, radii) = (anatomy.lungCentre(side), anatomy.lungRadii)
    let top = random.uniform(in: -0.75..<(-0.2))
    let bottom = top + random.uniform(in: 0.6..<1)
    let edges = [centre.u + side.rawValue * 0.45 * radii.u, centre.u + side.rawValue * radii.u]
    let box = ChestBox(
      u: min(edges[0], edges[1])...max(edges[0], edges[1]),
      v: centre.v + top * radii.v...centre.v + bottom * radii.v)
    canvas.add(in: box) { p in
      let (x, y) = (side.rawValue * (p.u - centre.u) / radii.u, (p.v - centre.v) / radii.v)
      let squeeze = 1 + max(0, -y) * 0.35
      let depth = (1 - y * y * y * y).squareRoot() - x * squeeze
      let ends = step((y - top) * 30 - 2) * step((bottom - y) * 30 - 2)
      return depth.isNaN ? 0 : strength * ends * anatomy.lung(side, p) * step((width - depth) * 40)
    }
    return box
  }

  /// A patch of many coarse spots.
  private mutating func pneumonia(_ canvas: inout FilmCanvas) -> ChestBox? {
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

  /// Air around the top of a lung: dark, without vessels, ending at a thin bright line.
  private mutating func pneumothorax(_ canvas: inout FilmCanvas) -> ChestBox? {
    let (side, anatomy) = (side(), anatomy)
    let (gap, strength) = (random.uniform(in: 0.2..<0.36), random.uniform(in: 0.1..<0.18))
    let (centre, radii) = (anatomy.lungCentre(side), anatomy.lungRadii)
    let box = ChestBox(
      u: centre.u - radii.u...centre.u + radii.u,
      v: centre.v - radii.v...centre.v + radii.v * 0.5)
    canvas.add(in: box) { p in
      let (x, y) = (side.rawValue * (p.u - centre.u) / radii.u, (p.v - centre.v) / radii.v)
      let squeeze = 1 + max(0, -y) * 0.35
      // The collapsed lung's outline, drawn in from the chest wall and the apex.
      let inner = (x + gap * 0.6) * squeeze / (1 - gap * 0.45)
      let edge = 1 - inner * inner - (y * y * y * y) / (1 - gap)
      let line = edge / 0.06
      let lung = anatomy.lung(side, p) * step((0.35 - y) * 12)
      return lung * (strength * 1.4 * exp(-line * line) - strength * step(-edge * 14))
    }
    return box
  }

  private mutating func disc(
    _ canvas: inout FilmCanvas, _ centre: ChestPoint, radius: Float, strength: Float
  ) -> ChestBox {
    let stretch = random.uniform(in: 0.85..<1.18)
    let box = ChestBox(around: centre, u: radius * 1.25, v: radius * 1.25)
    canvas.add(in: box) { p in
      let (x, y) = ((p.u - centre.u) * stretch / radius, (p.v - centre.v) / stretch / radius)
      return strength * step((1 - (x * x + y * y).squareRoot()) * 14)
    }
    return box
  }

  /// A soft-edged patch whose brightness is uneven by `roughness`.
  private mutating func patch(
    _ canvas: inout FilmCanvas, _ centre: ChestPoint, radius: Float, strength: Float,
    roughness: Float, cells: Int
  ) {
    let clouds = Clouds(cells: cells, random: random.child("clouds"))
    _ = random.next()
    let (anatomy, stretch) = (anatomy, random.uniform(in: 0.8..<1.25))
    canvas.add(in: ChestBox(around: centre, u: radius * 1.3, v: radius * 1.3)) { p in
      let (x, y) = ((p.u - centre.u) * stretch / radius, (p.v - centre.v) / stretch / radius)
      let soft = step((0.85 - (x * x + y * y).squareRoot()) * 7)
      let lungs = max(anatomy.lung(.left, p), anatomy.lung(.right, p))
      return strength * soft * (0.25 + 0.75 * lungs) * (1 + roughness * clouds(p))
    }
  }
}
