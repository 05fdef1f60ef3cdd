import Foundation
import Testing

@testable import CXRMetrics

/// How many patients a figure needs for an interval, how wide it is of few, and how groups of films are made.
@Suite struct EnoughPatientsTests {
  /// 0, 1, 2, … in an order that is not theirs.
  private func ramp(_ last: Int) -> [Double] { (0...last).map { Double(($0 * 17) % (last + 1)) } }

  /// Five patients' worth of films are enough, less are not.
  @Test func fivePatientsAreEnough() {
    #expect(BootstrapSample.leastPatients == 5)
    #expect(BootstrapSample(ramp(99), effectivePatients: 5).interval() != nil)
    #expect(BootstrapSample(ramp(99), effectivePatients: 5.0.nextDown).interval() == nil)
    #expect(BootstrapSample(ramp(99), effectivePatients: 5).pValue(that: 50) != nil)
    #expect(BootstrapSample(ramp(99), effectivePatients: 5.0.nextDown).pValue(that: 50) == nil)
    // Where there is no interval because no draw differs, there is no p.
    #expect(BootstrapSample([0.3, 0.3, 0.3], effectivePatients: 9).pValue(that: 0.3) == nil)
  }

  /// One draw in twenty may be undefined, more may not.
  @Test func oneDrawInTwentyMayBeUndefined() {
    func sample(_ undefined: Int) -> BootstrapSample {
      BootstrapSample(
        (0..<40).map { $0 < undefined ? .nan : Double($0) }, effectivePatients: 30)
    }
    #expect(sample(2).interval() != nil && sample(2).percentiles() != nil)
    #expect(sample(2).standardError != nil && sample(2).pValue(that: 20) != nil)
    #expect(sample(3).interval() == nil && sample(3).percentiles() == nil)
    #expect(sample(3).standardError == nil && sample(3).pValue(that: 20) == nil)
  }

  /// Of n patients the ends lie where a normal tail beyond √(n/(n − 1)) times Student's 97.5th percentile ends: of ten,
  /// 2.26216 with 9 degrees of freedom, 0.85506 % from either end instead of 2.5.
  @Test func theEndsMoveOutwardsOfFewPatients() throws {
    let sample = BootstrapSample(ramp(1000), effectivePatients: 10)
    let interval = try #require(sample.interval())
    #expect(abs(interval.low - 8.5506) < 0.001 && abs(interval.high - (1000 - 8.5506)) < 0.001)
    // Of very many it is the plain percentiles, as the bands of curves are.
    let many = try #require(BootstrapSample(ramp(1000), effectivePatients: 1e4).interval())
    #expect(abs(many.low - 25) < 0.05 && abs(many.high - 975) < 0.05)
    let plain = try #require(sample.percentiles())
    #expect(abs(plain.low - 25) < 1e-9 && abs(plain.high - 975) < 1e-9)
    let half = try #require(sample.percentiles(level: 0.5))
    #expect(abs(half.low - 250) < 1e-9 && abs(half.high - 750) < 1e-9)
  }

