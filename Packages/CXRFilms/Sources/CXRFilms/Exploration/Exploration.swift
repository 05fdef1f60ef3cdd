import CXRFiles
import CXRData
import CXRImage
import CXRParallel

/// What a label file and a folder of films hold: counts, the split, class weights, problems.
public struct Exploration: Sendable {
  /// The counts of one part.
  public struct Part: Sendable {
    /// The part.
    public let subset: Subset
    /// Its rows, in file order.
    public let rows: [FilmRow]
    /// The number of its patients.
    public let patients: Int
    /// Its positive films a label.
    public let positives: [Int]
    /// SHA-256 of its sorted patients.
    public let patientsSHA256: String
    /// Age, sex and view of its films.
    public let demographics: Demographics
  }

  /// The label file, the folder and the split.
  public let collection: FilmCollection
  /// Training, validation, test.
  public let parts: [Part]
  /// Of the training films, without those that are missing or unreadable; undefined ones are `nil`.
  public let classWeights: [ClassWeight]
  /// Films a label.
  public let positives: [Int]
  /// Films with 0, 1, 2, … labels.
  public let labelsPerFilm: [Int]
  /// Training films with their augmented copies.
  public let augmentedTrainingCount: Int
  /// What is wrong or odd, a row a problem.
  public let problems: [AuditProblem]
  /// Films that can be decoded, if films were looked at.
  public let decodedCount: Int?
  /// Of the prepared training films; `nil` where none was looked at.
  public let trainingPixels: PixelMoments?
  /// How films were prepared.
  public let preparation: FilmPreparation
  /// Where films that are shown come from.
  let films: ShownFilms

  /// The revision of NIH's own label file, told by its counts.
  public let revision: NIHRevision?
  /// Films a view, and of them those with each label.
  public let views: [(name: String, films: Int, positives: [Int], unknowns: [Int])]
  /// How many films are of each size, the commonest first.
  public let sizes: [(height: Int, width: Int, films: Int)]

  /// From the label file's rows to the films of each part.
  public let flow: FilmFlow
  /// Who is in each part.
  public let characteristics: Characteristics
  /// How many films patients have.
  public let filmsAPatient: FilmsAPatient
  /// Which findings come together.
  public let coOccurrence: CoOccurrence

