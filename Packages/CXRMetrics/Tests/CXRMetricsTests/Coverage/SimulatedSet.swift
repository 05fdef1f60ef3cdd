import CXRMetrics

/// Films of some patients with several findings, as two models that are equally good score them.
struct SimulatedSet: Sendable {
  /// Whose the films are.
  var owners: [Int] = []
  /// A finding, a film.
  var labels: [[Bool]] = []
  /// A finding; how common it is among all such patients' films.
  var prevalences: [Double] = []
  /// A model, a finding, a film.
  var scores: [[[Double]]] = [[], []]

  /// - Parameters:
  ///   - cell: what is simulated.
  ///   - rarities: a finding each; how many times rarer it is than the cell says.
  init(_ cell: CoverageCell, rarities: [Double], using generator: inout Generator) {
    for patient in 0..<cell.patients {
      for _ in 0..<cell.clustering.filmCount(&generator) { owners.append(patient) }
    }
    for rarity in rarities {
      let limit = -NormalDistribution.quantile(cell.prevalence / rarity)
      let own = cell.clustering.films.ofFinding
      var (last, habit) = (-1, 0.0)
      let labels = owners.map { owner in
        if owner != last { (last, habit) = (owner, generator.normal()) }
        return own.squareRoot() * habit + (1 - own).squareRoot() * generator.normal() > limit
      }
      add(labels, prevalence: cell.prevalence / rarity, cell, using: &generator)
    }
  }

  /// Of films whose findings and patients are known; a patient's films stand together.
  ///
  /// - Parameters:
  ///   - owners: `[n]`.
  ///   - labels: a finding, `[n]`.
  ///   - prevalences: a finding.
  ///   - cell: how scores are spread.
  init(
    owners: [Int], labels: [[Bool]], prevalences: [Double], _ cell: CoverageCell,
    using generator: inout Generator
  ) {
    self.owners = owners
    for (labels, prevalence) in zip(labels, prevalences) {
      add(labels, prevalence: prevalence, cell, using: &generator)
    }
  }

  private mutating func add(
    _ labels: [Bool], prevalence: Double, _ cell: CoverageCell, using generator: inout Generator
  ) {
    self.labels.append(labels)
    prevalences.append(prevalence)
    let own = cell.clustering.films.ofScore
    /// Two models' views of the same: half, or of a patient's habit four fifths, in common.
    func pair(_ common: Double) -> (Double, Double) {
      let shared = common.squareRoot() * generator.normal()
      let rest = (1 - common).squareRoot()
      return (shared + rest * generator.normal(), shared + rest * generator.normal())
    }
    var (last, habit) = (-1, (0.0, 0.0))
    var models: [[Double]] = [[], []]
    for (owner, label) in zip(owners, labels) {
      if owner != last { (last, habit) = (owner, pair(0.8)) }
      let film = pair(0.5)
      for (model, parts) in [(habit.0, film.0), (habit.1, film.1)].enumerated() {
        let score =
          (label ? cell.distance : 0) + own.squareRoot() * parts.0
          + (1 - own).squareRoot() * parts.1
        let step = CoverageCell.step
        models[model].append(cell.hasTies ? (score / step).rounded() * step : score)
      }
    }
    for model in models.indices { scores[model].append(models[model]) }
  }
}
