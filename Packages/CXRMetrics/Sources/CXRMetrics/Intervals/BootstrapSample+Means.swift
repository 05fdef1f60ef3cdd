extension BootstrapSample {
  /// Below so many patients of equal weight draws say next to nothing of a figure's spread: of one patient all are alike.
  static let leastSeen = 1.5

  /// The mean of several figures less the mean of as many others, by the same draws.
  ///
  /// A pair's spread is unseen where its figures rest on fewer than 1.5 patients of equal weight, or are undefined in
  /// more than one draw of twenty. Left as it is, it would make the means look surer than they are. So it is taken to vary,
  /// patient by patient, as the others do on average, σ² = mean of v·n²/(n − 1) of v, a pair's variance over draws that show
  /// (n − 1)/n of it; and the draws of the difference are spread about its value by √(1 + Σ max(0, σ²/n − u)/(K²·V)), with u the
  /// pair's variance where an undefined draw is its value, K the number of pairs and V the difference's variance. Where all are
  /// unseen it rests on no patient. By simulation; see `make coverage`.
  ///
  /// - Parameters:
  ///   - one: each with its value on all patients.
  ///   - other: as many, each beside the one in its place.
  public static func differenceOfMeans(
    _ one: [(value: Double, sample: BootstrapSample)],
    _ other: [(value: Double, sample: BootstrapSample)]
  ) -> BootstrapSample {
    precondition(
      one.count == other.count,
      "BootstrapSample.differenceOfMeans: \(one.count) and \(other.count) figures")
    let difference = mean(of: one) - mean(of: other)
    let pairs = zip(one, other).map { (value: $0.value - $1.value, sample: $0.sample - $1.sample) }
    guard pairs.count > 1, let error = difference.standardError, error > 0 else {
      return difference
    }
    let seen = pairs.compactMap { pair -> Double? in
      let n = pair.sample.effectivePatients
      guard n >= leastSeen, let error = pair.sample.standardError else { return nil }
      return error * error * n * n / (n - 1)
    }
    guard seen.count < pairs.count else { return difference }
    guard !seen.isEmpty else {
      return Self(difference.values, effectivePatients: 0, patients: difference.patients)
    }
    let ofOnePatient = seen.reduce(0, +) / Double(seen.count)
    let unseen = pairs.reduce(0.0) { sum, pair in
      let n = pair.sample.effectivePatients
      guard n < leastSeen || pair.sample.standardError == nil else { return sum }
      return sum + max(0, ofOnePatient / max(1, n) - pair.sample.filledVariance(pair.value))
    }
    let count = Double(pairs.count)
    let spread = (1 + unseen / (count * count * error * error)).squareRoot()
    let value = pairs.reduce(0) { $0 + $1.value } / count
    return Self(
      difference.values.map { value + ($0 - value) * spread },
      effectivePatients: difference.effectivePatients, patients: difference.patients,
      influence: difference.influence)
  }

  /// The variance over draws, where an undefined one is `value`.
  private func filledVariance(_ value: Double) -> Double {
    let filled = Self(
      values.map { $0.isNaN ? value : $0 }, effectivePatients: effectivePatients, patients: patients
    )
    return filled.standardError.map { $0 * $0 } ?? 0
  }
}