  /// A patient with three films and two with one are worth 5²/(9 + 1 + 1) patients.
  @Test func filmsOfOnePatientAreWorthLess() {
    let patients = PatientIndex(["a", "b", "a", "c", "a", "b"])
    #expect(patients.count == 3 && patients.numbers == [0, 1, 0, 2, 0, 1])
    let counts = [true, true, true, true, true, false]
    #expect(abs(patients.effectiveCount(where: counts) - 25.0 / 11) < 1e-12)
    #expect(patients.effectiveCount(where: counts.map { _ in false }) == 0)
    #expect(patients.selecting([1, 3]).numbers == [1, 2])
    // One patient's films alone have no interval, however many they are.
    let alone = PatientProportion(
      [true, false, true, nil, true, false], patients: PatientIndex([0, 0, 0, 1, 0, 0]))
    #expect(alone.hits == 3 && alone.films == 5 && alone.value == 0.6 && alone.interval() == nil)
    #expect(
      PatientProportion([true, false], patients: PatientIndex([0, 1])).interval() != nil)
  }

  /// What is said of a question is of the fewer patients, with the finding or without; its points lie at hundredths.
  @Test func aQuestionRestsOnTheFewerPatients() throws {
    let labels = (0..<60).map { $0 < 12 }
    let patients = PatientIndex((0..<60).map { $0 / 2 })
    let scores = (0..<60).map { Double(($0 * 23) % 59) }
    let answers = PatientBootstrap(patients: patients, replicates: 40).answers(
      to: [
        .init(scores: scores, labels: labels, patients: patients, wantsCurves: true),
        .init(scores: scores, labels: labels.map { !$0 }, patients: patients),
      ], generator: { CoverageTests.Generator($0) })
    try #require(answers.count == 2)
    for answer in answers {
      #expect(abs(answer.auc.effectivePatients - 6) < 1e-12)
      #expect(answer.auc.values.count == 40)
    }
    #expect(answers[1].roc.isEmpty && answers[1].precision.isEmpty)
    try #require(answers[0].roc.count == 101)
    for (place, point) in answers[0].roc.enumerated() {
      #expect(abs(point.x - Double(place) / 100) < 1e-12)
    }
    // Seen from the other side every draw ranks the other way.
    for (one, other) in zip(answers[0].auc.values, answers[1].auc.values) where !one.isNaN {
      #expect(abs(one + other - 1) < 1e-12)
    }
  }

  /// An interval of an area ends where areas do.
  @Test func areasEndAtOne() throws {
    let labels = (0..<30).map { $0 >= 22 }
    // One film with the finding scores below one without.
    let scores = (0..<30).map { $0 == 22 ? 20.5 : Double($0) }
    let area = try #require(DeLong(scores: scores, labels: labels))
    let interval = try #require(area.interval())
    #expect(area.auc > 0.98 && interval.high == 1 && interval.low < area.auc)
    let reversed = try #require(DeLong(scores: scores.map { -$0 }, labels: labels)?.interval())
    #expect(reversed.low == 0 && reversed.high > 0)
    let byPatient = try #require(area.interval(patients: PatientIndex(0..<30)))
    #expect(byPatient.high == 1 && byPatient.low < interval.low)
  }

  /// A share of all of nine patients, three deviations away: Wilson's interval ends at 9 / (9 + 3²).
  @Test func sharesEndWhereWilsonsDo() throws {
    #expect(BootstrapSample.roomOfShare(patients: 9, t: 3) == 0.5)
    #expect(abs(BootstrapSample.roomOfShare(patients: 30, t: 2) - 4.0 / 34) < 1e-15)
  }

  /// Twelve films of one probability and eight of another are two groups: equal ones stay together.
  @Test func equalProbabilitiesAreOneGroup() throws {
    let probabilities = (0..<20).map { $0 < 12 ? 0.1 : 0.9 }
    // Three of the twelve have it, and four of the eight.
    let labels = (0..<20).map { [0, 4, 8, 12, 14, 16, 18].contains($0) }
    let curve = ReliabilityCurve(probabilities: probabilities, labels: labels)
    try #require(curve.groups.count == 2)
    #expect(curve.groups.map(\.films) == [12, 8] && curve.groups.map(\.positives) == [3, 4])
    #expect(curve.groups.map(\.observed) == [0.25, 0.5])
    #expect(abs(curve.groups[0].predicted - 0.1) < 1e-12)
    #expect(abs(curve.groups[1].predicted - 0.9) < 1e-12)
    // 12 · |0.1 − 0.25| and 8 · |0.9 − 0.5|, of twenty.
    #expect(abs((curve.expectedError ?? 0) - (12 * 0.15 + 8 * 0.4) / 20) < 1e-12)
    // Of forty different ones, four in each of ten, the lowest first, in whatever order they come.
    let forty = (0..<40).map { Double(($0 * 17) % 40) / 40 }
    let tenths = ReliabilityCurve(probabilities: forty, labels: forty.map { $0 > 0.5 })
    #expect(tenths.groups.map(\.films) == [Int](repeating: 4, count: 10))
    for (place, group) in tenths.groups.enumerated() {
      #expect(abs(group.predicted - (4 * Double(place) + 1.5) / 40) < 1e-12)
    }
  }
}
