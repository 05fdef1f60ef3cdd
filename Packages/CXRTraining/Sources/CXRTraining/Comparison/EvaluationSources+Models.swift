import CXRData
import CXREvaluation
import CXRFiles
import Foundation

extension EvaluationSources {
  /// A network as a scored model.
  ///
  /// - Parameters:
  ///   - network: its place.
  ///   - name: unique among the models.
  ///   - answered: what the networks say of the films.
  ///   - patients: of the films.
  func model(
    _ network: Int, named name: String, answered: AnsweredFilms?, patients: [PatientID]
  ) -> ScoredModel {
    let answers = answered?.answers
    let metadata = classifiers[network].metadata
    let digests = patients.map(CheckpointMetadata.Split.digest)
    func count(of known: [String]) -> Int {
      let known = Set(known)
      return digests.count { known.contains($0) }
    }
    var model = ScoredModel(
      name, logits: answers?.logits[network] ?? [], probabilities: answers?.probabilities[network],
      fit: answered?.fits[network], source: options.checkpoints[network],
      note: "\(metadata.loss), epoch \(metadata.epoch)")
    model.loss = metadata.loss
    model.weightRatios = metadata.labels.indices.map(metadata.weightRatio)
    if classifiers[network].baseline != nil { model.baselineScores = answers?.baselines[network] }
    model.patientsSeenInTraining = count(of: metadata.split.trainPatientDigests)
    model.patientsSeenInValidation = metadata.split.validationPatientDigests.map(count)
    return model
  }

  /// Tables without checkpoints must be of the films of the first of them.
  /// - Throws: ``TrainingError/evaluationMismatch(_:remedies:)``.
  func checkTablesAreOfTheSameFilms() throws {
    guard classifiers.isEmpty, let first = tables.first else { return }
    for table in tables.dropFirst() where Set(table.names) != Set(first.names) {
      throw TrainingError.evaluationMismatch(
        "\(table.path) and \(first.path) are not of the same films (\(table.names.count) and "
          + "\(first.names.count)); compare predictions of the same films")
    }
  }

  /// The names of all models.
  var uniqueNames: [String] {
    Self.uniqueNames(options.checkpoints, tables: options.predictions)
  }

  /// The run folders' names, then the tables' without `predictions-`, `logits-` and extension; a repeated one gets -2,
  /// -3, …
  static func uniqueNames(_ checkpoints: [String], tables: [String] = []) -> [String] {
    var names = UniqueNames()
    let bases =
      checkpoints.map { path in
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().lastPathComponent
        return folder.isEmpty || folder == "/" ? "model" : folder
      }
      + tables.map { path in
        let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        let prefix = ["predictions-", "logits-"].first(where: name.hasPrefix) ?? ""
        let short = String(name.dropFirst(prefix.count))
        return short.isEmpty ? "model" : short
      }
    return bases.map { names.name($0) }
  }
}
