import Foundation
import Testing

@testable import CXRMetrics

/// Do 95 % intervals hold the truth 95 times in a hundred, where patients have one film or many?
@Suite struct CoverageTests {
  /// SplitMix64.
  struct Generator: RandomNumberGenerator {
    var state: UInt64
    /// Mixed once more, or neighbouring seeds would give the same numbers, one place apart.
    init(_ seed: Int) {
      state = UInt64(bitPattern: Int64(seed))
      state = next() ^ 0xA5A5_5A5A_C3C3_3C3C
      state = next()
    }
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }
    /// Nearly normal: twelve uniform numbers.
    mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + uniform() } }
  }

  struct SimulatedSet {
    var scores: [Float] = []
    var labels: [Bool] = []
    var owners: [Int] = []

    /// Most patients have one film, some have thirty; a patient's films have the finding together, and score
    /// alike beyond it.
    init(patients: Int, using generator: inout Generator) {
      for patient in 0..<patients {
        let u = generator.uniform()
        let films =
          u < 0.55
          ? 1 : u < 0.9 ? 2 + Int(generator.uniform() * 4) : 6 + Int(generator.uniform() * 25)
        let propensity = generator.uniform() < 0.25 ? 0.6 : 0.08
        let habit = generator.normal() * 0.8
        for _ in 0..<films {
          let label = generator.uniform() < propensity
          labels.append(label)
          scores.append(Float((label ? 1.3 : 0) + habit + generator.normal() * 0.7))
          owners.append(patient)
        }
      }
    }
  }

  /// `make coverage` asks for all thousand sets; a few tell whether an interval is wrong by half.
  static let isFull = ProcessInfo.processInfo.environment["CXR_FULL_COVERAGE"] != nil
  #if DEBUG
    static let (sets, replicates, tolerance) = (40, 100, 0.10)
  #else
    static let (sets, replicates, tolerance) =
      isFull ? (1000, 1000, 0.02) : (250, 400, 0.04)
  #endif

  @Test func intervalsHoldTheTruth() {
    var generator = Generator(1)
    let population = SimulatedSet(patients: 200_000, using: &generator)
    let auc = rocAUC(scores: population.scores, labels: population.labels) ?? .nan
    let precision = averagePrecision(scores: population.scores, labels: population.labels) ?? .nan
    let sensitivity =
      PatientProportion(
        zip(population.scores, population.labels).map { $1 ? $0 > 0.8 : nil },
        patients: PatientIndex(population.owners)
      ).value ?? .nan
    // A set an entry: which of the intervals hold the truth.
    nonisolated(unsafe) let held = UnsafeMutableBufferPointer<[Bool]>.allocate(
      capacity: Self.sets)
    held.initialize(repeating: [])
    defer { held.deinitialize().deallocate() }
    DispatchQueue.concurrentPerform(iterations: Self.sets) { set in
      var generator = Generator(1000 + set)
      let sample = SimulatedSet(patients: 200, using: &generator)
      let patients = PatientIndex(sample.owners)
      let answer = PatientBootstrap(patients: patients, replicates: Self.replicates).answers(
        to: [.init(scores: sample.scores, labels: sample.labels, patients: patients)],
        generator: { Generator(1_000_000 * set + $0) })[0]
      let films = PatientBootstrap(
        patients: PatientIndex(sample.owners.indices), replicates: Self.replicates
      ).answers(
        to: [
          .init(
            scores: sample.scores, labels: sample.labels,
            patients: PatientIndex(sample.owners.indices))
        ], generator: { Generator(1_000_000 * set + $0) })[0]
      let deLong = DeLong(scores: sample.scores, labels: sample.labels)
      let share = PatientProportion(
        zip(sample.scores, sample.labels).map { $1 ? $0 > 0.8 : nil }, patients: patients)
      held[set] = [
        answer.auc.interval()?.contains(auc) ?? false,
        answer.averagePrecision.interval()?.contains(precision) ?? false,
        deLong?.interval(patients: patients)?.contains(auc) ?? false,
        share.interval()?.contains(sensitivity) ?? false,
        films.auc.interval()?.contains(auc) ?? false,
      ]
    }
    func coverage(_ interval: Int) -> Double {
      Double(held.filter { $0[interval] }.count) / Double(Self.sets)
    }
    // DeLong's interval is symmetrical, which the truth about few patients is not.
    let intervals = [
      ("AUC", Self.tolerance), ("average precision", Self.tolerance),
      ("DeLong by patient", Self.tolerance + 0.01), ("sensitivity", Self.tolerance),
    ]
    for (i, (name, tolerance)) in intervals.enumerated() {
      #expect(abs(coverage(i) - 0.95) <= tolerance, "\(name): \(coverage(i))")
    }
    print("coverage of 95 % intervals, \(Self.sets) sets:", (0..<5).map(coverage))
    // Resampling films instead promises what it does not hold.
    #expect(coverage(4) < 0.9, "AUC by films: \(coverage(4))")
  }
}
