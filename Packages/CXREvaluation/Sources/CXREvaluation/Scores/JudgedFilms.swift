import CXRMetrics

/// What is known of the films that models are judged on: which findings they have, and whose they are.
///
/// ```swift
/// let films = JudgedFilms(
///   labels: ["Mass"], truths: [true, false, nil, false], patients: ["1", "1", "2", "3"])
/// ```
public struct JudgedFilms: Sendable {
  /// In column order.
  public let labels: [String]
  /// `[N, K]`; `false` where unknown.
  public let truths: [Bool]
  /// Whether a truth is known, `[N, K]`.
  public let isKnown: [Bool]
  /// Whose the films are, `[N]`.
  public let patients: PatientIndex
  /// Films that have something in common, each group judged by itself too.
  public var groups: [Group] = []

  /// Films that have something in common.
  public struct Group: Sendable {
    /// What it is, such as `view`, `sex` or `age`.
    public let kind: String
    /// Such as `PA`, `F` or `40-59`.
    public let name: String
    /// Places of the films, rising.
    public let films: [Int]

    /// Gathers a group.
    public init(kind: String, name: String, films: [Int]) {
      (self.kind, self.name, self.films) = (kind, name, films)
    }
  }

  /// Gathers films; sizes must agree.
  ///
  /// - Parameters:
  ///   - labels: names of the K columns.
  ///   - truths: `[N, K]`; `nil` where unknown.
  ///   - patients: `[N]`, whose the films are.
  public init<Patient: Hashable>(
    labels: [String], truths: [Bool?], patients: some Sequence<Patient>
  ) {
    self.init(
      labels: labels, truths: truths.map { $0 ?? false }, isKnown: truths.map { $0 != nil },
      patients: PatientIndex(patients))
  }

  /// Gathers films whose patients are numbered; sizes must agree.
  public init(labels: [String], truths: [Bool], isKnown: [Bool], patients: PatientIndex) {
    let cells = labels.count * patients.numbers.count
    precondition(
      truths.count == cells && isKnown.count == cells,
      "JudgedFilms: \(truths.count), \(isKnown.count) cells of \(cells)")
    (self.labels, self.truths, self.isKnown, self.patients) = (labels, truths, isKnown, patients)
  }

  /// The number of films.
  public var count: Int { patients.numbers.count }
  /// The number of patients.
  public var patientCount: Int { patients.count }
}
