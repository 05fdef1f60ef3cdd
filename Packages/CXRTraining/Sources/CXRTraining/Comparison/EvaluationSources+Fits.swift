import CXRData
import CXREvaluation
import CXRFilms
import CXRMetrics

/// How thresholds are come by: as stored, or chosen anew where another rule is asked for.
extension EvaluationSources {
  /// What the checkpoints have stored by the rule that is asked for; `nil` where that is nothing.
  /// - Throws: ``TrainingError/invalidOption(_:)`` where something must be chosen anew and there are no films for it.
  func storedFits() throws -> [ValidationFit?] {
    let rule = options.operatingRule
    let fits = classifiers.map { classifier -> ValidationFit? in
      // Thresholds of films are not those of units.
      guard options.unit.kind == .film, let fit = classifier.metadata.validation,
        rule == nil || fit.operatingPoint == rule?.description
      else { return nil }
      return fit
    }
    if subset == nil, rule != nil, fits.contains(where: { $0 == nil }) {
      throw TrainingError.invalidOption(
        "operatingRule", rule?.description,
        needed:
          "not the rule of every checkpoint, and among all films there are no validation films to choose by it; "
          + "leave it out, or evaluate the test films",
        remedies: [Remedy(option: "subset", value: "test")])
    }
    return fits
  }

  /// The rule by which a network's thresholds are chosen anew.
  func rule(of network: Int) -> OperatingRule {
    options.operatingRule
      ?? classifiers[network].metadata.validation.flatMap { OperatingRule($0.operatingPoint) }
      ?? .youden
  }

  /// What the tables of validation films tell, a table; `nil` where there are none.
  /// - Throws: ``TrainingError/evaluationMismatch(_:remedies:)`` for films of patients who are judged.
  func tableFits(in films: FilmCollection, apartFrom tested: [FilmRow]) throws -> [ValidationFit?] {
    guard !validationTables.isEmpty else { return tables.map { _ in nil } }
    return try validationTables.map {
      try fit($0, collection: films, apartFrom: tested)
    }
  }

  /// What a table of validation films tells.
  private func fit(
    _ table: PredictionsFile, collection: FilmCollection, apartFrom tested: [FilmRow]
  ) throws -> ValidationFit {
    let rows = try Self.rows(of: table, in: collection)
    let records = collection.file.records
    let patients = Set(tested.map { records[$0].patient })
    let both = rows.filter { patients.contains(records[$0].patient) }
    guard both.isEmpty else {
      throw TrainingError.evaluationMismatch(
        "\(table.path): \(both.count) of its films are of patients who are evaluated, the first "
          + "\(records[both[0]].name); choose thresholds on other patients")
    }
    let units = JudgedUnits(options.unit, of: collection)
    try units.check(rows)
    let model = table.model(
      "",
      scores: try table.scores(
        of: rows.map { records[$0].name }, labels: collection.matrix.labels,
        filmNames: collection.filmNames))
    return ValidationFit(
      rule: options.operatingRule ?? .youden,
      answers: units.model(model, rows).answers(units.films(rows)))
  }
}
