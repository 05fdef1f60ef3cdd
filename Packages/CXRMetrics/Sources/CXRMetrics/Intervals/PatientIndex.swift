/// Whose each film is, as numbers from 0 in order of first appearance: `[N]`.
public struct PatientIndex: Sendable, Equatable {
  /// A patient's number a film.
  public let numbers: [Int]
  /// How many patients there are.
  public let count: Int
  /// Of the patients in their order, in this process: tells an index from one of other patients.
  let identity: Int

  /// Numbers the patients.
  public init<Patient: Hashable>(_ patients: some Sequence<Patient>) {
    var known: [Patient: Int] = [:]
    var hasher = Hasher()
    numbers = patients.map { patient in
      if let number = known[patient] { return number }
      known[patient] = known.count
      hasher.combine(patient)
      return known.count - 1
    }
    (count, identity) = (known.count, hasher.finalize())
  }

  /// How many patients of equal weight the films at which `counts` holds are worth: (Σf)²/Σf² over the patients'
  /// numbers of films f (Kish, *Survey Sampling*, 1965). 0 without films.
  public func effectiveCount(where counts: some Sequence<Bool>) -> Double {
    var films = [Int](repeating: 0, count: count)
    for (number, counts) in zip(numbers, counts) where counts { films[number] += 1 }
    return Self.effectiveCount(ofFilms: films)
  }

  /// The same of numbers of films by patient.
  static func effectiveCount(ofFilms films: [Int]) -> Double {
    let (sum, squares) = films.reduce((0, 0)) { ($0.0 + $1, $0.1 + $1 * $1) }
    return squares > 0 ? Double(sum) * Double(sum) / Double(squares) : 0
  }

  /// Films of several parts of one index (see ``selecting(_:)``), one part after the other; a patient is one in all of them.
  public init(pooling parts: [PatientIndex]) {
    let (count, identity) = parts.first.map { ($0.count, $0.identity) } ?? (0, 0)
    precondition(
      parts.allSatisfy { $0.identity == identity },
      "PatientIndex: the parts are of different indices; take them of one by selecting(_:)")
    self.init(numbers: parts.flatMap(\.numbers), count: count, identity: identity)
  }

  private init(numbers: [Int], count: Int, identity: Int) {
    (self.numbers, self.count, self.identity) = (numbers, count, identity)
  }

  /// The films at `films`; patients keep their numbers, so that all such parts can be resampled together.
  public func selecting(_ films: some Sequence<Int>) -> PatientIndex {
    PatientIndex(numbers: films.map { numbers[$0] }, count: count, identity: identity)
  }
}