  /// Explores a label file, and audits its films where a folder is given.
  ///
  /// - Parameters:
  ///   - options: the label file, labels and split, and the folder if films are looked at.
  ///   - cacheFolder: where the films, which are decoded anyway, are kept for training; `nil` for nowhere.
  ///   - preparation: how they become pixels.
  ///   - ranks: processes that decode films together, of which this one is the first; the others ``assist(_:cacheFolder:preparation:ranks:found:waiting:)``.
  ///     None unless said otherwise.
  ///   - found: called once the films are found, before any is decoded; what it throws ends the exploration.
  ///   - waiting: called once if another process is preparing films in `cacheFolder`.
  ///   - progress: called with films done and films in all, on any thread.
  /// - Throws: `DataError`, ``FilmError``.
  public init(
    _ options: FilmCollection.Options, cacheFolder: String? = nil,
    preparation: FilmPreparation = FilmPreparation(), ranks: (any Ranks)? = nil,
    found: (FilmCollection) throws -> Void = { _ in },
    waiting: @escaping @Sendable () -> Void = {},
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws {
    let looker = FilmLooker(
      preparation: preparation, cacheFolder: cacheFolder, ranks: ranks, waiting: waiting,
      progress: progress)
    let collection = try looker.collection(options)
    try found(collection)
    if let folder = collection.folder, collection.rows(of: nil).isEmpty {
      throw FilmError.noFilmFound(
        names: Array(folder.missing.prefix(5)), count: folder.missing.count, folder: folder.path,
        hints: folder.hints)
    }
    let (records, matrix) = (collection.file.records, collection.matrix)
    parts = Subset.allCases.map { subset in
      let rows = collection.split.rows(of: subset, in: records)
      return Part(
        subset: subset, rows: rows, patients: collection.split.patients(of: subset).count,
        positives: matrix.positives(in: rows),
        patientsSHA256: collection.split.patientsSHA256(of: subset),
        demographics: Demographics(records, rows: rows))
    }
    positives = matrix.positives(in: Array(records.positions))
    labelsPerFilm = matrix.labelsPerFilm(in: Array(records.positions))
    var problems = collection.file.notes.map { note in
      AuditProblem(
        image: note.film, kind: note.problem.kind, severity: note.problem.severity,
        detail: "line \(note.line): \(note.problem.description)")
    }
    if collection.folder != nil {
      let audit = try FilmAudit(collection, by: looker)
      problems += audit.problems
      films = audit.films
      decodedCount = audit.decodedCount
      sizes = audit.sizes
      trainingPixels = audit.trainingPixels.count > 0 ? audit.trainingPixels : nil
    } else {
      (decodedCount, sizes, trainingPixels) = (nil, [], nil)
      films = ShownFilms(cache: nil, paths: [], decoding: preparation.decoding)
    }
    self.preparation = preparation
    revision = NIHRevision(records)
    views = Demographics(records, rows: Array(records.positions)).views.map { view in
      let rows = records.positions.filter {
        (records[$0].view ?? Demographics.unknown) == view.name
      }
      return (view.name, view.films, matrix.positives(in: rows), matrix.unknowns(in: rows))
    }
    // Weights and copies come from the films that can be trained on.
    let unusable = Set(problems.filter { $0.severity == .error }.map(\.image))
    let training = collection.split.rows(of: .train, in: records).filter {
      !unusable.contains(records[$0].name)
    }
    classWeights = ClassWeight.weights(of: matrix, rows: training)
    augmentedTrainingCount =
      TrainingSamples(
        matrix: matrix, rows: training, augmentedLabels: LabelSet.underrepresented10
      ).count
    flow = FilmFlow(collection, problems: problems)
    characteristics = Characteristics(
      records, matrix, parts: parts.map { ($0.subset.rawValue, $0.rows) })
    filmsAPatient = FilmsAPatient(records)
    coOccurrence = CoOccurrence(matrix, rows: Array(records.positions))
    self.collection = collection
    self.problems = problems
  }

  /// What a person should know of films that are not of the size in which their collection is given out, as NIH's reduced to
  /// 224 × 224 pixels; `nil` where they are, or where that is not known.
  public var remarkOfSizes: String? { revision.flatMap { $0.remark(ofSizes: sizes) } }

  /// Of which findings no training film has any; `nil` where there is none such.
  public var remarkOfEmptyLabels: String? {
    let empty = classWeights.filter { $0.positive == nil }.map(\.label)
    return empty.isEmpty
      ? nil : "no positive film in training for \(empty.joined(separator: ", "))"
  }

  /// How the files were read, for the document.
  private var reading: [(String, JSONValue)] {
    let file = collection.file
    let leftOut = file.rowsLeftOut.sorted { $0.key < $1.key }.map { column, values in
      let counts = values.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.integer($0.value)) }
      return (column, JSONValue.object(counts))
    }
    return [
      ("rows", .integer(file.rowCount)),
      ("studies", file.studyCount.map { .integer($0) } ?? .null),
      ("collection", file.collection?.json ?? .null),
      ("each_film_a_patient", .bool(file.patientSource == .eachFilm)),
      ("rows_left_out", .object(leftOut)),
      ("films_in_no_part", .integer(file.records.count - parts.reduce(0) { $0 + $1.rows.count })),
    ]
  }

  /// The document `explore.json`.
  public var json: JSONValue {
    let labels = collection.matrix.labels
    func counts(_ values: [Int]) -> JSONValue {
      .object(zip(labels, values).map { ($0, .integer($1)) })
    }
    var audit: [(String, JSONValue)] = []
    if let decodedCount { audit.append(("ok", .integer(decodedCount))) }
    var kinds = LabelFile.Problem.kinds
    if decodedCount != nil { kinds = FilmAudit.kinds + kinds }
    audit += kinds.map { kind in (kind, .integer(problems.filter { $0.kind == kind }.filmCount)) }
    let pixels: JSONValue =
      trainingPixels.map {
        .object([
          ("mean", .number($0.mean)), ("standard_deviation", .number($0.standardDeviation)),
          ("image_size", .integer(preparation.imageSize)),
        ])
      } ?? .null
    let beginning: [(String, JSONValue)] = [
      ("images", .integer(collection.file.records.count)),
      ("patients", .integer(collection.file.patients.count)), ("labels", counts(positives)),
    ]
    let rest: [(String, JSONValue)] = [
      (
        "labels_per_image",
        .object(labelsPerFilm.enumerated().map { ("\($0.offset)", .integer($0.element)) })
      ),
      (
        "split",
        .object(
          parts.map { part in
            (
              part.subset.rawValue,
              .object([
                ("images", .integer(part.rows.count)), ("patients", .integer(part.patients)),
                ("labels", counts(part.positives)),
                ("patients_sha256", .string(part.patientsSHA256)),
                ("demographics", part.demographics.json),
              ])
            )
          })
      ),
      ("class_weights", .array(classWeights.map(\.json))),
      (
        "labels_without_training_positives",
        .strings(classWeights.filter { $0.positive == nil }.map(\.label))
      ),
      ("augmented_training_images", .integer(augmentedTrainingCount)),
      (
        "other_labels",
        .object(
          collection.matrix.otherLabels.sorted { $0.key < $1.key }.map {
            ($0.key, .integer($0.value))
          })
      ),
      (
        "views",
        .object(
          views.map { view in
            (
              view.name,
              .object([("images", .integer(view.films)), ("labels", counts(view.positives))])
            )
          })
      ), ("revision", .string(orNull: revision?.rawValue)),
      (
        "image_sizes",
        .object(sizes.map { ("\($0.width)x\($0.height)", .integer($0.films)) })
      ),
      ("uncertain", .string(collection.matrix.uncertain.rawValue)),
      ("uncertain_labels", counts(collection.uncertainFilms())),
      (
        "unknown_labels",
        counts(collection.matrix.unknowns(in: Array(collection.file.records.positions)))
      ),
      ("flow", flow.json), ("characteristics", characteristics.json),
      ("films_per_patient", filmsAPatient.json), ("co_occurrence", coOccurrence.json),
      ("audit", .object(audit)), ("training_pixels", pixels),
      ("label_file_sha256", .string(collection.file.sha256)),
      ("library_version", .string(LibraryVersion.current)),
    ]
    return .object(beginning + reading + rest)
  }
}
