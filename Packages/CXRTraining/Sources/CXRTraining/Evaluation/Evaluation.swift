import CXRFiles
import CXRData
import CXRImage
import CXRMetrics
import CXRNet
import CXRTensor
import Foundation

/// Trained networks, and tables of other programs' probabilities, on the same films.
public struct Evaluation: Sendable {
  /// What is evaluated, and on what.
  public struct Options: Sendable {
    /// Checkpoints, in the order of the report.
    public var checkpoints: [String]
    /// The networks that may be in them.
    public var architectures = Architectures.standard
    /// Tables of probabilities (see ``PredictionsFile``), which follow the checkpoints.
    public var predictions: [String] = []
    /// For each of ``predictions``, one of validation films, on which thresholds are chosen; or none.
    public var validationPredictions: [String] = []
    /// The label file, the films' folder, and what becomes of absent films. Labels, split and seed
    /// come from the checkpoints.
    public var collection: FilmCollection.Options
    /// Where no collection is described: read the label file as the checkpoint's was read, where the films are of a part
    /// of that, else as the collection that its header tells.
    public var recognisesCollection = true
    /// The part to evaluate; `nil` for all films. Without checkpoints the films are those of the first table.
    public var subset: Subset?
    /// The labels to judge, where there are tables alone; `nil`: the first table's columns that the label file knows.
    public var labels: [String]?
    /// Go on without films that cannot be decoded.
    public var skipsUnreadable: Bool
    /// What uncertain findings count as; `nil`: as in the first checkpoint's training.
    public var uncertain: UncertainPolicy?
    /// How thresholds are chosen; `nil`: as in training, or Youden's where nothing was chosen there.
    public var operatingRule: OperatingRule?
    /// Which DICOM films are taken.
    public var dicomModalities = DICOMModality.usual
    /// Where prepared films are kept; without it they are decoded and not kept.
    public var cacheFolder: String?
    /// What tells whether a prepared film has changed.
    public var cacheCheck = FilmCache.SourceCheck.stamp

    /// Makes options.
    public init(
      checkpoints: [String], collection: FilmCollection.Options, subset: Subset? = .test,
      skipsUnreadable: Bool = false
    ) {
      self.checkpoints = checkpoints
      self.collection = collection
      self.subset = subset
      self.skipsUnreadable = skipsUnreadable
    }
  }

  /// One network's answers, or one table's.
  public struct Model: Sendable {
    /// The run folder's or the table's name, made unique.
    public let name: String
    /// The checkpoint's or table's path, as given.
    public let path: String
    /// What the checkpoint says of itself; `nil` of a table.
    public let metadata: CheckpointMetadata?
    /// `[N, K]`; a network's 32-bit outputs in 0…1, or a table's numbers as given.
    public let probabilities: [Double]
    /// Scores of the regression on thumbnails in the checkpoint, `[N, K]`; `nil` where there is none.
    public let baselineScores: [Double]?
    /// Of the films' patients, how many the network was trained on; `nil` where that is not known.
    public let patientsSeenInTraining: Int?
    /// Of the films' patients, on how many its thresholds and calibrations were chosen; `nil` where that is not known.
    public let patientsSeenInValidation: Int?
    /// Thresholds and calibrations, chosen on validation films; `nil` where there were none to choose on.
    public let fit: ValidationFit?
  }

  /// What goes on, for a person who waits.
  public struct Events: Sendable {
    /// Called once the films are found, before any is decoded.
    public var found: @Sendable (FilmCollection, [CheckpointMetadata]) -> Void = { _, _ in }
    /// Called once if another process is preparing films in the cache.
    public var waiting: @Sendable () -> Void = {}
    /// Called with films done and films in all, on any thread.
    public var progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    /// Called before thresholds are chosen anew on this many validation films.
    public var fitting: @Sendable (_ films: Int) -> Void = { _ in }

    /// No one waits.
    public init() {}
  }

  /// The networks and tables, in the order given, networks first.
  public let models: [Model]
  /// Where the films come from.
  public let collection: FilmCollection
  /// The rows of the films, `[N]`.
  public let rows: [Int]
  /// Films left out because they cannot be decoded.
  public let skippedFilms: [UnreadableFilm]
  /// Columns of tables that are no labels judged here, by table.
  public let unjudgedColumns: [(path: String, columns: [String])]
  /// Labels of tables whose scores are all exactly 0 or 1, by table: perhaps what is true, not what was predicted.
  public let labelsWithoutRanking: [(path: String, labels: [String])]
  /// Whose films these are; `nil` for all, or those of a table.
  public let subset: Subset?
  /// The networks, which are the first models, and the films, to look at once more.
  let networks: Networks
  let films: PreparedFilms?
  /// The place of each row's film in ``films``.
  let places: [Int]

