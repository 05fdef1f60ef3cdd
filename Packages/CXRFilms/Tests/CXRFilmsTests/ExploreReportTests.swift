import CXRTestSupport
import Foundation
import Testing

@testable import CXRFilms

/// The page and the pictures of an exploration: each number is of the films that it says.
@Suite struct ExploreReportTests {
  /// Forty films: of A, B and C 4, 10 and 7 have it; of C it is known on 28 of them.
  func sample() -> ExploreReport {
    var train = ExploreReport.Part(name: "train", images: 20, patients: 9, positives: [2, 5, 3])
    train.unknowns = [0, 0, 8]
    var test = ExploreReport.Part(name: "test", images: 16, patients: 7, positives: [2, 4, 4])
    test.unknowns = [0, 0, 0]
    var report = ExploreReport(
      source: "some.csv", images: 40, patients: 18, labels: ["A", "B", "C"],
      positives: [4, 10, 7], labelsPerFilm: [22, 15, 3], parts: [train, test],
      classWeights: [(0.55557, 5), (0.66666, 2), (0.625, nil)], augmentedTrainingImages: 27,
      tables: [], problems: [("too_dark", "warning", 3), ("missing", "error", 1)], flagged: [],
      films: [])
    report.unknowns = [0, 0, 12]
    return report
  }

  struct Written {
    let html: String
    let folder: TemporaryFolder

    /// The rows of cells of a table below a heading, the first unless said otherwise.
    func rows(after heading: String, table number: Int = 0) -> [[String]] {
      guard let start = html.range(of: ">\(heading)</h2>") else { return [] }
      let chapter = html[start.upperBound...].components(separatedBy: "<h2").first ?? ""
      let tables = chapter.components(separatedBy: "<table>").dropFirst()
      guard tables.count > number else { return [] }
      let body = tables[tables.startIndex + number].components(separatedBy: "</table>")[0]
        .replacing("<small>", with: "").replacing("</small>", with: "")
      return body.components(separatedBy: "<tr").dropFirst().map { row in
        row.matches(of: /<t[hd](?: scope="(?:row|col)")?>([^<]*)<\/t[hd]>/).map {
          String($0.output.1)
        }
      }
    }

    /// The rows of a picture's series.
    func series(_ picture: String, _ number: Int) throws -> [[String]] {
      try String(contentsOfFile: "\(folder.path)/plots/\(picture)-\(number).tsv", encoding: .utf8)
        .split(separator: "\n").map { $0.components(separatedBy: "\t") }
    }
  }

  func write(_ report: ExploreReport, _ body: (Written) throws -> Void) throws {
    let folder = try TemporaryFolder()
    let problem = try report.write(to: folder.path)
    #expect(problem == nil, "\(String(describing: problem))")
    try body(
      Written(
        html: String(contentsOfFile: folder.path + "/report.html", encoding: .utf8), folder: folder)
    )
  }

