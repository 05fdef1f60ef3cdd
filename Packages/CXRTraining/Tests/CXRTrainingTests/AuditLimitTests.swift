@testable import CXRFilms
import CXRCheckpoint
import CXRData
import CXRImage
import Foundation
import Testing

@testable import CXRTraining

/// Every limit of the audit, a hair on either side of it.
@Suite struct AuditLimitTests {
  /// The side of films that the preparation leaves as they are.
  private static let side = 48

  private func kinds(
    height: Int = side, width: Int = side, smallest: Int = side, _ level: (Int) -> UInt8
  ) throws -> [String] {
    let film = GreyFilm(
      height: height, width: width, pixels: (0..<height * width).map(level))
    return try kinds(film.pngData(), smallest: smallest)
  }

  private func kinds(_ bytes: [UInt8], smallest: Int = side) throws -> [String] {
    try problems(bytes, smallest: smallest).map { "\($0.kind) \($0.severity.rawValue)" }
  }

  private func problems(_ bytes: [UInt8], smallest: Int = side) throws -> [AuditProblem] {
    let preparation = FilmPreparation(imageSize: Self.side)
    let film = try PreparedFilm(path: "f.png", source: bytes, preparation: preparation)
    return FilmExamination(film, preparation: preparation)
      .problems(name: "f.png", smallest: smallest)
  }

  /// Half of the pixels at one level, half at another; the first pixel may differ.
  private func halves(_ low: UInt8, _ high: UInt8, first: UInt8? = nil) -> (Int) -> UInt8 {
    { place in place == 0 ? first ?? low : place % 2 == 0 ? low : high }
  }

  @Test func brightness() throws {
    #expect(try kinds(halves(20, 40)) == [])
    #expect(try kinds(halves(20, 40, first: 19)) == ["too_dark warning"])
    #expect(try kinds(halves(215, 235)) == [])
    #expect(try kinds(halves(215, 235, first: 216)) == ["too_bright warning"])
  }

  @Test func contrast() throws {
    #expect(try kinds(halves(125, 135)) == [])
    #expect(try kinds(halves(125, 135, first: 126)) == ["near_constant error"])
    // What shows nothing is neither dark nor bright.
    #expect(try kinds { _ in 3 } == ["near_constant error"])
    #expect(try kinds { _ in 250 } == ["near_constant error"])
  }

  @Test func size() throws {
    // Blocks, which shrinking leaves.
    let blocks: (Int) -> UInt8 = { $0 < 2300 ? 90 : 150 }
    #expect(try kinds(height: 48, width: 60, blocks) == [])
    #expect(try kinds(height: 47, width: 60, blocks) == ["small warning"])
    #expect(try kinds(height: 60, width: 47, blocks) == ["small warning"])
    #expect(try kinds(height: 48, width: 96, blocks) == [])
    #expect(try kinds(height: 48, width: 97, blocks) == ["narrow warning"])
    #expect(try kinds(height: 97, width: 48, blocks) == ["narrow warning"])
  }

  /// A hundred of ten thousand pixels are one in a hundred.
  @Test func colour() throws {
    func picture(difference: Int, pixels count: Int) throws -> [UInt8] {
      let side = 100
      let pixels = (0..<side * side).flatMap { place -> [UInt8] in
        let grey = place % 2 == 0 ? 90 : 150
        return [
          UInt8(grey), UInt8(grey), UInt8(grey + (place < count ? difference : 0)),
        ]
      }
      return try ColourPicture(height: side, width: side, pixels: pixels).pngData()
    }
    #expect(try kinds(try picture(difference: 2, pixels: 5000)) == [])
    #expect(try kinds(try picture(difference: 3, pixels: 100)) == ["not_grey note"])
    #expect(try kinds(try picture(difference: 3, pixels: 101)) == ["not_grey warning"])
    let detail = try #require(try problems(try picture(difference: 3, pixels: 2500)).first).detail
    let share = try #require(detail.firstMatch(of: /than 2 on ([0-9.]+) % of the pixels/))
    #expect(Double(share.output.1) == 25, "\(detail)")
  }

  // MARK: poses

