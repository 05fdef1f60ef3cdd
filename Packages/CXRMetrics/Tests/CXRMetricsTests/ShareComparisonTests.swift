import Foundation
import Testing

@testable import CXRMetrics

/// Comparisons of shares and of samples that rest on unequal numbers of films and patients, by the formulas.
@Suite struct ShareComparisonTests {
  private func share(_ hits: Int, of films: Int) -> PatientProportion {
    PatientProportion((0..<films).map { $0 < hits }, patients: PatientIndex(0..<films))
  }

  /// The pooled share weighs each side by its own films.
  @Test func theLargerPartWeighsMore() throws {
    let (few, many) = (
      PatientProportion(hits: 5, films: 50, effectiveFilms: 50),
      PatientProportion(hits: 60, films: 200, effectiveFilms: 200)
    )
    let pooled = 65.0 / 250
    let z = 0.2 / (pooled * (1 - pooled) * (1.0 / 50 + 1.0 / 200)).squareRoot()
    let expected = erfc(z / 2.0.squareRoot())
    for p in [PatientProportion.pValue(few, many), PatientProportion.pValue(many, few)] {
      #expect(abs(try #require(p) - expected) < 1e-9)
    }
  }

  /// p is below 0.05 where the interval leaves 0 out, and nowhere else, also where one patient has most films.
  @Test func aPairedDifferenceNeverContradictsItself() throws {
    var generator = Generator(3)
    var apart = 0
    for _ in 0..<2000 {
      let count = Int.random(in: 20...60, using: &generator)
      let owners = (0..<count).map { $0 < 14 ? $0 : Int.random(in: 0..<15, using: &generator) % 3 }
      let chance = generator.uniform()
      let one = owners.map { _ in generator.uniform() < 0.5 }
      let other = one.map { generator.uniform() < chance ? $0 : generator.uniform() < 0.3 }
      let paired = PairedDifference(one, other, patients: PatientIndex(owners))
      let (interval, p) = (try #require(paired.interval()), try #require(paired.pValue))
      #expect(interval.contains(0) == (p >= 0.05) || abs(p - 0.05) < 1e-9, "\(interval) \(p)")
      #expect(interval.contains(try #require(paired.value)))
      if p < 0.05 { apart += 1 }
    }
    #expect(apart > 100)
  }

  /// A difference is the first less the second, and rests on the fewer patients.
  @Test func aDifferenceRestsOnTheFewerPatients() {
    let left = BootstrapSample([0.9, 0.8, 0.7], effectivePatients: 40, patients: 12)
    let right = BootstrapSample([0.5, 0.6, 0.7], effectivePatients: 9, patients: 30)
    for (difference, values) in [
      (left - right, [0.4, 0.2, 0.0]), (right - left, [-0.4, -0.2, 0]),
    ] {
      #expect(difference.effectivePatients == 9 && difference.patients == 12)
      #expect(zip(difference.values, values).allSatisfy { abs($0 - $1) < 1e-15 })
    }
  }

  /// The predictive value of a negative call is the share of those called negative that lack the finding.
  @Test func predictiveValuesAreOfThoseCalled() {
    let scores = [0.9, 0.8, 0.7, 0.2, 0.2, 0.2, 0.1, 0.1]
    let labels = [true, true, false, true, false, false, false, false]
    let figures = OperatingFigures(
      scores: scores, labels: labels, patients: PatientIndex(labels.indices), threshold: 0.5)
    #expect(figures.ppv.hits == 2 && figures.ppv.films == 3)
    #expect(figures.npv.hits == 4 && figures.npv.films == 5)
  }

  /// Just as many as are asked for are enough.
  @Test func rulesTakeWhatIsJustEnough() throws {
    let scores = (0..<20).map { Double($0) }
    // Ten without the finding, of which eight score below 8; ten with it.
    let labels = [8, 9].reduce(into: (0..<20).map { $0 >= 10 }) { $0[$1] = false }
    let specific = try #require(
      OperatingRule.specificity(0.8).threshold(scores: scores, labels: labels))
    #expect(specific == 7.5)
    let sensitive = try #require(
      OperatingRule.sensitivity(0.8).threshold(scores: scores, labels: labels))
    #expect(sensitive == 11.5)
    // A miss that costs nine false alarms.
    let mixed = (0..<20).map { $0 >= 15 || $0 == 6 }
    #expect(OperatingRule.cost(ofMiss: 9).threshold(scores: scores, labels: mixed) == 5.5)
    #expect(OperatingRule.cost(ofMiss: 1.0 / 9).threshold(scores: scores, labels: mixed) == 14.5)
  }

  /// Where the first alone hits all films, or the same part of each patient's, the difference is not certain.
  @Test(arguments: [8, 20, 60]) func patientsWhoAllSayTheSameDoNotMakeItCertain(_ count: Int) throws
  {
    let patients = PatientIndex(0..<count)
    let (all, none) = (
      [Bool?](repeating: true, count: count), [Bool?](repeating: false, count: count)
    )
    let up = PairedDifference(all, none, patients: patients)
    let interval = try #require(up.interval())
    let room = 3.841458820694124 / (Double(count) + 3.841458820694124)
    #expect(up.value == 1 && interval.high == 1)
    #expect(abs(interval.low - (1 - 2 * room)) < 1e-12)
    #expect((interval.low > 0) == (try #require(up.pValue) < 0.05))
    let down = try #require(PairedDifference(none, all, patients: patients).interval())
    #expect(down == Interval(-1, -interval.low))
    // Two films a patient, of which the first hits one more.
    let half = PairedDifference(
      (0..<2 * count).map { $0 % 2 == 0 }, [Bool?](repeating: false, count: 2 * count),
      patients: PatientIndex((0..<2 * count).map { $0 / 2 }))
    let inner = try #require(half.interval())
    #expect(half.value == 0.5 && inner.low < 0.5 && inner.high > 0.5)
    #expect((inner.low > 0) == (try #require(half.pValue) < 0.05))
  }
}
