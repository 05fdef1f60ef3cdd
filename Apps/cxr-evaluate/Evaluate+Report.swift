import CXREvaluation
import CXRFiles
import CXRCommandLine
import CXRMetrics
import CXRReport
import CXRTraining

extension Evaluate {
  func writeReport(
    _ evaluation: Evaluation, _ figures: EvaluationFigures, localisations: [Localisation?],
    tables: [String], folder: OutputFolder
  ) throws {
    var report = EvaluationReport(
      subset: evaluation.partName, images: evaluation.rows.count,
      patients: evaluation.patientCount, replicates: figures.options.replicates,
      models: try evaluation.models.indices.map { m in
        try model(
          m, evaluation, figures,
          localisation: localisations.indices.contains(m) ? localisations[m] : nil)
      }, differences: figures.differences.map(difference),
      mapColours: MapOverlay.stops.map {
        ColourStop(red: $0.red, green: $0.green, blue: $0.blue)
      }, tables: tables)
    let collection = evaluation.collection
    report.warnings = [
      collection.warningOfPatients?.asSentence, collection.remarkOfPartners?.asSentence,
    ].compactMap { $0 }
    report.notes = collection.leftOut.map(\.asSentence)
    if let problem = try report.write(
      to: folder.path)
    {
      Console.warn("\(problem)")
    }
  }

  private func model(
    _ m: Int, _ evaluation: Evaluation, _ figures: EvaluationFigures, localisation: Localisation?
  ) throws -> EvaluationReport.Model {
    let (model, own) = (evaluation.models[m], figures.models[m])
    let answers = evaluation.answers(of: model)
    return EvaluationReport.Model(
      name: model.name,
      note: model.metadata.map { "\($0.loss), epoch \($0.epoch)" }
        ?? "n/a (a table)",
      patientsSeenInTraining: model.patientsSeenInTraining,
      patientsSeenInValidation: model.patientsSeenInValidation ?? 0,
      operatingPoint: model.fit?.operatingPoint, labelsOfEqualScores: own.labelsOfEqualScores,
      labels: own.labels.enumerated().map { k, label in
        let known = answers.known(label: k)
        return EvaluationReport.Label(
          name: label.name, scores: known.scores, truths: known.truths,
          patientsWith: label.patientsWith, auc: label.auc,
          averagePrecision: label.averagePrecision, baseline: own.baseline?.auc[k],
          half: label.half, fitted: label.fitted,
          validationPositives: label.validationPositives,
          prevalence: figures.options.prevalences[label.name], detection: label.detection,
          calibrations: label.calibrations.map {
            EvaluationReport.Calibration(
              name: $0.method.words, brier: $0.brier, expectedError: $0.expectedError,
              curve: $0.curve)
          }, rocBand: label.rocBand, precisionBand: label.precisionBand)
      }, meanAUC: own.meanAUC, meanAveragePrecision: own.meanAveragePrecision,
      baseline: own.baseline?.meanAUC, overBaseline: own.overBaseline?.mean.auc,
      shifts: figures.shifts[m].map { ($0.label, $0.validation, $0.here) },
      subgroups: own.subgroups.map(subgroup),
      places: localisation.map { ($0.labels + [$0.total]).map(place) } ?? [],
      examples: try evaluation.examples(of: m).map { example in
        EvaluationReport.Example(
          label: example.label, kind: example.kind.rawValue,
          detail: "\(example.name) · says \(fixedPoint(example.probability, digits: 3)), "
            + "threshold \(fixedPoint(example.threshold, digits: 3))"
            + (evaluation.collection.remarkOfPictures == nil ? "" : " · as prepared"),
          picture: example.picture)
      }, reportText: own.report.text)
  }

  private func subgroup(_ group: ModelFigures.Subgroup) -> EvaluationReport.Subgroup {
    EvaluationReport.Subgroup(
      name: "\(group.kind) \(group.name)", images: group.films, patients: group.patients,
      meanAUC: group.meanAUC,
      labels: group.labels.map { label in
        guard group.isTelling(label) else { return nil }
        let point = label.fitted ?? label.half
        return EvaluationReport.Subgroup.Label(
          auc: label.auc, sensitivity: point.sensitivity.estimate,
          specificity: point.specificity.estimate,
          calibrationError: (label.calibration(.platt) ?? label.calibration(.none))?.expectedError)
      })
  }

  private func place(_ row: Localisation.Row) -> EvaluationReport.Place {
    EvaluationReport.Place(
      label: row.label, hits: row.hits, hitsAmongTruePositives: row.hitsAmongTruePositives,
      chance: row.chance, usualPlace: row.usualPlace,
      coverage: zip(Localisation.thresholds, row.coverage).map { ($0, $1.ofBox, $1.ofFilm) })
  }

  private func difference(_ difference: ModelDifference) -> EvaluationReport.Difference {
    func row(_ row: ModelDifference.Row) -> EvaluationReport.Difference.Row {
      EvaluationReport.Difference.Row(
        auc: row.auc, pValue: row.pValue, corrected: row.corrected)
    }
    return EvaluationReport.Difference(
      name: difference.name, other: difference.other, labels: difference.labels.map(row),
      mean: row(difference.mean))
  }
}

extension CalibrationMethod {
  fileprivate var words: String {
    switch self {
    case .none: "as it is"
    case .weights: "weights taken out"
    case .platt: "Platt"
    case .vector: "vector scaling"
    }
  }
}
