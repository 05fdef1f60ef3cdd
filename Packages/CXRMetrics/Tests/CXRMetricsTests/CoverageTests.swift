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

  struct SimulatedSet: Sendable {
    var scores: [Double] = []
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
          scores.append((label ? 1.3 : 0) + habit + generator.normal() * 0.7)
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

  /// Of a figure's intervals, how many hold the truth; sets without an interval are left out.
  struct Coverage {
    var held = 0
    var sets = 0
    var share: Double { Double(held) / Double(max(1, sets)) }
  }

  /// Of AUC, average precision, DeLong's interval by patient, sensitivity, and AUC by films.
  private func coverage(patients count: Int) -> [Coverage] {
    var generator = Generator(1)
    let population = SimulatedSet(patients: 200_000, using: &generator)
    let auc = rocAUC(scores: population.scores, labels: population.labels) ?? .nan
    let precision = averagePrecision(scores: population.scores, labels: population.labels) ?? .nan
    @Sendable func called(_ sample: SimulatedSet) -> [Bool?] {
      zip(sample.scores, sample.labels).map { $1 ? $0 > 0.8 : nil }
    }
    let sensitivity =
      PatientProportion(called(population), patients: PatientIndex(population.owners)).value
      ?? .nan
    // A set an entry: whether each interval holds the truth.
    nonisolated(unsafe) let held = UnsafeMutableBufferPointer<[Bool?]>.allocate(
      capacity: Self.sets)
    held.initialize(repeating: [])
    defer { held.deinitialize().deallocate() }
    DispatchQueue.concurrentPerform(iterations: Self.sets) { set in
      var generator = Generator(1000 + set)
      let sample = SimulatedSet(patients: count, using: &generator)
      func answer(_ patients: PatientIndex) -> PatientBootstrap.Answer? {
        PatientBootstrap(patients: patients, replicates: Self.replicates).answers(
          to: [.init(scores: sample.scores, labels: sample.labels, patients: patients)],
          generator: { Generator(1_000_000 * set + $0) }
        ).first
      }
      let patients = PatientIndex(sample.owners)
      let byPatient = answer(patients)
      let deLong = DeLong(scores: sample.scores, labels: sample.labels)
      held[set] = [
        byPatient?.auc.interval()?.contains(auc),
        byPatient?.averagePrecision.interval()?.contains(precision),
        deLong?.interval(patients: patients)?.contains(auc),
        PatientProportion(called(sample), patients: patients).interval()?.contains(sensitivity),
        answer(PatientIndex(sample.owners.indices))?.auc.interval()?.contains(auc),
      ]
    }
    let all = (0..<5).map { i in
      held.reduce(into: Coverage()) { sum, set in
        if let isHeld = set[i] {
          sum.sets += 1
          sum.held += isHeld ? 1 : 0
        }
      }
    }
    print("coverage of 95 % intervals, \(count) patients:", all.map(\.share), all.map(\.sets))
    return all
  }

  @Test func intervalsHoldTheTruth() {
    let all = coverage(patients: 200)
    // DeLong's interval is symmetrical, which the truth about few patients is not.
    let intervals = [
      ("AUC", Self.tolerance), ("average precision", Self.tolerance),
      ("DeLong by patient", Self.tolerance + 0.01), ("sensitivity", Self.tolerance),
    ]
    for (coverage, (name, tolerance)) in zip(all, intervals) {
      #expect(abs(coverage.share - 0.95) <= tolerance, "\(name): \(coverage.share)")
      #expect(coverage.sets == Self.sets, "\(name)")
    }
    // Resampling films instead promises what it does not hold.
    #expect(all[4].share < 0.9, "AUC by films: \(all[4].share)")
  }

  /// Of forty patients few have the finding: intervals may hold a little less, or are not given.
  @Test func intervalsOfFewPatientsHoldMost() {
    for coverage in coverage(patients: 40).prefix(4) {
      #expect(coverage.share > 0.85 - (Self.tolerance - 0.02), "\(coverage.share)")
    }
  }
}