  /// Reads checkpoints and tables, finds the films and applies every network to every film.
  ///
  /// - Parameters:
  ///   - options: what is evaluated, and on what.
  ///   - events: what is told meanwhile.
  /// - Throws: `DataError`, `CheckpointError`, ``TrainingError``.
  public init(_ options: Options, events: Events = Events()) throws {
    let classifiers = try options.checkpoints.map {
      try ChestClassifier(path: $0, architectures: options.architectures)
    }
    var collectionOptions = try Self.reading(options, as: classifiers.first?.metadata)
    for classifier in classifiers {
      collectionOptions.renames.merge(classifier.metadata.labelRenames) { asked, _ in asked }
    }
    func table(_ path: String) throws -> PredictionsFile {
      try PredictionsFile(path: path, renames: collectionOptions.renames)
    }
    let tables = try options.predictions.map(table)
    let validationTables = try options.validationPredictions.map(table)
    let labels =
      try classifiers.first?.metadata.labels ?? Self.labels(of: tables, options, collectionOptions)
    guard
      options.validationPredictions.isEmpty
        || options.validationPredictions.count == tables.count
    else {
      throw TrainingError.invalidOption(
        "--validation-predictions: name one for each of the \(tables.count) --predictions, or none")
    }
    try Self.checkComparable(classifiers, paths: options.checkpoints, subset: options.subset)
    let networks = Networks(classifiers, dicomModalities: options.dicomModalities)

    collectionOptions.labels = labels
    // A rename may be of a column of a table, or of a network's own file.
    collectionOptions.renamesMustOccur = false
    // A network's labels are labels, whether a row has them or not.
    collectionOptions.vocabulary += classifiers.first?.metadata.labels ?? []
    let subset = classifiers.isEmpty ? nil : options.subset
    // Another's label file may never have looked for what a network answers.
    if subset == nil, !classifiers.isEmpty, collectionOptions.partners == nil {
      collectionOptions.partners = LabelMap(path: collectionOptions.labelFile, names: [:])
    }
    collectionOptions.dividesPatients = subset != nil
    if let first = classifiers.first {
      collectionOptions.uncertain = options.uncertain ?? first.metadata.uncertainPolicy
      collectionOptions.splitSeed = first.metadata.split.seed
      guard collectionOptions.images != nil else {
        throw TrainingError.invalidOption("--images: checkpoints need films; name their folder")
      }
    } else if let uncertain = options.uncertain {
      collectionOptions.uncertain = uncertain
    }
    if classifiers.isEmpty { collectionOptions.images = nil }
    let collection =
      if let first = classifiers.first {
        try Self.collection(
          collectionOptions, split: first.metadata.split, subset: subset,
          checkpoint: options.checkpoints[0],
          archives: options.cacheFolder.map {
            ArchiveShelf(
              cacheFolder: $0, preparation: nil, check: options.cacheCheck, waiting: events.waiting,
              progress: events.progress)
          })
      } else { try FilmCollection(collectionOptions) }
    events.found(collection, classifiers.map(\.metadata))
    if subset != nil, let first = classifiers.first {
      try Self.checkSameFilms(collection, first.metadata, checkpoint: options.checkpoints[0])
    }
    var rows = collection.rows(of: subset)
    if classifiers.isEmpty, let table = tables.first {
      rows = try Self.rows(of: table, in: collection)
    }
    guard !rows.isEmpty else {
      throw TrainingError.noFilms(
        part: subset?.rawValue ?? "evaluated", why: "none is there; check --images")
    }

    func prepared(_ rows: [Int]) throws -> PreparedFilms {
      let films = collection.films(rows)
      return try networks.prepared(
        films, cacheFolder: options.cacheFolder, check: options.cacheCheck,
        waiting: events.waiting, progress: { events.progress($0, films.count) })
    }
    var (answers, films): (Networks.Answers?, PreparedFilms?) = (nil, nil)
    var (kept, places) = (rows, Array(rows.indices))
    if !classifiers.isEmpty {
      let source = try prepared(rows)
      let found = try networks.answers(
        on: source, count: rows.count, paths: options.checkpoints
      ) { events.progress($0, rows.count) }
      guard found.unreadable.isEmpty || options.skipsUnreadable else {
        throw TrainingError.unreadableFilms(found.unreadable)
      }
      kept = found.places.map { rows[$0] }
      guard !kept.isEmpty else {
        throw TrainingError.noFilms(
          part: subset?.rawValue ?? "evaluated", why: "no film can be decoded")
      }
      (answers, films, places) = (found, source, found.places)
    }

    // Thresholds: as stored, or chosen anew where another rule is asked for.
    let rule = options.operatingRule
    var fits = classifiers.map { classifier in
      classifier.metadata.validation.flatMap { fit in
        rule == nil || fit.operatingPoint == rule?.description ? fit : nil
      }
    }
    if subset == nil, rule != nil, fits.contains(where: { $0 == nil }) {
      throw TrainingError.invalidOption(
        "--operating-point \(rule?.description ?? ""): not the rule of every checkpoint, and among all films "
          + "there are no validation films to choose by it; leave it out, or evaluate --subset test"
      )
    }
    if subset != nil, fits.contains(where: { $0 == nil }) {
      let validationRows = collection.rows(of: .validation)
      events.fitting(validationRows.count)
      let again = try networks.answers(
        on: try prepared(validationRows), count: validationRows.count, paths: options.checkpoints
      ) { events.progress($0, validationRows.count) }
      guard again.unreadable.isEmpty || options.skipsUnreadable else {
        throw TrainingError.unreadableFilms(again.unreadable)
      }
      let usable = again.places.map { validationRows[$0] }
      for m in fits.indices where fits[m] == nil && !usable.isEmpty {
        let stored = classifiers[m].metadata.validation.flatMap {
          OperatingRule($0.operatingPoint)
        }
        fits[m] = ValidationFit(
          rule: rule ?? stored ?? .youden,
          answers: FilmAnswers(again.probabilities[m], rows: usable, of: collection))
      }
    }

    let names = Self.uniqueNames(options.checkpoints, tables: options.predictions)
    let records = collection.file.records
    let digests = kept.map { records[$0] }.uniquePatients.map(CheckpointMetadata.Split.digest)
    var models = classifiers.indices.map { m in
      let seen = Set(classifiers[m].metadata.split.trainPatientDigests)
      return Model(
        name: names[m], path: options.checkpoints[m], metadata: classifiers[m].metadata,
        probabilities: answers?.probabilities[m] ?? [],
        baselineScores: classifiers[m].baseline == nil ? nil : answers?.baselines[m],
        patientsSeenInTraining: digests.filter { seen.contains($0) }.count,
        patientsSeenInValidation: classifiers[m].metadata.split.validationPatientDigests.map {
          let chosenOn = Set($0)
          return digests.filter { chosenOn.contains($0) }.count
        }, fit: fits[m])
    }
    for (t, table) in tables.enumerated() {
      let fit =
        try validationTables.isEmpty
        ? nil
        : Self.fit(
          validationTables[t], rule: rule ?? .youden, collection: collection, apartFrom: kept)
      models.append(
        Model(
          name: names[classifiers.count + t], path: table.path, metadata: nil,
          probabilities: try table.probabilities(
            of: kept.map { records[$0].name }, labels: labels, filmNames: collection.filmNames
          ),
          baselineScores: nil, patientsSeenInTraining: nil, patientsSeenInValidation: nil,
          fit: fit))
    }
    if classifiers.isEmpty, let first = tables.first {
      for table in tables.dropFirst() where Set(table.names) != Set(first.names) {
        throw TrainingError.evaluationMismatch(
          "\(table.path) and \(first.path) are not of the same films (\(table.names.count) and "
            + "\(first.names.count)); compare predictions of the same films")
      }
    }
    labelsWithoutRanking = tables.compactMap { table in
      let found = table.labelsWithoutRanking(labels)
      return found.isEmpty ? nil : (table.path, found)
    }
    self.networks = networks
    self.models = models
    self.collection = collection
    self.rows = kept
    self.films = films
    self.places = places
    skippedFilms = answers?.unreadable ?? []
    unjudgedColumns = tables.compactMap { table in
      let others = table.columns.filter { !$0.isEmpty && !labels.contains($0) }
      return others.isEmpty ? nil : (table.path, others)
    }
    self.subset = subset
  }

