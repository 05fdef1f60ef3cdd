import CXRFiles
import CXRMetrics
import CXRReport

/// The files of an evaluation: a document, tables, texts, pictures and a page.
///
/// ```swift
/// func write(_ figures: EvaluationFigures) throws {
///   let report = EvaluationReport(figures, part: "test")
///   if let problem = try report.writePage(to: "comparison") { print(problem) }
/// }
/// ```
public struct EvaluationReport: Sendable {
  /// What was judged.
  public let figures: EvaluationFigures
  /// Whose films these are, such as `test`, `all`, or `table` of a table's.
  public let part: String
  /// What is judged.
  public var unit = JudgementUnit.film
  /// The number of films, of which there may be several a unit.
  public var filmCount: Int
  /// What is to be said in the document of where the films come from, by key.
  public var origin: [(String, JSONValue)] = []
  /// What a reader must know of the films before any figure.
  public var warnings: [String] = []
  /// What of the films is not used.
  public var notes: [String] = []
  /// Of the maps, from the least to the most.
  public var mapColours: [ColourStop] = []
  /// When, by what program and by what command it was made, for the page.
  public var made: String?
  /// What made it, with its version, for the methods.
  public var program: String?

  /// Of figures.
  public init(_ figures: EvaluationFigures, part: String) {
    (self.figures, self.part) = (figures, part)
    filmCount = figures.films.count
  }

  /// The document `metrics.json`; undefined numbers are `null`.
  ///
  /// - Parameter files: names of the tables and texts beside the document, for a later evaluation to replace.
  public func json(files: [String] = []) -> JSONValue {
    let options = figures.options
    let films: [(String, JSONValue)] = [
      ("subset", .string(part)), ("unit", .string(unit.description)),
      ("units", .integer(figures.films.count)), ("images", .integer(filmCount)),
      ("patients", .integer(figures.films.patientCount)), ("threshold", .number(0.5)),
    ]
    let draws: JSONValue = .object([
      ("level", .number(Interval.defaultLevel)), ("resampled", .string("patients")),
      ("replicates", .integer(options.replicates)), ("seed", .unsigned(options.seed)),
    ])
    return .object(
      films + origin + [
        ("intervals", draws),
        ("models", .array(figures.models.map { $0.json(prevalences: options.prevalences) })),
        ("differences", .array(figures.differences.map(\.json))), ("files", .strings(files)),
      ])
  }

  private var localisations: [(name: String, localisation: Localisation)] {
    figures.models.compactMap { model in model.model.localisation.map { (model.name, $0) } }
  }

  /// All tables, as files.
  public var tables: [FigureTable] {
    [
      figures.headlineTable, figures.pooledTable, figures.rankingTable,
      figures.operatingPointTable, figures.differenceTable, figures.pairedPointTable,
      figures.calibrationTable, figures.reliabilityTable, figures.decisionTable,
      figures.subgroupTable, figures.groupDifferenceTable,
    ] + (localisations.isEmpty ? [] : [Localisation.table(localisations)])
  }

  /// Draws the pictures and writes `report.html`.
  ///
  /// - Parameter folder: one that exists, in which the tables are.
  /// - Returns: why there are no pictures, if gnuplot is missing or failed.
  /// - Throws: `FileError`.
  public func writePage(to folder: String) throws -> ReportError? {
    let pictures = try FigureSet(
      figures.rankingPictures + figures.differencePictures + figures.operatingPointPictures
        + figures.decisionPictures + figures.calibrationPictures, folder: folder)
    try page(pictures).write(to: folder + "/report.html")
    return pictures.problem
  }

  /// The page, with its pictures.
  func page(_ pictures: FigureSet) -> ReportPage {
    let models = figures.models
    var page = ReportPage(
      title: title,
      lead:
        "\(lead)." + (models.isEmpty ? "" : draws) + (made.map { " \($0)" } ?? ""))
    page.answer(answer)
    if let problem = pictures.problem { page.callout(problem.description) }
    for warning in warnings { page.callout(warning) }
    if let meaningOfUnits { page.paragraph(meaningOfUnits) }
    page.sentences(notes)
    guard !models.isEmpty else { return page }
    for model in models { addWarnings(of: model, to: &page) }
    figures.addHeadline(to: &page)
    page.heading(models.count > 1 ? "What the difference means" : "What the figures mean")
    for line in meaning { page.paragraph(line) }
    figures.addRanking(pictures, to: &page)
    figures.addDifferences(pictures, to: &page)
    figures.addOperatingPoints(pictures, to: &page)
    figures.addDecisions(pictures, to: &page)
    figures.addCalibration(pictures, to: &page)
    figures.addSubgroups(to: &page)
    Localisation.addChapter(localisations, to: &page)
    Example.addChapter(
      models.map { ($0.name, $0.model.examples) }, colours: mapColours, to: &page)
    addLimits(to: &page)
    addMethods(to: &page)
    addReports(to: &page)
    return page
  }

  /// Such as `200 films of 70 patients (test), 14 findings`, or `80 studies, 200 films of 70 patients (test), 14 findings`.
  public var unitsInWords: String {
    let units = unit.kind == .study ? "\(figures.films.count) studies, " : ""
    return units + "\(filmCount) films of \(figures.films.patientCount) patients (\(part)), "
      + "\(figures.labels.count) findings"
  }

  /// What a score of several films is; `nil` where each film is judged by itself.
  private var meaningOfUnits: String? {
    guard unit.kind != .film else { return nil }
    let name = unit.kind.rawValue
    return
      "Judged by \(name): a \(name)'s score is the \(unit.score.rawValue) of its films' scores, and it has a finding where one "
      + "of them has. Where figures speak of films, these are \(unit.plural)."
  }

  private var draws: String {
    " Intervals are of \(Interval.defaultLevelText), from \(figures.options.replicates) draws of patients, each with all of "
      + "their films (seed \(figures.options.seed))."
  }

  /// The beginning of a page.
  private var lead: String {
    let undefined = figures.models.first?.ranking.undefinedLabels ?? []
    return
      unitsInWords
      + (undefined.isEmpty
        ? ""
        : ", \(undefined.count) of them n/a here for want of films with and without it "
          + "(\(undefined.joined(separator: ", ")))")
  }

  /// scikit-learn's reports and the files beside the page.
  private func addReports(to page: inout ReportPage) {
    page.heading("As scikit-learn reports it, at 0.5")
    for model in figures.models {
      page.beginDetails(model.name)
      page.preformatted(model.report.text)
      page.endDetails()
    }
    page.links("All tables as files:", files: tables.map(\.name))
  }
}
