import CXRParallel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

// Signs around the lungs.

extension SignPainter {
  /// Fluid at a lung's base, higher at the chest wall.
  mutating func effusion(_ canvas: inout FilmCanvas) -> ChestBox? {
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

  /// A bright rind along the outside of a lung.
  mutating func pleuralThickening(_ canvas: inout FilmCanvas) -> ChestBox? {
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

  /// Air around the top of a lung: dark, without vessels, ending at a thin bright line.
  mutating func pneumothorax(_ canvas: inout FilmCanvas) -> ChestBox? {
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
}