  /// The labels that an evaluation would be of.
  /// - Throws: as an evaluation does of its first checkpoint or table.
  public static func labels(of options: Options) throws -> [String] {
    if let path = options.checkpoints.first {
      return try ChestClassifier(path: path, architectures: options.architectures).metadata.labels
    }
    let tables = try options.predictions.prefix(1).map {
      try PredictionsFile(path: $0, renames: options.collection.renames)
    }
    return try labels(of: tables, options, reading(options, as: nil))
  }

  /// How the label file is read.
  private static func reading(
    _ options: Options, as checkpoint: CheckpointMetadata?
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
            + "; leave --collection out, or evaluate all films by --subset all")
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
  private static func labels(
    of tables: [PredictionsFile], _ options: Options, _ collection: FilmCollection.Options
  ) throws -> [String] {
    guard let table = tables.first else {
      throw TrainingError.invalidOption("--checkpoint or --predictions: name at least one")
    }
    if let labels = options.labels { return labels }
    return try table.labels(
      of: LabelFile(
        path: collection.labelFile, collection: collection.collection, vocabulary: table.columns,
        renames: collection.renames, patients: collection.patients))
  }

  private static func collection(
    _ options: FilmCollection.Options, split: CheckpointMetadata.Split, subset: Subset?,
    checkpoint: String, archives: ArchiveShelf?
  ) throws -> FilmCollection {
    if split.kind == .official, options.lists == nil, subset != nil {
      throw TrainingError.evaluationMismatch(
        "\(checkpoint) was trained with the official split; give --train-list and --test-list")
    }
    if split.kind != .official, options.lists != nil, subset != nil {
      throw TrainingError.evaluationMismatch(
        "\(checkpoint) was trained with "
          + (split.kind == .column
            ? "the split of its label file; " : "the random split of seed \(split.seed); ")
          + "leave --train-list and --test-list out")
    }
    return try FilmCollection(options, archives: archives)
  }

