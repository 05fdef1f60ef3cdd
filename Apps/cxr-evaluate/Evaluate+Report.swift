import CXRCommandLine
import CXRReport
import CXRTraining

extension Evaluate {
  func writeReport(
    _ evaluation: Evaluation, figures: [ModelFigures], folder: OutputFolder
  ) throws {
    let report = EvaluationReport(
      subset: subset.rawValue, images: evaluation.rows.count, patients: evaluation.patientCount,
      models: zip(evaluation.models, figures).map { model, figures in
        EvaluationReport.Model(
          name: model.name,
          patientsSeenInTraining: model.patientsSeenInTraining,
          note: "\(model.metadata.loss.rawValue), epoch \(model.metadata.epoch)",
          labels: figures.labels.enumerated().map { k, label in
            let answers = evaluation.answers(of: model, label: k)
            return EvaluationReport.Label(
              name: label.name, scores: answers.scores, truths: answers.truths,
              auc: label.auc, averagePrecision: label.averagePrecision, counts: label.counts,
              detection: label.detection)
          }, meanAUC: figures.meanAUC, reportText: figures.report.text)
      })
    if let problem = try report.write(to: folder.path) { Console.warn("\(problem)") }
  }
}
