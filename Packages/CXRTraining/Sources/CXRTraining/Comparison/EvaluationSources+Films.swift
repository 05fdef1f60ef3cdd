import CXRData
import CXREvaluation
import CXRFilms

extension EvaluationSources {
  /// Reads the label file and finds the films.
  /// - Throws: `DataError`, `FilmError`, ``TrainingError/evaluationMismatch(_:remedies:)`` where the films of a part are not those of
  ///   training.
  func films(_ events: Evaluation.Events) throws -> FilmCollection {
    guard let first = classifiers.first?.metadata else {
      return try FilmCollection(collection, archives: nil, ranks: options.ranks)
    }
    try checkLists(first.split)
    let archives = options.cacheFolder.map {
      ArchiveShelf(
        cacheFolder: $0, preparation: nil, check: options.cacheCheck, waiting: events.waiting,
        progress: events.progress)
    }
    return try FilmCollection(collection, archives: archives, ranks: options.ranks)
  }

  /// The rows that are judged: of the part, or of the first table.
  func rows(in films: FilmCollection) throws -> [FilmRow] {
    let rows =
      if classifiers.isEmpty, let table = tables.first {
        try Self.rows(of: table, in: films)
      } else { films.rows(of: subset) }
    guard !rows.isEmpty else {
      throw FilmError.noFilms(
        part: subset?.rawValue ?? "evaluated", why: "none is there; correct the folder of films")
    }
    return rows
  }

  /// The lists that divide the films are given where training had them, and only there.
  private func checkLists(_ split: CheckpointMetadata.Split) throws {
    let checkpoint = options.checkpoints[0]
    if split.kind == .official, collection.lists == nil, subset != nil {
      throw TrainingError.evaluationMismatch(
        "\(checkpoint) was trained with the official split; give its lists of training and test films",
        remedies: [Remedy(option: "trainList"), Remedy(option: "testList")])
    }
    if split.kind != .official, collection.lists != nil, subset != nil {
      throw TrainingError.evaluationMismatch(
        "\(checkpoint) was trained with "
          + (split.kind == .column
            ? "the split of its label file; " : "the random split of seed \(split.seed); ")
          + "leave the lists of training and test films out")
    }
  }

  /// A table's films as rows of the label file, in its order.
  static func rows(
    of table: PredictionsFile, in collection: FilmCollection
  ) throws -> [FilmRow] {
    let records = collection.file.records
    let index = FilmNameIndex(records.map(\.name), rule: collection.filmNames)
    let rows = try index.places(of: table.names, path: table.path).sorted().map { FilmRow($0) }
      .filter { !collection.excluded.contains(records[$0].name) }
    return rows
  }

  /// The films of a part are those of training only with the same label file and lists.
  func checkSameFilms(_ collection: FilmCollection) throws {
    guard subset != nil, let metadata = classifiers.first?.metadata else { return }
    let checkpoint = options.checkpoints[0]
    guard collection.file.sha256 == metadata.labelFileSHA256 else {
      throw TrainingError.evaluationMismatch(
        "\(collection.file.path) is not the label file that \(checkpoint) was trained with "
          + "(SHA-256 \(collection.file.sha256.prefix(12))… instead of "
          + "\(metadata.labelFileSHA256.prefix(12))…), so its parts are others; "
          + "give that file, or evaluate all films", remedies: [.evaluateAllFilms])
    }
    let (was, isNow) = (
      metadata.options[TrainingOptions.patientsKey],
      TrainingOptions.text(ofReading: collection.file)[TrainingOptions.patientsKey]
    )
    guard was == isNow else {
      throw TrainingError.evaluationMismatch(
        "\(checkpoint) was trained where \(Self.words(ofPatients: was)) said whose films they are, and here \(Self.words(ofPatients: isNow)) "
          + "does, so its parts are others; name patients as in training, or evaluate all films",
        remedies: [.evaluateAllFilms]
      )
    }
    guard collection.split.listsSHA256 == metadata.split.listsSHA256,
      collection.split.patientsSHA256(of: .test) == metadata.split.testPatientsSHA256,
      collection.split.patientsSHA256(of: .train) == metadata.split.trainPatientsSHA256
    else {
      throw TrainingError.evaluationMismatch(
        collection.split.kind != .random
          ? "the lists, or the label file's own parts, give another split than \(checkpoint) was trained with; give the "
            + "same ones"
          : "the split of seed \(collection.split.seed) is not the one that \(checkpoint) was trained "
            + "with; it was written by another version, use that one")
    }
  }

  private static func words(ofPatients source: String?) -> String {
    switch source {
    case nil: "the label file"
    case TrainingOptions.eachFilm?: "nothing (each film was a patient)"
    default: "a table of patients"
    }
  }

  /// What is looked for while networks answer the films of `asked` rows; `nil` where nothing is.
  /// - Throws: `DataError.nearNames` for boxes of what is almost a label.
  func search(_ asked: [FilmRow], in films: FilmCollection) throws -> Sightings.Search? {
    let boxes = options.boxes?.renaming(films.file.renames)
    try boxes?.check(labels)
    guard boxes != nil || options.exampleSide != nil else { return nil }
    return Sightings.Search(
      films: JudgedFilms(rows: asked, of: films), records: asked.map { films.file.records[$0] },
      boxes: boxes?.boxes ?? [:], wantsExamples: options.exampleSide != nil)
  }
}