  /// A table's films as rows of the label file, in its order.
  private static func rows(
    of table: PredictionsFile, in collection: FilmCollection
  ) throws -> [Int] {
    let records = collection.file.records
    let index = FilmNameIndex(records.map(\.name), rule: collection.filmNames)
    let rows = try index.places(of: table.names, path: table.path).sorted()
      .filter { !collection.excluded.contains(records[$0].name) }
    return rows
  }

  /// What a table of validation films tells.
  private static func fit(
    _ table: PredictionsFile, rule: OperatingRule, collection: FilmCollection,
    apartFrom tested: [Int]
  ) throws -> ValidationFit {
    let rows = try rows(of: table, in: collection)
    let records = collection.file.records
    let patients = Set(tested.map { records[$0].patient })
    let both = rows.filter { patients.contains(records[$0].patient) }
    guard both.isEmpty else {
      throw TrainingError.evaluationMismatch(
        "\(table.path): \(both.count) of its films are of patients who are evaluated, the first "
          + "\(records[both[0]].name); choose thresholds on other patients")
    }
    return ValidationFit(
      rule: rule,
      answers: FilmAnswers(
        try table.probabilities(
          of: rows.map { records[$0].name }, labels: collection.matrix.labels,
          filmNames: collection.filmNames
        ), rows: rows,
        of: collection))
  }

  /// The films of a part are those of training only with the same label file and lists.
  private static func checkSameFilms(
    _ collection: FilmCollection, _ metadata: CheckpointMetadata, checkpoint: String
  ) throws {
    guard collection.file.sha256 == metadata.labelFileSHA256 else {
      throw TrainingError.evaluationMismatch(
        "\(collection.file.path) is not the label file that \(checkpoint) was trained with "
          + "(SHA-256 \(collection.file.sha256.prefix(12))… instead of "
          + "\(metadata.labelFileSHA256.prefix(12))…), so its parts are others; "
          + "give that file, or evaluate all films by --subset all")
    }
    let (was, isNow) = (
      metadata.options[TrainingOptions.patientsKey],
      TrainingOptions.text(ofReading: collection.file)[TrainingOptions.patientsKey]
    )
    guard was == isNow else {
      throw TrainingError.evaluationMismatch(
        "\(checkpoint) was trained where \(words(ofPatients: was)) said whose films they are, and here \(words(ofPatients: isNow)) "
          + "does, so its parts are others; name patients as in training, or evaluate all films by --subset all"
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
            + "test patients; compare checkpoints of one split, or use --subset all")
      }
    }
  }

  /// The run folders' names, then the tables' without `predictions-` and extension; a repeated one gets -2,
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
        let short = name.hasPrefix("predictions-") ? String(name.dropFirst(12)) : name
        return short.isEmpty ? "model" : short
      }
    return bases.map { names.name($0) }
  }

  /// Whose films these are, in a word: `test` or another part, `all`, or `table`.
  public var partName: String {
    subset?.rawValue ?? (networks.classifiers.isEmpty ? "table" : "all")
  }

  /// Labels, in column order.
  public var labels: [String] { collection.matrix.labels }

  /// The patients of the rows.
  public var patientCount: Int { rows.map { collection.file.records[$0] }.uniquePatients.count }

  /// What a model says of the films, beside what is known of them.
  public func answers(of model: Model) -> FilmAnswers {
    FilmAnswers(model.probabilities, rows: rows, of: collection)
  }

  /// The text of a model's `predictions-<name>.csv`: as few digits as tell a network's 32-bit outputs, or a table's
  /// 64-bit numbers, from their neighbours.
  public func predictionsCSV(of model: Model) -> String {
    let classes = labels.count
    var text = CSVText.line(["Image Index"] + labels)
    for (n, row) in rows.enumerated() {
      text += CSVText.line(
        [collection.file.records[row].name]
          + model.probabilities[n * classes..<(n + 1) * classes].map {
            model.metadata == nil ? "\($0)" : "\(Float($0))"
          })
    }
    return text
  }
}

extension UnreadableFilm {
  static func reason(_ error: any Error) -> String {
    (error as? ImageError)?.reason ?? "\(error)"
  }
}
