import CXRData
import CXREvaluation
import CXRFilms
import CXRNet

/// The networks and tables that are judged, read and found comparable, and how their films are to be read.
struct EvaluationSources {
  let options: Evaluation.Options
  let classifiers: [ChestClassifier]
  let tables: [PredictionsFile]
  /// For each of ``tables``, one of validation films; or none.
  let validationTables: [PredictionsFile]
  /// What is judged.
  let labels: [String]
  /// Whose films these are; `nil` for all, or those of a table.
  let subset: Subset?
  /// How the label file is read.
  let collection: FilmCollection.Options

  init(_ options: Evaluation.Options) throws {
    self.options = options
    classifiers = try options.checkpoints.map {
      try ChestClassifier(path: $0, architectures: options.architectures)
    }
    let first = classifiers.first?.metadata
    var collection = try Self.reading(options, as: first)
    for classifier in classifiers {
      collection.renames.merge(classifier.metadata.labelRenames) { asked, _ in asked }
    }
    let renames = collection.renames
    func table(_ path: String) throws -> PredictionsFile {
      try PredictionsFile(path: path, renames: renames, kind: options.scoreKind)
    }
    tables = try options.predictions.map(table)
    validationTables = try options.validationPredictions.map(table)
    labels = try first?.labels ?? Self.labels(of: tables, options, collection)
    guard validationTables.isEmpty || validationTables.count == tables.count else {
      throw TrainingError.invalidOption(
        "validationPredictions",
        needed: "name one for each of the \(tables.count) tables of predictions, or none")
    }
    try Self.checkComparable(classifiers, paths: options.checkpoints, subset: options.subset)
    subset = first == nil ? nil : options.subset
    guard first == nil || collection.images != nil else {
      throw TrainingError.invalidOption(
        "images", needed: "checkpoints need films; name their folder")
    }
    collection.labels = labels
    // A rename may be of a column of a table, or of a network's own file.
    collection.renamesMustOccur = false
    // A network's labels are labels, whether a row has them or not.
    collection.vocabulary += first?.labels ?? []
    collection.dividesPatients = subset != nil
    if let first {
      // Another's label file may never have looked for what a network answers.
      if subset == nil, collection.partners == nil {
        collection.partners = LabelMap(path: collection.labelFile, names: [:])
      }
      collection.uncertain = options.uncertain ?? first.uncertainPolicy
      collection.splitSeed = first.split.seed
    } else {
      collection.images = nil
      if let uncertain = options.uncertain { collection.uncertain = uncertain }
    }
    self.collection = collection
  }

  /// How the label file is read.
  static func reading(
    _ options: Evaluation.Options, as checkpoint: CheckpointMetadata?
  ) throws -> FilmCollection.Options {
    var collection = options.collection
    let isItsOwn = checkpoint != nil && options.subset != nil
    if isItsOwn, let checkpoint {
      if options.recognisesCollection, collection.collection == nil {
        collection.collection = checkpoint.collection
      }
      guard collection.collection == checkpoint.collection else {
        let (was, now) = (checkpoint.collection?.name, collection.collection?.name)
        throw TrainingError.evaluationMismatch(
          "\(options.checkpoints[0]) was trained on films read as the collection \(was ?? "generic"), and these are read as "
            + (was == now ? "another of that name" : now ?? "generic")
            + (checkpoint.collection.flatMap { collection.collection?.members(differingFrom: $0) }
              .map { ", with other " + $0.joined(separator: ", ") } ?? "")
            + "; leave the option collection out, or evaluate all films",
          remedies: [.evaluateAllFilms])
      }
      if checkpoint.takesEachFilmForAPatient, collection.patients == .labelFile {
        collection.patients = .eachFilm
      }
    } else if options.recognisesCollection, collection.collection == nil {
      collection.collection = CollectionDescription.recognised(labelFile: collection.labelFile)
      // All films of its own label file are read as its parts were.
      if collection.collection == nil, let checkpoint, let own = checkpoint.collection,
        let file = try? LabelFile(
          path: collection.labelFile, collection: own,
          patients: checkpoint.takesEachFilmForAPatient ? .eachFilm : collection.patients),
        file.sha256 == checkpoint.labelFileSHA256
      {
        collection.collection = own
      }
    }
    return collection
  }

  /// The labels that are asked for, or those of the first table.
  static func labels(
    of tables: [PredictionsFile], _ options: Evaluation.Options,
    _ collection: FilmCollection.Options
  ) throws -> [String] {
    guard let table = tables.first else {
      throw TrainingError.invalidOption(
        "checkpoints", needed: "name at least one, or a table of predictions")
    }
    if let labels = options.labels { return labels }
    return try table.labels(
      of: LabelFile(
        path: collection.labelFile, collection: collection.collection, vocabulary: table.columns,
        renames: collection.renames, patients: collection.patients))
  }

  private static func checkComparable(
    _ classifiers: [ChestClassifier], paths: [String], subset: Subset?
  ) throws {
    guard let first = classifiers.first?.metadata else { return }
    for (other, path) in zip(classifiers, paths).dropFirst() {
      guard other.metadata.labels == first.labels else {
        throw TrainingError.evaluationMismatch(
          "\(path) has labels \(other.metadata.labels.joined(separator: ", ")), but \(paths[0]) has "
            + first.labels.joined(separator: ", ") + "; compare checkpoints of one label set")
      }
      guard other.metadata.labelRenames == first.labelRenames else {
        throw TrainingError.evaluationMismatch(
          "\(path) was trained with other renames of findings than \(paths[0]), so that one label means two things; "
            + "evaluate them one by one")
      }
      guard other.metadata.collection == first.collection || subset == nil else {
        throw TrainingError.evaluationMismatch(
          "\(path) was trained on films read as the collection \(other.metadata.collection?.name ?? "generic"), \(paths[0]) on "
            + "films read as \(first.collection?.name ?? "generic")"
            + (other.metadata.collection?.name == first.collection?.name
              ? " by another description" : "")
            + ", so that one label means two things; evaluate them one by one")
      }
      let same =
        other.metadata.split.testPatientsSHA256 == first.split.testPatientsSHA256
        && other.metadata.split.trainPatientsSHA256 == first.split.trainPatientsSHA256
      guard same || subset == nil else {
        throw TrainingError.evaluationMismatch(
          "\(path) was trained on another split than \(paths[0]), so one may have seen the other's "
            + "test patients; compare checkpoints of one split, or evaluate all films",
          remedies: [.evaluateAllFilms])
      }
    }
  }
}
