import CXRParallel

/// How each of the fourteen findings shows on a phantom film.
///
/// Every sign varies in place, size and contrast and lies over or under normal anatomy; none of them
/// is a mark that a real film could not have. A sign returns the boxes in which it was drawn, or none
/// when it is spread over the film.
struct SignPainter {
  let anatomy: Anatomy
  var random: RandomStream

  /// Draws a finding's sign.
  /// - Returns: where, in the chest; nothing of signs that are spread over the film, and of names that are no finding's.
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

  /// One of both, drawn.
  mutating func side() -> Side { random.chance(0.5) ? .left : .right }

  /// A point of a lung, as fractions of its half axes.
  mutating func lungPoint(
    _ side: Side, u: Range<Float>, v: Range<Float>
  ) -> ChestPoint {
    let (centre, radii) = (anatomy.lungCentre(side), anatomy.lungRadii)
    return ChestPoint(
      u: centre.u + side.rawValue * random.uniform(in: u) * radii.u,
      v: centre.v + random.uniform(in: v) * radii.v)
  }

  /// A round opacity with a clear edge.
  mutating func disc(
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
  mutating func patch(
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
