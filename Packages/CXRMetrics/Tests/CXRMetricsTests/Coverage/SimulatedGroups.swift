import CXRMetrics

/// Two groups of a set's patients who are equally well served: a third of them, and the others.
struct SimulatedGroups: Sendable {
  /// Findings on which both groups can be judged.
  let findings: [Int]
  /// Of the first model: those findings of the smaller group, then of the other.
  let questions: [PatientBootstrap.Question]

  /// As many patients of a group must have a finding, and be without it, as the evaluation wants.
  static let leastPatientsOfAKind = 10

  /// Splits patients at random.
  init(_ set: SimulatedSet, _ patients: PatientIndex, seed: Int) {
    var generator = Generator(-seed)
    let isOfThird = (0..<patients.count).map { _ in generator.uniform() < 1.0 / 3 }
    let films = [true, false].map { side in
      patients.numbers.indices.filter { isOfThird[patients.numbers[$0]] == side }
    }
    func isTelling(_ labels: [Bool], _ films: [Int]) -> Bool {
      [true, false].allSatisfy { kind in
        var (isSeen, count) = ([Bool](repeating: false, count: patients.count), 0)
        for film in films where labels[film] == kind && !isSeen[patients.numbers[film]] {
          isSeen[patients.numbers[film]] = true
          count += 1
        }
        return count >= Self.leastPatientsOfAKind
      }
    }
    let findings = set.labels.indices.filter { k in
      films.allSatisfy { isTelling(set.labels[k], $0) }
    }
    self.findings = findings
    questions = films.flatMap { films in
      findings.map { k in
        PatientBootstrap.Question(
          scores: films.map { set.scores[0][k][$0] }, labels: films.map { set.labels[k][$0] },
          patients: patients.selecting(films))
      }
    }
  }
}
