import CXRParallel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A point of the chest: u to the right of the picture, v downwards, both 0…1 over the film.
struct ChestPoint {
  var u: Float
  var v: Float
}

/// The side of the chest as seen on the film.
enum Side: Float, CaseIterable {
  case left = -1
  case right = 1
}

/// What one patient's chest looks like, the same on all of the patient's films but for age.
struct Anatomy {
  var chestWidth: Float
  var lungHeight: Float
  var heartWidth: Float
  var heartOffset: Float
  var ribCount: Float
  var ribCurvature: Float
  var ribStrength: Float
  var spineStrength: Float
  var domeHeight: Float
  var softTissue: Float
  var lungDepth: Float
  var vessels: RandomStream

  init(random: RandomStream) {
    var random = random
    chestWidth = random.uniform(in: 0.88..<1.1)
    lungHeight = random.uniform(in: 0.84..<1.1)
    heartWidth = random.uniform(in: 0.095..<0.135)
    heartOffset = random.uniform(in: 0.02..<0.055)
    ribCount = random.uniform(in: 9..<12)
    ribCurvature = random.uniform(in: 0.15..<0.4)
    ribStrength = random.uniform(in: 0.03..<0.07)
    spineStrength = random.uniform(in: 0.07..<0.14)
    domeHeight = random.uniform(in: 0.02..<0.11)
    softTissue = random.uniform(in: 0.54..<0.66)
    lungDepth = random.uniform(in: 0.27..<0.4)
    vessels = random.child("vessels")
  }

  func lungCentre(_ side: Side) -> ChestPoint {
    ChestPoint(u: 0.5 + side.rawValue * 0.2 * chestWidth, v: 0.45)
  }
  var lungRadii: (u: Float, v: Float) { (0.16 * chestWidth, 0.31 * lungHeight) }

  /// The height of the diaphragm under a lung, as v.
  func diaphragm(_ side: Side, u: Float) -> Float {
    let x = (u - lungCentre(side).u) / lungRadii.u
    return 0.45 + 0.27 * lungHeight + domeHeight * (x * x - 0.6) + (side == .left ? -0.015 : 0.01)
  }

  /// 0 outside a lung to 1 inside.
  func lung(_ side: Side, _ p: ChestPoint) -> Float {
    let (centre, radii) = (lungCentre(side), lungRadii)
    let (x, y) = ((p.u - centre.u) / radii.u, (p.v - centre.v) / radii.v)
    // Narrower at the top, as lungs are.
    let squeeze = 1 + max(0, -y) * 0.35
    let ellipse = step((1 - x * x * squeeze * squeeze - y * y * y * y) * 7)
    return ellipse * step((diaphragm(side, u: p.u) - p.v) * 90)
  }

  /// The brightness of a chest without findings, about 0…1.
  func brightness(_ p: ChestPoint) -> Float {
    let x = abs(p.u - 0.5)
    let shoulder = 0.5 * chestWidth - max(0, 0.14 - p.v) * 2.1
    let body = step((min(shoulder, 0.49 * chestWidth) - x) * 45)
    guard body > 0.002 else { return 0.02 }
    let lungs = max(lung(.left, p), lung(.right, p))
    var b = softTissue - lungDepth * lungs
    b += spineStrength * exp(-(p.u - 0.5) * (p.u - 0.5) / 0.0022) * (0.85 + 0.15 * sin(p.v * 113))
    let phase = (p.v + ribCurvature * (x - 0.2) * (x - 0.2) * 4) * ribCount
    let wave = phase - phase.rounded(.down) - 0.5
    b += ribStrength * exp(-wave * wave * 40) * step((0.44 - x) * 40) * step((p.v - 0.1) * 40)
    // The collar bones.
    let bone = p.v - 0.155 - 0.12 * (x - 0.2)
    b += 0.1 * exp(-bone * bone / 0.00012) * step((x - 0.05) * 60) * step((0.4 - x) * 40)
    b += 0.24 * heart(p, width: heartWidth)
    return 0.02 + (b - 0.02) * body
  }

  /// 0 outside the heart to 1 inside.
  func heart(_ p: ChestPoint, width: Float) -> Float {
    let (x, y) = (p.u - 0.5 - heartOffset, p.v - 0.61)
    let (a, b) = (0.86 * x + 0.5 * y, -0.5 * x + 0.86 * y)
    return step((1 - a * a / (width * width * 1.5) - b * b / (width * width * 0.95)) * 7)
  }
}

/// A smooth step from 0 to 1 about 0.
func step(_ x: Float) -> Float { x > 8 ? 1 : x < -8 ? 0 : 1 / (1 + exp(-x)) }
