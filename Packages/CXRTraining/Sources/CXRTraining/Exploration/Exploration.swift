import CXRData
import CXRImage
import CXRTensor
import Synchronization

/// What a label file and a folder of films hold: counts, the split, class weights, problems.
public struct Exploration: Sendable {
  /// A problem of one film, a row of `audit.csv`.
  public struct Problem: Sendable, Equatable {
    /// How bad it is.
    public enum Severity: String, Sendable {
      /// The film cannot be used.
      case error
      /// Somebody should look.
      case warning
      /// Odd, without effect.
      case note
    }
    /// The film's name.
    public let image: String
    /// What kind of problem it is, a key of `audit`.
    public let kind: String
    /// How bad it is.
    public let severity: Severity
    /// What exactly, and where.
    public let detail: String
  }

  /// The counts of one part.
  public struct Part: Sendable {
    /// The part.
    public let subset: Subset
    /// Its rows, in file order.
    public let rows: [Int]
    /// The number of its patients.
    public let patients: Int
    /// Its positive films a label.
    public let positives: [Int]
    /// SHA-256 of its sorted patients.
    public let patientsSHA256: String
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
  public let problems: [Problem]
  /// Films that can be decoded, if films were looked at.
  public let decodedCount: Int?
  /// Of the training films at ``FilmPreparation``'s default size; `nil` where none was looked at.
  public let trainingPixels: PixelMoments?

  /// Explores a label file, and its films where a folder is given.
  ///
  /// - Parameters:
  ///   - options: the label file, labels and split, and the folder if films are looked at.
  ///   - found: called once the films are found, before any is decoded.
  ///   - progress: called with films done and films in all, on any thread.
  /// - Throws: `DataError`.
  public init(
    _ options: FilmCollection.Options, found: (FilmCollection) -> Void = { _ in },
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws {
    let collection = try FilmCollection(options, tolerateMissing: true)
    found(collection)
    if let images = options.images, collection.rows(of: nil).isEmpty {
      throw TrainingError.noFilms(
        part: "label file's", why: "none of its names is under \(images); check --images")
    }
    let (records, matrix) = (collection.file.records, collection.matrix)
    parts = Subset.allCases.map { subset in
      let rows = collection.split.rows(of: subset, in: records)
      return Part(
        subset: subset, rows: rows, patients: collection.split.patients(of: subset).count,
        positives: matrix.positives(in: rows),
        patientsSHA256: collection.split.patientsSHA256(of: subset))
    }
    positives = matrix.positives(in: Array(records.indices))
    labelsPerFilm = matrix.labelsPerFilm(in: Array(records.indices))
    var problems = collection.file.notes.map { note in
      let severity: Problem.Severity =
        switch note.problem {
        case .implausibleAge, .unreadableAge: .note
        case .duplicateFilm, .contradiction, .noLabels: .warning
        }
      return Problem(
        image: note.film, kind: note.problem.kind, severity: severity,
        detail: "line \(note.line): \(note.problem.description)")
    }
    if collection.folder != nil {
      problems += collection.rowsWithoutFilm.map {
        Problem(image: $0, kind: "missing", severity: .error, detail: "no such film in the folder")
      }
      problems += collection.filmsWithoutRow.map {
        Problem(image: $0, kind: "without_row", severity: .note, detail: "no row of the label file")
      }
      let inspection = Self.inspect(collection, progress: progress)
      problems += inspection.unreadable.map {
        Problem(image: $0.name, kind: "unreadable", severity: .error, detail: $0.reason)
      }
      decodedCount = inspection.decoded
      trainingPixels = inspection.pixels.count > 0 ? inspection.pixels : nil
    } else {
      decodedCount = nil
      trainingPixels = nil
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
    self.collection = collection
    self.problems = problems
  }

  /// Decodes every film once, on all threads, keeping only its moments.
  private static func inspect(
    _ collection: FilmCollection, progress: @escaping @Sendable (Int, Int) -> Void
  ) -> (decoded: Int, unreadable: [UnreadableFilm], pixels: PixelMoments) {
    var seen = Set<String>()
    let rows = collection.rows(of: nil).filter {
      seen.insert(collection.file.records[$0].name).inserted
    }
    let training = Set(collection.rows(of: .train))
    let films = collection.films(rows)
    let preparation = FilmPreparation()
    let results = Mutex([Result<PixelMoments, ImageError>?](repeating: nil, count: films.count))
    let done = Atomic<Int>(0)
    Parallel.forEach(films.count) { i in
      let result = Result { () throws(ImageError) -> PixelMoments in
        do {
          return PixelMoments(try preparation(path: films[i].path))
        } catch let error as ImageError {
          throw error
        } catch {
          throw ImageError.unreadable(path: films[i].path, reason: "\(error)")
        }
      }
      results.withLock { $0[i] = result }
      progress(done.add(1, ordering: .relaxed).newValue, films.count)
    }
    var (decoded, unreadable, pixels): (Int, [UnreadableFilm], PixelMoments) = (
      0, [], PixelMoments()
    )
    for (i, result) in results.withLock({ $0 }).enumerated() {
      switch result {
      case .success(let moments):
        decoded += 1
        if training.contains(rows[i]) { pixels.add(moments) }
      case .failure(let error):
        unreadable.append(UnreadableFilm(name: films[i].name, reason: error.reason))
      case nil: break
      }
    }
    return (decoded, unreadable, pixels)
  }

  /// The document `explore.json`.
  public var json: JSONValue {
    let labels = collection.matrix.labels
    func counts(_ values: [Int]) -> JSONValue {
      .object(zip(labels, values).map { ($0, .integer($1)) })
    }
    var audit: [(String, JSONValue)] = []
    if let decodedCount { audit.append(("ok", .integer(decodedCount))) }
    var kinds = ["duplicates", "contradiction", "no_labels", "implausible_age", "unreadable_age"]
    if decodedCount != nil { kinds = ["missing", "unreadable", "without_row"] + kinds }
    audit += kinds.map { kind in (kind, .integer(problems.filter { $0.kind == kind }.count)) }
    let pixels: JSONValue =
      trainingPixels.map {
        .object([
          ("mean", .number($0.mean)), ("standard_deviation", .number($0.standardDeviation)),
          ("image_size", .integer(FilmPreparation().imageSize)),
        ])
      } ?? .null
    return .object([
      ("images", .integer(collection.file.records.count)),
      ("patients", .integer(collection.file.patients.count)), ("labels", counts(positives)),
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
      ("audit", .object(audit)), ("training_pixels", pixels),
      ("label_file_sha256", .string(collection.file.sha256)),
      ("library_version", .string(DeviceReport.libraryVersion)),
    ])
  }

  /// The text of `audit.csv`.
  public var auditCSV: String {
    CSVText.line(["image", "problem", "severity", "detail"])
      + problems.map {
        CSVText.line([$0.image, $0.kind, $0.severity.rawValue, $0.detail])
      }.joined()
  }
}
