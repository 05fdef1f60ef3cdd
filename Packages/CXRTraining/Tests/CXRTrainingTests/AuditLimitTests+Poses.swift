@testable import CXRFilms
import CXRCheckpoint
import CXRImage
import Testing

@testable import CXRTraining

/// A film among others of its view, and beside a network's template.
extension AuditLimitTests {
  /// 16 × 16 numbers that are like themselves in no other pose, from a generator of fixed numbers.
  static func pattern(_ seed: UInt64) -> [Float] {
    var state = seed
    let values = (0..<PoseThumbnail.count).map { _ -> Float in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 24) - 0.5
    }
    return unit(values)
  }

  static func dot(_ a: [Float], _ b: [Float]) -> Float {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// Of mean 0 and length 1.
  static func unit(_ values: [Float]) -> [Float] {
    let mean = values.reduce(0, +) / Float(values.count)
    let centred = values.map { $0 - mean }
    let length = dot(centred, centred).squareRoot()
    return centred.map { $0 / length }
  }

  static func mixed(_ a: [Float], _ weight: Float, _ b: [Float]) -> [Float] {
    zip(a, b).map { $0 + weight * $1 }
  }

  static func film(_ values: [Float]) -> PoseThumbnail {
    PoseThumbnail(
      FilmPlane(height: 16, width: 16, values: values.map { 128 + 500 * $0 }))
  }

  /// What is said of one film among others that are all alike.
  func finding(
    of odd: [Float], among usual: [Float], films: Int = 30, view: String = "PA"
  ) throws -> String? {
    let all = [Self.film(odd)] + (1..<films).map { _ in Self.film(usual) }
    let found = PoseAudit.findings(all, views: all.map { _ in view })
    #expect(found.allSatisfy { $0.film == 0 } && found.count <= 1)
    return found.first?.kind
  }

  @Test func invertedFitsItsNegativeBetterThanAnything() throws {
    let usual = Self.pattern(1)
    let turned = FilmPose(turns: 1, isMirrored: false).applied(to: usual)
    try #require(abs(Self.dot(usual, turned)) < 0.12)
    #expect(try finding(of: Self.mixed(usual, -0.85, turned), among: usual) == nil)
    #expect(try finding(of: Self.mixed(usual, -1.15, turned), among: usual) == "inverted")
    #expect(try finding(of: usual.map { -$0 }, among: usual) == "inverted")
  }

  @Test func turnedFitsBetterByAMargin() throws {
    let usual = Self.pattern(1)
    for (turns, kind) in [(1, "rotated"), (2, "upside_down"), (3, "rotated")] {
      let turned = FilmPose(turns: turns, isMirrored: false).applied(to: usual)
      try #require(abs(Self.dot(usual, turned)) < 0.12)
      // Correlations 0.67 and 0.74, and 0.64 and 0.77.
      #expect(try finding(of: Self.mixed(usual, 1.1, turned), among: usual) == nil)
      #expect(try finding(of: Self.mixed(usual, 1.21, turned), among: usual) == kind)
    }
  }

  /// A film is called mirrored where its asymmetry is the others' negative by more than 0.45.
  @Test func mirroredIsAgainstTheUsualAsymmetry() throws {
    func parts(_ values: [Float]) -> (even: [Float], odd: [Float]) {
      let mirror = FilmPose(turns: 0, isMirrored: true).applied(to: values)
      return (
        Self.unit(Self.mixed(values, 1, mirror)), Self.unit(Self.mixed(values, -1, mirror))
      )
    }
    let (even, odd) = parts(Self.pattern(1))
    let other = parts(Self.pattern(2)).odd
    let apart = Self.unit(Self.mixed(other, -Self.dot(other, odd), odd))
    func film(_ correlation: Float) -> [Float] {
      let side = Self.mixed(
        apart.map { $0 * (1 - correlation * correlation).squareRoot() }, correlation, odd)
      return Self.mixed(even, 0.22, side)
    }
    #expect(try finding(of: film(-0.40), among: film(1)) == nil)
    #expect(try finding(of: film(-0.50), among: film(1)) == "mirrored")
  }

  /// From nineteen films of a view nothing is concluded.
  @Test func fewFilmsSayNothing() throws {
    let usual = Self.pattern(1)
    let negative = usual.map { -$0 }
    #expect(try finding(of: negative, among: usual, films: 19) == nil)
    #expect(try finding(of: negative, among: usual, films: 20) == "inverted")
    // Twenty films, of which nineteen of the view.
    let all = [Self.film(negative)] + (1..<20).map { _ in Self.film(usual) }
    let views = ["PA"] + (1..<20).map { $0 == 1 ? "AP" : "PA" }
    #expect(PoseAudit.findings(all, views: views).isEmpty)
  }

  private func template(upright: [Float], asymmetry: [Float]) throws -> FrontalTemplate {
    let arrays = [("upright", upright), ("asymmetry", asymmetry)].map {
      NamedArray(name: FrontalTemplate.prefix + $0, shape: [PoseThumbnail.count], scalars: $1)
    }
    return try #require(
      try FrontalTemplate(Checkpoint(arrays: arrays, metadata: "{}"), path: "best.npz"))
  }

  @Test func aFilmIsHeldAgainstTheTemplate() throws {
    let values = Self.pattern(1).map { 128 + 500 * $0 }
    let film = FilmPlane(height: 16, width: 16, values: values)
    let ranks = PoseThumbnail(film).ranks.map(Float.init)
    let scale = 32 / Self.dot(ranks, ranks)
    let straight = [Float](repeating: 0, count: PoseThumbnail.count)
    /// What is said where the film scores `likeness` as it lies, and `turned` more when turned by `turns` quarters.
    func kind(_ likeness: Float, turned: Float = 0, turns: Int = 0) throws -> String? {
      let back = FilmPose(turns: (4 - turns) % 4, isMirrored: false).applied(to: ranks)
      let upright = zip(ranks, back).map { (likeness * $0 + turned * $1) * scale }
      return try template(upright: upright, asymmetry: straight).oddity(of: film)?.kind
    }
    #expect(try kind(0.46) == nil)
    #expect(try kind(0.44) == "lateral")
    #expect(try kind(-0.44) == "lateral")
    #expect(try kind(-0.46) == "inverted")
    #expect(try kind(0, turned: 0.42, turns: 1) == "lateral")
    #expect(try kind(0, turned: 0.6, turns: 1) == "rotated")
    #expect(try kind(0, turned: 0.6, turns: 2) == "upside_down")
    #expect(try kind(0, turned: 0.6, turns: 3) == "rotated")
    #expect(try kind(0, turned: -0.6, turns: 1) == "inverted")
    // Better when turned, by less than 0.1 and by more.
    #expect(try kind(0.6, turned: 0.65, turns: 1) == nil)
    #expect(try kind(0.6, turned: 0.8, turns: 1) == "rotated")
  }

  @Test func mirroredIsBeyondTheUsualAsymmetry() throws {
    let values = Self.pattern(1).map { 128 + 500 * $0 }
    let film = FilmPlane(height: 16, width: 16, values: values)
    let ranks = PoseThumbnail(film).ranks.map(Float.init)
    let mirror = FilmPose(turns: 0, isMirrored: true).applied(to: ranks)
    let side = Self.mixed(ranks, -1, mirror)
    let length = Self.dot(side, side).squareRoot()
    func kind(_ score: Float) throws -> String? {
      try template(
        upright: ranks.map { $0 * 32 / Self.dot(ranks, ranks) },
        asymmetry: side.map { $0 * score / (16 * length) }
      ).oddity(of: film)?.kind
    }
    #expect(try kind(1) == nil && kind(-1.19) == nil)
    #expect(try kind(-1.21) == "mirrored")
  }
}
