import CXRMetrics

/// Which films of a label, or film-and-finding pairs of several, are called positive.
struct Calls: Sendable {
  /// `[n]`.
  let isPositive: [Bool]
  /// `[n]`.
  let truths: [Bool]
  /// `[n]`; all labels' patients have the same numbers.
  let patients: PatientIndex

  init(isPositive: [Bool], truths: [Bool], patients: PatientIndex) {
    (self.isPositive, self.truths, self.patients) = (isPositive, truths, patients)
  }

  /// Those of several labels, one after the other.
  init(pooling labels: [Calls]) {
    isPositive = labels.flatMap(\.isPositive)
    truths = labels.flatMap(\.truths)
    patients = PatientIndex(pooling: labels.map(\.patients))
  }

  /// What they are worth.
  var figures: OperatingFigures {
    OperatingFigures(
      scores: isPositive.map { $0 ? 1 : 0 }, labels: truths, patients: patients, threshold: 0.5)
  }

  /// Of all pairs, those that are called right.
  var accuracy: PatientProportion {
    PatientProportion(zip(isPositive, truths).map { $0 == $1 }, patients: patients)
  }

  /// Of films that have the finding (`truth`), or lack it, what is called right more often here than by `other`, which judges
  /// the same films.
  func advantage(over other: Calls, truth: Bool) -> PairedDifference {
    func isRight(_ calls: Calls) -> [Bool?] {
      zip(calls.isPositive, calls.truths).map { $1 == truth ? $0 == truth : nil }
    }
    return PairedDifference(isRight(self), isRight(other), patients: patients)
  }
}
