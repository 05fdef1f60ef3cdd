import CXRFiles
import CXRCommandLine
import CXRReport
import CXRTraining
import Foundation

extension Train {
  func writeReport(
    _ outcome: Trainer.Outcome, data: TrainingData, device: DeviceReport, folder: OutputFolder,
    summary: String
  ) throws {
    let rows = outcome.history.rows
    func curve(
      _ name: String, _ title: String, _ value: KeyPath<HistoryRow.Figures, Double?>
    ) -> TrainingReport.Curve {
      TrainingReport.Curve(
        name: name, title: title, training: rows.map { $0.training[keyPath: value] },
        validation: rows.map { $0.validation[keyPath: value] })
    }
    let meanLabels =
      data.labelsUndefinedInValidation.isEmpty
      ? [] : [("validation AUC is the mean over", Self.meanLabels(data))]
    let collection = data.collection.file.collection
    var report = TrainingReport(
      name: URL(fileURLWithPath: output).lastPathComponent,
      facts: [
        ("loss", loss.name), ("training films", "\(data.trainingCount)"),
        ("augmented copies", "\(data.samples.copyCount)"),
        ("validation films", "\(data.validationCount)"),
        (
          "image size",
          "\(preparation.imageSize) × \(preparation.imageSize), \(preparation.resize.rawValue)"
        ),
        ("batch size", "\(batchSize)"),
        ("first learning rate, factor an epoch", "\(learningRate), \(decay)"),
        ("seed", "\(seed)"),
      ] + (collection.map { [("collection", $0.name)] } ?? []) + [
        ("BLAS", device.blas), ("threads", "\(device.threads)"),
      ] + meanLabels,
      curves: [
        TrainingReport.Curve(
          name: "loss", title: "loss", training: rows.map(\.training.loss),
          validation: rows.map(\.validation.loss)),
        curve("binary-accuracy", "binary accuracy", \.binaryAccuracy),
        curve("auc", "AUC (Keras's approximation)", \.auc),
        curve("precision", "precision at 0.5, pooled", \.precision),
        curve("recall", "recall at 0.5, pooled", \.recall),
        TrainingReport.Curve(
          name: "learning-rate", title: "learning rate",
          training: rows.map { Double($0.learningRate) }),
        TrainingReport.Curve(
          name: "seconds", title: "seconds of training", training: rows.map(\.seconds)),
      ], bestEpoch: outcome.bestEpoch, summary: summary)
    report.stoppedEarly = outcome.stoppedEarly
    report.warnings = [data.collection.warningOfPatients].compactMap { $0?.asSentence }
    report.notes = data.collection.leftOut.map(\.asSentence)
    if let problem = try report.write(
      to: folder.path)
    {
      Console.warn("\(problem)")
    }
  }
}