  /// 16 × 16 numbers that are like themselves in no other pose, from a generator of fixed numbers.
  private static func pattern(_ seed: UInt64) -> [Float] {
    var state = seed
    let values = (0..<PoseThumbnail.count).map { _ -> Float in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 24) - 0.5
    }
    return unit(values)
  }

  private static func dot(_ a: [Float], _ b: [Float]) -> Float {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// Of mean 0 and length 1.
  private static func unit(_ values: [Float]) -> [Float] {
    let mean = values.reduce(0, +) / Float(values.count)
    let centred = values.map { $0 - mean }
    let length = dot(centred, centred).squareRoot()
    return centred.map { $0 / length }
  }

  private static func mixed(_ a: [Float], _ weight: Float, _ b: [Float]) -> [Float] {
    zip(a, b).map { $0 + weight * $1 }
  }

  private static func film(_ values: [Float]) -> PoseThumbnail {
    PoseThumbnail(
      FilmPlane(height: 16, width: 16, values: values.map { 128 + 500 * $0 }))
  }

  /// What is said of one film among others that are all alike.
  private func finding(
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

  // MARK: a single film beside a network's template

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

  // MARK: doubles

  @Test func doublesAreCalledByWhoseTheyAre() throws {
    func film(
      _ name: String, _ patient: String, _ part: Subset?, hash: UInt64 = 7,
      _ findings: [String] = ["Mass"]
    ) throws -> DuplicateAudit.Film {
      DuplicateAudit.Film(
        record: FilmRecord(
          name: name, findings: findings, patient: try #require(PatientID(patient))),
        subset: part, content: FilmContent(hash: hash, height: 48, width: 48))
    }
    func problem(
      _ first: DuplicateAudit.Film, _ second: DuplicateAudit.Film
    ) -> AuditProblem? {
      let found = DuplicateAudit.problems([first, second]) { _, _ in true }
      #expect(found.count <= 1)
      return found.first
    }
    let first = try film("a.png", "1", .train)
    #expect(
      problem(first, try film("b.png", "1", .train))
        == AuditProblem(
          image: "b.png", kind: "duplicate_pixels", severity: .warning,
          detail: "the pixels of a.png, a film of the same patient"))
    #expect(
      problem(first, try film("b.png", "2", .train))
        == AuditProblem(
          image: "b.png", kind: "duplicate_pixels_across_patients", severity: .warning,
          detail: "the pixels of a.png, a film of patient 1"))
    #expect(
      problem(first, try film("b.png", "2", .test))
        == AuditProblem(
          image: "b.png", kind: "duplicate_pixels_across_parts", severity: .error,
          detail:
            "the pixels of a.png, a film of patient 1, in the train part while this is in test"))
    #expect(
      problem(first, try film("b.png", "1", .validation))
        == AuditProblem(
          image: "b.png", kind: "duplicate_pixels_across_parts", severity: .error,
          detail:
            "the pixels of a.png, a film of the same patient, in the train part while this is in "
            + "validation"))
    #expect(
      problem(first, try film("b.png", "1", .train, ["Edema"]))?.detail
        == "the pixels of a.png, a film of the same patient, with other findings")
    #expect(problem(first, try film("b.png", "2", .train, hash: 8)) == nil)
    #expect(problem(first, try film("a.png", "1", .train)) == nil)

    // Of three, the first is named by both others; equal hashes of other pixels are no doubles.
    let three = [first, try film("b.png", "2", .train), try film("c.png", "1", .test)]
    let found = DuplicateAudit.problems(three) { _, _ in true }
    #expect(found.map(\.image) == ["b.png", "c.png"])
    #expect(found.allSatisfy { $0.detail.hasPrefix("the pixels of a.png,") })
    #expect(DuplicateAudit.problems(three) { _, _ in false }.isEmpty)
  }

  // MARK: ages

  /// The mean is over the ages that are known.
  @Test func theMeanAgeIsOverKnownAges() throws {
    let records = try ["20", "41", nil, "414", "056M"].map { age in
      FilmRecord(
        name: "a.png", findings: [], patient: try #require(PatientID("1")),
        age: age.flatMap { PatientAge($0) })
    }
    let demographics = Demographics(records, rows: Array(records.indices))
    let mean = try #require(demographics.meanAge)
    #expect(abs(mean - (20 + 41 + 56.0 / 12) / 3) < 1e-12)
    #expect(demographics.ages.map(\.films) == [1, 1, 1, 2])
    #expect(Demographics(records, rows: [2, 3]).meanAge == nil)
  }

  @Test func agesAreInTheirBands() throws {
    let bands = [
      ("0-17", ["0", "17", "17.9", "006M"]), ("18-39", ["18", "39", "216M"]),
      ("40-59", ["40", "59"]), ("60-79", ["60", "79"]), ("80-", ["80", "100"]),
      (Demographics.unknown, ["1201M", "101", "414"]),
    ]
    for (name, ages) in bands {
      for age in ages {
        let years = PatientAge(age)
        #expect(years != nil)
        let records = [
          FilmRecord(
            name: "a.png", findings: [], patient: try #require(PatientID("1")),
            age: years)
        ]
        let demographics = Demographics(records, rows: [0])
        #expect(demographics.ages.map(\.name) == [name], "\(age)")
        #expect((demographics.meanAge == nil) == (name == Demographics.unknown), "\(age)")
      }
    }
  }
}
