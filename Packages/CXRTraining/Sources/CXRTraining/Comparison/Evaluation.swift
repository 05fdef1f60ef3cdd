import CXRData
import CXREvaluation
import CXRFiles
import CXRFilms
import CXRMetrics
import Foundation

/// Trained networks, and tables of other programs' probabilities, on the same films: the scores that are judged.
///
/// ```swift
/// let collection = FilmCollection.Options(labelFile: "Data_Entry_2017.csv", images: "images")
/// let evaluation = try Evaluation(.init(checkpoints: ["best.npz"], collection: collection))
/// let figures = EvaluationFigures(evaluation.models, on: evaluation.films)
/// ```
public struct Evaluation: Sendable {
  /// The networks and tables, in the order given, networks first, with their scores of what is judged.
  public let models: [ScoredModel]
  /// What is known of what is judged: films, or units of several.
  public let films: JudgedFilms
  /// What is judged.
  public let unit: JudgementUnit
  /// Their scores of films, in the order of ``models``.
  private let ofFilms: [ScoredModel]
  /// What the checkpoints say of themselves, in their order; they are the first of ``models``.
  public let metadata: [CheckpointMetadata]
  /// Where the films come from.
  public let collection: FilmCollection
  /// The rows of the films, `[N]`.
  public let rows: [FilmRow]
  /// Films left out because they cannot be decoded.
  public let skippedFilms: [UnreadableFilm]
  /// Columns of tables that are no labels judged here, by table.
  public let unjudgedColumns: [(path: String, columns: [String])]
  /// Labels of tables whose scores are all exactly 0 or 1, by table: perhaps what is true, not what was predicted.
  public let labelsWithoutRanking: [(path: String, labels: [String])]
  /// Whose films these are; `nil` for all, or those of a table.
  public let subset: Subset?
  /// To look at the films once more; `nil` without networks.
  let answered: AnsweredFilms?

  /// Reads checkpoints and tables, finds the films and applies every network to every film.
  ///
  /// - Parameters:
  ///   - options: what is evaluated, and on what.
  ///   - events: what is told meanwhile.
  /// - Throws: `DataError`, `FilmError`, `CheckpointError`, `EvaluationError`, ``TrainingError``.
  public init(_ options: Options, events: Events = Events()) throws {
    let sources = try EvaluationSources(options)
    let collection = try sources.films(events)
    try events.found(collection, sources.classifiers.map(\.metadata))
    try sources.checkSameFilms(collection)
    let asked = try sources.rows(in: collection)
    let units = JudgedUnits(options.unit, of: collection)
    try units.check(asked)
    let stored = try sources.storedFits()
    var sightings: [Sightings] = []
    let answered =
      sources.classifiers.isEmpty
      ? nil
      : try AnsweredFilms(
        asked, of: collection, sources, stored: stored, sightings: &sightings, events: events)
    let rows = answered?.rows ?? asked
    let tableFits = try sources.tableFits(in: collection, apartFrom: rows)
    try sources.checkTablesAreOfTheSameFilms()

    let names = sources.uniqueNames
    let records = collection.file.records
    let patients = rows.map { records[$0] }.uniquePatients
    var models = sources.classifiers.indices.map { m in
      sources.model(m, named: names[m], answered: answered, patients: patients)
    }
    for (m, seen) in sightings.enumerated() {
      models[m].localisation = seen.localisation
      models[m].examples = answered?.examples(seen, of: m, asked, collection, options) ?? []
    }
    for (t, table) in sources.tables.enumerated() {
      var model = table.model(
        names[sources.classifiers.count + t],
        scores: try table.scores(
          of: rows.map { records[$0].name }, labels: sources.labels,
          filmNames: collection.filmNames))
      model.fit = tableFits[t]
      models.append(model)
    }
    (ofFilms, unit) = (models, options.unit)
    self.models = models.map { model in
      var judged = units.model(model, rows)
      judged.fit = model.fit
      return judged
    }
    films = units.films(rows)
    metadata = sources.classifiers.map(\.metadata)
    (self.collection, self.rows, self.answered) = (collection, rows, answered)
    subset = sources.subset
    skippedFilms = answered?.answers.unreadable ?? []
    let labels = sources.labels
    unjudgedColumns = sources.tables.compactMap { table in
      let others = table.columns.filter { !$0.isEmpty && !labels.contains($0) }
      return others.isEmpty ? nil : (table.path, others)
    }
    labelsWithoutRanking = sources.tables.compactMap { table in
      let found = table.labelsWithoutRanking(labels)
      return found.isEmpty ? nil : (table.path, found)
    }
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
    return try EvaluationSources.labels(
      of: tables, options, EvaluationSources.reading(options, as: nil))
  }

  /// Whose films these are, in a word: `test` or another part, `all`, or `table`.
  public var partName: String { subset?.rawValue ?? (metadata.isEmpty ? "table" : "all") }

  /// Labels, in column order.
  public var labels: [String] { films.labels }

  /// The text of a model's `predictions-<name>.csv`: as few digits as tell a network's 32-bit outputs, or a table's
  /// 64-bit numbers, from their neighbours.
  ///
  /// - Parameter model: place among ``models``.
  public func predictionsCSV(of model: Int) -> String {
    table(ofFilms[model].probabilities, isOfNetwork: metadata.indices.contains(model))
  }

  /// The text of a network's `logits-<name>.csv`, its 32-bit log-odds in as few digits, of which the probabilities are the
  /// logistic function; they tell films apart where these are all noughts or nines.
  ///
  /// - Parameter model: place among ``models``, of a network.
  public func logitsCSV(of model: Int) -> String {
    table(ofFilms[model].scores, isOfNetwork: metadata.indices.contains(model))
  }

  private func table(_ values: [Double], isOfNetwork: Bool) -> String {
    let classes = labels.count
    var text = CSVText.line(["Image Index"] + labels)
    for (n, row) in rows.enumerated() {
      text += CSVText.line(
        [collection.file.records[row].name]
          + values[n * classes..<(n + 1) * classes].map {
            isOfNetwork ? "\(Float($0))" : "\($0)"
          })
    }
    return text
  }
}
