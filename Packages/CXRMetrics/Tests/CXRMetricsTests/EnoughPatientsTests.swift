import Foundation
import Testing

@testable import CXRMetrics

/// How many patients a figure needs for an interval, how wide it is of few, and how groups of films are made.
@Suite struct EnoughPatientsTests {
  /// 0, 1, 2, … in an order that is not theirs.
  private func ramp(_ last: Int) -> [Double] { (0...last).map { Double(($0 * 17) % (last + 1)) } }

  private func sample(
    _ values: [Double], effective: Double, patients: Int = 100
  ) -> BootstrapSample {
    BootstrapSample(values, effectivePatients: effective, patients: patients)
  }

  /// Eight patients of both kinds are enough, seven are not, whatever the figure.
  @Test func eightPatientsAreEnough() throws {
    #expect(Interval.leastPatients == 8)
    #expect(sample(ramp(99), effective: 5, patients: 8).interval() != nil)
    #expect(sample(ramp(99), effective: 5, patients: 7).interval() == nil)
    #expect(sample(ramp(99), effective: 5, patients: 8).pValue(that: 50) != nil)
    #expect(sample(ramp(99), effective: 5, patients: 7).pValue(that: 50) == nil)
    // Where there is no interval because no draw differs, there is no p.
    #expect(sample([0.3, 0.3, 0.3], effective: 9).pValue(that: 0.3) == nil)
    for (patients, isEnough) in [(8, true), (7, false)] {
      // As many with the finding, two films each, and thirty without it; and the other way round.
      let owners = PatientIndex((0..<patients * 2).map { $0 / 2 } + (100..<130))
      let labels = (0..<patients * 2 + 30).map { $0 < patients * 2 }
      let scores = labels.indices.map { Double(($0 * 7) % 11) }
      for kind in [labels, labels.map { !$0 }] {
        let answers = PatientBootstrap(patients: owners, replicates: 40).answers(
          to: [.init(scores: scores, labels: kind, patients: owners)],
          generator: { Generator($0) })
        let answer = try #require(answers.first)
        #expect((answer.aucInterval() != nil) == isEnough)
        #expect((answer.averagePrecisionInterval() != nil) == isEnough)
        #expect((PatientBootstrap.meanAUC(of: [answer]).interval != nil) == isEnough)
        // A mean rests on the patients of all its figures.
        #expect(PatientBootstrap.meanAUC(of: [answer, answer]).interval != nil)
      }
      let calls = labels.indices.map { labels[$0] ? $0 % 3 > 0 : nil }
      let others = labels.indices.map { labels[$0] ? $0 % 5 > 0 : nil }
      #expect((PatientProportion(calls, patients: owners).interval() != nil) == isEnough)
      let paired = PairedDifference(calls, others, patients: owners)
      #expect((paired.interval() != nil) == isEnough && (paired.pValue != nil) == isEnough)
    }
  }

  /// One draw in twenty may be undefined, more may not.
  @Test func oneDrawInTwentyMayBeUndefined() {
    func undefined(_ undefined: Int) -> BootstrapSample {
      sample((0..<40).map { $0 < undefined ? .nan : Double($0) }, effective: 30)
    }
    #expect(undefined(2).interval() != nil && undefined(2).percentiles() != nil)
    #expect(undefined(2).standardError != nil && undefined(2).pValue(that: 20) != nil)
    #expect(undefined(3).interval() == nil && undefined(3).percentiles() == nil)
    #expect(undefined(3).standardError == nil && undefined(3).pValue(that: 20) == nil)
  }

  /// p is below 0.05 where the interval leaves the value out, and nowhere else, also where many draws are equal to it.
  @Test func pAndTheIntervalNeverContradictEachOther() {
    var generator = Generator(5)
    for _ in 0..<3000 {
      let grid = Double(Int.random(in: 2...30, using: &generator))
      let draws = (0..<100).map { _ in (generator.normal() * grid / 3).rounded() / grid + 0.5 }
      let sample = sample(
        draws, effective: Double(Int.random(in: 3...60, using: &generator)), patients: 60)
      guard let interval = sample.interval() else { continue }
      for value in [0, 0.25, 0.5, 0.75, 1, draws[0], draws[50]] {
        let p = sample.pValue(that: value) ?? .nan
        #expect(
          interval.contains(value) == (p >= 0.05) || abs(p - 0.05) < 1e-6,
          "\(value) \(interval) \(p)")
      }
    }
  }

  /// Of n patients the ends lie where a normal tail beyond √(n/(n − 1)) times Student's 97.5th percentile ends: of ten,
  /// 2.26216 with 9 degrees of freedom, 0.85506 % from either end instead of 2.5.
  @Test func theEndsMoveOutwardsOfFewPatients() throws {
    let sample = sample(ramp(1000), effective: 10)
    let interval = try #require(sample.interval())
    #expect(abs(interval.low - 8.5506) < 0.001 && abs(interval.high - (1000 - 8.5506)) < 0.001)
    // Of very many it is the plain percentiles, as the bands of curves are.
    let many = try #require(self.sample(ramp(1000), effective: 1e4).interval())
    #expect(abs(many.low - 25) < 0.05 && abs(many.high - 975) < 0.05)
    let plain = try #require(sample.percentiles())
    #expect(abs(plain.low - 25) < 1e-9 && abs(plain.high - 975) < 1e-9)
    let half = try #require(sample.percentiles(level: 0.5))
    #expect(abs(half.low - 250) < 1e-9 && abs(half.high - 750) < 1e-9)
  }

  /// Ten thousand patients of whom two make the difference, the one by three times the other's error: squares of 9 and 1 know
  /// their sum with 2·10²/(82 − 10²/2) = 6.25 degrees of freedom, whose Student's t is 2.42338; beyond it is
  /// 0.76858 % of the normal distribution.
  @Test func aDifferenceThatFewPatientsMakeIsKnownLess() throws {
    func sample(_ values: [Double], _ moves: [Double]) -> BootstrapSample {
      BootstrapSample(
        values, effectivePatients: 1e4, patients: 10_000, influence: PatientInfluence(moves))
    }
    let zeros = [Double](repeating: 0, count: 1001)
    let difference = sample(ramp(1000), [3, 0.5, 2]) - sample(zeros, [0, 0.5, 1])
    #expect(abs(difference.degreesOfFreedom - 6.25) < 1e-12)
    let interval = try #require(difference.interval())
    #expect(abs(interval.low - 7.6858) < 0.001)
    let p = try #require(difference.pValue(that: interval.low))
    #expect(abs(p - 0.05) < 1e-9)
    // The mean of two such differences, of which the patients' errors cancel or add.
    let mean = BootstrapSample.mean(of: [
      (0, sample(zeros, [4, 0, 2])), (0, sample(zeros, [2, 0, 0])),
    ])
    #expect(mean.influence?.values == [3, 0, 1])
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
      ], generator: { Generator($0) })
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
