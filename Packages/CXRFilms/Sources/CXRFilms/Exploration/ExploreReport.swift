import CXRFiles
import CXRReport

/// The page and pictures of an exploration.
public struct ExploreReport: Sendable {
  /// The label file's name.
  public var source: String
  /// What a reader must know of the films before any figure.
  public var warnings: [String] = []
  /// What of the label file is not used.
  public var notes: [String] = []
  /// Films.
  public var images: Int
  /// Patients.
  public var patients: Int
  /// In column order.
  public var labels: [String]
  /// Positive films a label.
  public var positives: [Int]
  /// Films a label of which it is not known whether they have it; empty where all is known.
  public var unknowns: [Int] = []
  /// Whether each film is taken for a patient.
  public var areFilmsPatients = false
  /// Films with 0, 1, 2, … labels.
  public var labelsPerFilm: [Int]
  /// Training, validation, test.
  public var parts: [Part]
  /// Weights of films without and with each finding; `nil` is undefined.
  public var classWeights: [(negative: Double?, positive: Double?)]
  /// Training films with augmented copies.
  public var augmentedTrainingImages: Int
  /// Who is on the films, and how they were taken.
  public var tables: [Table]
  /// From the label file's rows to the films of each part.
  public var flow: FilmFlow?
  /// Who is in each part.
  public var characteristics: Characteristics?
  /// How many films patients have.
  public var filmsAPatient: FilmsAPatient?
  /// Which findings come together.
  public var coOccurrence: CoOccurrence?
  /// Problems by kind: `error`, `warning` or `note`, and how many films.
  public var problems: [(kind: String, severity: String, count: Int)]
  /// Films with problems: a PNG file, `nil` where the film can no longer be read, the problem, a name.
  public var flagged: [(png: [UInt8]?, caption: String, detail: String)]
  /// Sample films: a PNG file, a label, a name.
  public var films: [(png: [UInt8]?, caption: String, detail: String)]

  /// Gathers what the page shows.
  public init(
    source: String, images: Int, patients: Int, labels: [String], positives: [Int],
    labelsPerFilm: [Int], parts: [Part], classWeights: [(negative: Double?, positive: Double?)],
    augmentedTrainingImages: Int, tables: [Table],
    problems: [(kind: String, severity: String, count: Int)],
    flagged: [(png: [UInt8]?, caption: String, detail: String)],
    films: [(png: [UInt8]?, caption: String, detail: String)]
  ) {
    self.tables = tables
    self.flagged = flagged
    self.source = source
    self.images = images
    self.patients = patients
    self.labels = labels
    self.positives = positives
    self.labelsPerFilm = labelsPerFilm
    self.parts = parts
    self.classWeights = classWeights
    self.augmentedTrainingImages = augmentedTrainingImages
    self.problems = problems
    self.films = films
  }

  /// Draws the pictures and writes `report.html`.
  ///
  /// - Returns: why there are no pictures, if gnuplot is missing or failed.
  /// - Throws: `FileError`.
  public func write(to folder: String) throws -> ReportError? {
    let pictures = try FigureSet(figures, folder: folder)
    try page(pictures).write(to: folder + "/report.html")
    return pictures.problem
  }

  /// The page, with its pictures.
  func page(_ figures: FigureSet) -> ReportPage {
    var page = ReportPage(
      title: "What \(source) holds",
      lead:
        "\(images) films of \(patients) patients, \(labels.count) finding\(labels.count == 1 ? "" : "s"). "
        + (areFilmsPatients
          ? "Each film counts as a patient." : "No patient is in two parts of the split."))
    if let problem = figures.problem { page.callout(problem.description) }
    for warning in warnings { page.callout(warning) }
    if !notes.isEmpty { page.paragraph(notes.joined(separator: " ")) }
    page.heading("The split")
    page.table(
      header: ["part", "films", "patients", "share of films"],
      rows: parts.map {
        [
          $0.name, "\($0.images)", "\($0.patients)",
          fixedPoint(percent($0.images, of: images), digits: 1) + " %",
        ]
      })
    page.paragraph(
      "With one augmented copy of each film that has an under-represented finding, training sees "
        + "\(augmentedTrainingImages) films an epoch.")
    addPatients(figures, to: &page)
    page.heading("How common each finding is")
    figures.add(
      "label-counts", to: &page,
      caption: "Films with each finding, of \(images) in all"
        + (hasUnknowns ? "; in percent of those of which it is known." : "."))
    figures.add(
      "positives-negatives", to: &page,
      caption: sharesCaption)
    figures.add(
      "labels-per-image", to: &page,
      caption: "A film may have several findings or none."
        + (hasUnknowns ? " Films of which nothing is known are not counted here." : ""))
    page.heading("The three parts side by side")
    figures.add(
      "splits", to: &page,
      caption: "Prevalence in each part. Patients are dealt at random, so rare findings may differ."
    )
    page.heading("Class weights")
    figures.add(
      "class-weights", to: &page,
      caption:
        "What one film counts in the weighted loss, so that films with and without a finding "
        + "weigh the same in sum.")
    page.table(
      header: ["finding", "films", "percent"] + (hasUnknowns ? ["not known"] : [])
        + parts.map(\.name) + ["weight −", "weight +"],
      rows: order.map { k in
        [
          labels[k], "\(positives[k])",
          fixedPoint(share(k), digits: 2),
        ] + (hasUnknowns ? ["\(unknown(k))"] : []) + parts.map { "\($0.positives[k])" } + [
          fixedPoint(classWeights[k].negative, digits: 4),
          fixedPoint(classWeights[k].positive, digits: 4),
        ]
      })
    addCoOccurrence(to: &page)
    for table in tables {
      page.heading(table.title)
      page.table(header: table.header, rows: table.rows, caption: table.caption)
    }
    if !problems.isEmpty {
      page.heading("What the audit found")
      page.table(
        header: ["found", "severity", "films"],
        rows: problems.map {
          [$0.kind.split(separator: "_").joined(separator: " "), $0.severity, "\($0.count)"]
        },
        caption:
          "Each film is named in audit.csv; the option exclude leaves out those with errors. A warning is a suspicion: look at "
          + "the film. A note says what becomes of it."
      )
    }
    if !flagged.isEmpty {
      page.paragraph("Some of these films, to look at:")
      page.contactSheet(flagged.map { ($0.png, $0.caption, $0.detail) })
    }
    if !films.isEmpty {
      page.heading("Sample films")
      page.contactSheet(films.map { ($0.png, $0.caption, $0.detail) })
    }
    return page
  }
}
