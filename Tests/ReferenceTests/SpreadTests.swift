import Testing

@testable import CXRMetrics

/// Intervals against naive loops in NumPy and SciPy's distributions and roots; see make_spread_fixtures.py.
@Suite struct SpreadTests {
  struct Answers: Decodable {
    struct Case: Decodable {
      struct Paired: Decodable {
        let interval: [Double]
        let p: Double
      }
      let name: String
      let threshold: Double
      let other_threshold: Double
      let auc: [Double]
      let mean_auc: [Double]
      let draws: [Double]
      let average_precision: [Double]?
      let sensitivity: [Double]
      let specificity: [Double]
      let ppv: [Double]
      let ppv_at_tenth: [Double]
      let paired: Paired?
      let patients_with: Int
      let patients_without: Int
    }
    let cases: [Case]
    let mid_p: [[Double]]
  }
  struct Films: Decodable {
    struct Case: Decodable {
      let name: String
      let y: [Int]
      let a: [Double]
      let b: [Double]
      let patients: [Int]
      var truths: [Bool] { y.map { $0 == 1 } }
    }
    let cases: [Case]
  }

  private let cases: [(films: Films.Case, expected: Answers.Case)]
  private let midP: [[Double]]

  init() throws {
    let films = try Fixture.json("intervals", as: Films.self).cases
    let answers = try Fixture.json("spreads", as: Answers.self)
    try #require(films.map(\.name) == answers.cases.map(\.name))
    (cases, midP) = (Array(zip(films, answers.cases)), answers.mid_p)
  }

  /// `nil` where too few patients are of a kind, whatever the formula says.
  private func expect(
    _ found: Interval?, _ expected: [Double], isEnough: Bool, _ what: String
  ) {
    guard isEnough else {
      #expect(found == nil, "\(what)")
      return
    }
    #expect(
      abs((found?.low ?? .nan) - expected[0]) < 1e-8
        && abs((found?.high ?? .nan) - expected[1]) < 1e-8,
      "\(what): \(found.map { "\($0.low) to \($0.high)" } ?? "n/a") instead of \(expected)")
  }

  @Test func areasEqualNumPy() throws {
    #expect(cases.count == 5)
    for (films, expected) in cases {
      let patients = PatientIndex(films.patients)
      let isEnough = min(expected.patients_with, expected.patients_without) >= 8
      let areas = try [films.a, films.b].map {
        try #require(AreaSpread(scores: $0, labels: films.truths, patients: patients))
      }
      #expect(areas[0].auc == rocAUC(scores: films.a, labels: films.truths))
      #expect(areas[0].patients == min(expected.patients_with, expected.patients_without))
      expect(areas[0].interval(), expected.auc, isEnough: isEnough, films.name)
      // A mean rests on the patients of both areas.
      expect(
        AreaSpread.interval(ofMeanOf: areas), expected.mean_auc,
        isEnough: 2 * areas[0].patients >= 8, films.name + ", mean")
    }
  }

  /// By the draws that the fixture names.
  @Test func precisionsEqualNumPy() throws {
    for (films, expected) in cases {
      let patients = PatientIndex(films.patients)
      let order = films.a.indices.sorted { films.a[$0] > films.a[$1] }
      let area = AreaSpread(scores: films.a, labels: films.truths, patients: patients)
      let spread = try #require(
        PrecisionSpread(
          order: order, scores: films.a, labels: films.truths, area: area, patients: patients))
      let draws = BootstrapSample(expected.draws, effectivePatients: 20, patients: 20)
      let isEnough = min(expected.patients_with, expected.patients_without) >= 8
      let interval = try #require(expected.average_precision)
      #expect(
        abs(
          spread.averagePrecision
            - (averagePrecision(scores: films.a, labels: films.truths) ?? .nan)) < 1e-12)
      guard isEnough else {
        #expect(spread.interval(draws, level: 0.95) == nil)
        continue
      }
      // The judge's influences are differences of two precisions.
      let found = try #require(spread.interval(draws, level: 0.95))
      #expect(
        abs(found.low - interval[0]) < 1e-5 && abs(found.high - interval[1]) < 1e-5,
        "\(films.name): \(found) instead of \(interval)")
    }
  }

  @Test func sharesEqualSciPy() throws {
    for (films, expected) in cases {
      let patients = PatientIndex(films.patients)
      let figures = OperatingFigures(
        scores: films.a, labels: films.truths, patients: patients, threshold: expected.threshold)
      let (with, without) = (expected.patients_with >= 8, expected.patients_without >= 8)
      let name = films.name
      expect(
        figures.sensitivity.interval(), expected.sensitivity, isEnough: with, name + " sensitivity")
      expect(
        figures.specificity.interval(), expected.specificity, isEnough: without,
        name + " specificity")
      expect(
        figures.ppv.interval(), expected.ppv, isEnough: figures.ppv.patients >= 8, name + " PPV")
      expect(
        figures.ppvInterval(prevalence: 0.1), expected.ppv_at_tenth, isEnough: with && without,
        name + " PPV at a tenth")
      func called(_ scores: [Double], _ threshold: Double) -> [Bool?] {
        zip(scores, films.truths).map { $1 ? $0 > threshold : nil }
      }
      let paired = PairedDifference(
        called(films.a, expected.threshold), called(films.b, expected.other_threshold),
        patients: patients)
      guard let reference = expected.paired, with else {
        #expect(with || paired.pValue == nil)
        continue
      }
      expect(paired.interval(), reference.interval, isEnough: true, name + " paired")
      #expect(abs((paired.pValue ?? .nan) - reference.p) < 1e-12, "\(name)")
      let turned = PairedDifference(
        called(films.b, expected.other_threshold), called(films.a, expected.threshold),
        patients: patients)
      #expect(turned.value == paired.value.map { -$0 } && turned.pValue == paired.pValue)
    }
  }

  /// Of a film a patient they are mid-P's.
  @Test func sharesOfSingleFilmsEqualMidP() {
    for row in midP {
      let (hits, films) = (Int(row[0]), Int(row[1]))
      let share = PatientProportion(
        (0..<films).map { $0 < hits }, patients: PatientIndex(0..<films))
      #expect(share.value == Double(hits) / Double(films))
      expect(share.interval(), Array(row[2...]), isEnough: true, "\(hits) of \(films)")
    }
    // Twice the films of the same patients tell nothing new.
    let hits = (0..<40).map { $0 % 3 == 0 }
    let once = PatientProportion(hits, patients: PatientIndex(0..<40))
    let twice = PatientProportion(
      hits + hits, patients: PatientIndex(Array(0..<40) + Array(0..<40)))
    #expect(abs(once.effectiveFilms / 40 - 1) < 1e-12)
    #expect(twice.effectiveFilms <= once.effectiveFilms)
  }

  /// Of an average precision of 1 it is Wilson's of all hits, of 9 patients 3 deviations away.
  @Test func averagePrecisionOfOneHasRoom() throws {
    let labels = (0..<40).map { $0 < 9 }
    let scores = labels.map { $0 ? 1.0 : 0 }
    let patients = PatientIndex(0..<40)
    let spread = try #require(
      PrecisionSpread(
        order: Array(0..<40), scores: scores, labels: labels,
        area: AreaSpread(scores: scores, labels: labels, patients: patients), patients: patients))
    let none = BootstrapSample([1, 1], effectivePatients: 9, patients: 9)
    let t = StudentDistribution(degreesOfFreedom: 8).quantile(0.975)
    let interval = try #require(spread.interval(none, level: 0.95))
    #expect(interval.high == 1 && abs(interval.low - 9 / (9 + t * t)) < 1e-12)
  }
}
