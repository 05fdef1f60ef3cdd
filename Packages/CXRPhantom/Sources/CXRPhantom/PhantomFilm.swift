import CXRParallel
import CXRImage

/// A synthetic frontal chest film with the signs of given findings.
public struct PhantomFilm: Sendable {
  /// The picture.
  public let film: GreyFilm
  /// Where each localised sign was drawn, in pixels of the film.
  public let boxes: [Box]

  /// A finding's place.
  public struct Box: Sendable, Equatable {
    /// The finding.
    public let finding: String
    /// Of the left edge.
    public let x: Float
    /// Of the upper edge.
    public let y: Float
    /// In pixels.
    public let width: Float
    /// In pixels.
    public let height: Float
  }

  /// Draws a film.
  ///
  /// - Parameters:
  ///   - size: the side, in pixels.
  ///   - findings: names of NIH's fourteen findings; others draw nothing.
  ///   - patient: what the anatomy is drawn from, the same for all films of a patient.
  ///   - exposure: what pose, exposure, signs and grain are drawn from.
  public init(size: Int, findings: [String], patient: RandomStream, exposure: RandomStream) {
    precondition(size > 0, "PhantomFilm: a side of \(size) pixels")
    let anatomy = Anatomy(random: patient.child("anatomy"))
    var poseRandom = exposure.child("pose")
    let tissue = Clouds(cells: 22, random: exposure.child("tissue"))
    let broad = Clouds(cells: 6, random: exposure.child("broad"))
    var canvas = FilmCanvas(size: size, pose: FilmCanvas.Pose(random: &poseRandom)) { p in
      anatomy.brightness(p) + 0.025 * tissue(p) + 0.085 * broad(p)
    }
    Self.drawVessels(anatomy, on: &canvas)
    boxes = findings.flatMap { finding in
      var painter = SignPainter(anatomy: anatomy, random: exposure.child("sign").child(finding))
      return painter.paint(finding, on: &canvas).map { box in
        let place = canvas.pixelBox(box)
        return Box(
          finding: finding, x: place.x, y: place.y, width: place.width, height: place.height)
      }
    }
    var exposureRandom = exposure.child("exposure")
    film = canvas.film(
      exposure: Exposure(random: &exposureRandom), random: exposure.child("grain"))
  }

  /// Lung vessels: branches from each lung's root outwards, fainter as they go.
  private static func drawVessels(_ anatomy: Anatomy, on canvas: inout FilmCanvas) {
    var random = anatomy.vessels
    for side in Side.allCases {
      for _ in 0..<11 {
        var at = ChestPoint(
          u: 0.5 + side.rawValue * random.uniform(in: 0.06..<0.1),
          v: 0.42 + random.uniform(in: -0.05..<0.07))
        var (du, dv) = (
          side.rawValue * random.uniform(in: 0.02..<0.045), random.uniform(in: -0.05..<0.05)
        )
        var strength = random.uniform(in: 0.04..<0.09)
        for _ in 0..<4 {
          let next = ChestPoint(u: at.u + du, v: at.v + dv)
          canvas.addLine(
            from: at, to: next, width: 0.005, strength: strength,
            within: { anatomy.lung(side, $0) })
          at = next
          du += random.uniform(in: -0.012..<0.012)
          dv += random.uniform(in: -0.015..<0.015)
          strength *= 0.75
        }
      }
    }
  }
}