  /// The commonest finding first; shares are of films of which it is known, and how many are not is a column.
  @Test func sharesAreOfWhatIsKnown() throws {
    try write(sample()) { page in
      #expect(
        page.rows(after: "Class weights") == [
          ["finding", "films", "percent", "not known", "train", "test", "weight −", "weight +"],
          ["B", "10", "25.00", "0", "5", "4", "0.6667", "2.0000"],
          ["C", "7", "25.00", "12", "3", "4", "0.6250", "n/a"],
          ["A", "4", "10.00", "0", "2", "2", "0.5556", "5.0000"],
        ])
      let counts = try page.series("label-counts", 1)
      #expect(counts.map(\.first).map { Double($0 ?? "") } == [10, 7, 4])
      #expect(counts.map(\.last) == ["10 (25.0 %)", "7 (25.0 %)", "4 (10.0 %)"])
      #expect(
        page.html.contains(
          "Films with each finding, of 40 in all; in percent of those of which it is known."))
      #expect(page.html.contains("Films of which nothing is known are not counted here."))
      // Of the training films three of twelve have C, of the test films four of sixteen.
      #expect(try page.series("splits", 1).map { Double($0.first ?? "") } == [25, 25, 10])
      #expect(try page.series("splits", 2).map { Double($0.first ?? "") } == [25, 25, 12.5])
      let script = try String(
        contentsOfFile: page.folder.path + "/plots/positives-negatives.gp", encoding: .utf8)
      for title in ["'with'", "'without'", "'not known'"] {
        #expect(script.contains("title \(title)"), "\(title)")
      }
      #expect(
        try page.series("positives-negatives", 3).map { Double($0.first ?? "") } == [0, 30, 0])
    }
  }

  /// Where all is known nothing is said of what is not.
  @Test func allKnownHasNoSuchColumn() throws {
    var report = sample()
    report.unknowns = [0, 0, 0]
    report.parts = report.parts.map {
      var part = $0
      part.unknowns = []
      return part
    }
    try write(report) { page in
      #expect(
        page.rows(after: "Class weights").first
          == ["finding", "films", "percent", "train", "test", "weight −", "weight +"])
      #expect(page.rows(after: "Class weights").dropFirst(2).first?[2] == "17.50")
      #expect(page.html.contains("Films with each finding, of 40 in all.<"))
      #expect(!page.html.contains("nothing is known"))
      #expect(
        !FileManager.default.fileExists(
          atPath: page.folder.path + "/plots/positives-negatives-3.tsv"))
      let train = try page.series("splits", 1)
      #expect(train.map { Double($0.first ?? "") } == [25, 15, 10])
    }
  }

  /// What a reader must know stands before any figure: whose films they are, and what of the file is not used.
  @Test func whatAReaderMustKnowStandsFirst() throws {
    var report = sample()
    report.warnings = ["Each film is taken for a patient of its own."]
    report.notes = ["Rows left out by view: L 3.", "7 of 47 films are in no part."]
    report.areFilmsPatients = true
    try write(report) { page in
      let lead = try #require(page.html.range(of: "Each film counts as a patient."))
      #expect(
        page.html.contains("40 films of 18 patients, 3 findings. Each film counts as a patient."))
      #expect(!page.html.contains("No patient is in two parts"))
      let warning = try #require(
        page.html.range(of: "<p class=\"callout\">Each film is taken for a patient of its own.</p>")
      )
      let note = try #require(
        page.html.range(of: "<p>Rows left out by view: L 3. 7 of 47 films are in no part.</p>"))
      let split = try #require(page.html.range(of: ">The split</h2>"))
      #expect(lead.lowerBound < warning.lowerBound && warning.lowerBound < note.lowerBound)
      #expect(note.lowerBound < split.lowerBound)
    }
    report.areFilmsPatients = false
    report.labels = ["A"]
    (report.warnings, report.notes) = ([], [])
    try write(report) { page in
      #expect(page.html.contains("1 finding. No patient is in two parts of the split."))
      #expect(!page.html.contains("<p class=\"callout\">"))
    }
  }

  /// Films, patients and shares of each part, epochs' films, films by number of labels, and what the audit found.
  @Test func countsOfThePage() throws {
    try write(sample()) { page in
      #expect(
        page.rows(after: "The split") == [
          ["part", "films", "patients", "share of films"], ["train", "20", "9", "50.0 %"],
          ["test", "16", "7", "40.0 %"],
        ])
      #expect(page.html.contains("training sees 27 films an epoch."))
      #expect(
        page.rows(after: "What the audit found") == [
          ["found", "severity", "films"], ["too dark", "warning", "3"],
          ["missing", "error", "1"],
        ])
      let perFilm = try page.series("labels-per-image", 1)
      #expect(perFilm.map(\.last) == ["22 (55.0 %)", "15 (37.5 %)", "3 (7.5 %)"])
      let script = try String(
        contentsOfFile: page.folder.path + "/plots/labels-per-image.gp", encoding: .utf8)
      for name in ["'0 labels' 0", "'1 label' 1", "'2 labels' 2"] {
        #expect(script.contains(name), "\(name)")
      }
      // Weights stand on a logarithmic axis: with the finding first.
      let weights = try String(
        contentsOfFile: page.folder.path + "/plots/class-weights.gp", encoding: .utf8)
      #expect(weights.contains("logscale"))
      #expect(try page.series("class-weights", 1).first?.first.flatMap { Double($0) } == 2)
      #expect(try page.series("class-weights", 2).first?.first.flatMap { Double($0) } == 0.66666)
    }
  }

  /// Silence is right most of the time where findings are rare, and only there is that said.
  @Test func silenceIsSpokenOfWhereFindingsAreRare() throws {
    let words = "Nearly every orange bar is long"
    var report = sample()
    // Nineteen of forty films are without C as far as is known.
    #expect(report.sharesCaption == "Films with and without each finding.")
    report.unknowns = [0, 0, 0]
    report.positives = [4, 9, 7]
    #expect(report.sharesCaption.hasPrefix("Films with and without each finding. \(words):"))
    try write(report) { page in #expect(page.html.contains(words)) }
    report.images = 0
    #expect(!report.sharesCaption.contains(words))
  }
}
