import CXRData
import CXRTestSupport
import Foundation
import Testing

@testable import CXRFilms

/// The chapters on patients of an exploration's page.
@Suite struct PatientChapterTests {
  private let pages = ExploreReportTests()

  private func clinic() throws -> ExploreReport {
    let clinic = try SmallClinic()
    var report = ExploreReport(
      source: "some.csv", images: 6, patients: 4, labels: ["Mass", "Edema"], positives: [3, 2],
      labelsPerFilm: [2, 3, 1], parts: [], classWeights: [(0.6, 2.5), (0.6, 2.5)],
      augmentedTrainingImages: 6, tables: [], problems: [], flagged: [], films: [])
    report.characteristics = clinic.characteristics
    report.filmsAPatient = FilmsAPatient(clinic.records)
    report.coOccurrence = CoOccurrence(clinic.matrix, rows: Array(clinic.records.positions))
    return report
  }

  @Test func whoIsInEachPart() throws {
    try pages.write(clinic()) { page in
      let heading = "Who is in each part"
      #expect(
        page.rows(after: heading) == [
          ["characteristic", "all", "train", "validation", "test", "SMD, validation", "SMD, test"],
          ["patients", "4", "3", "1", "0", "", ""], ["films", "6", "5", "1", "0", "", ""],
          [
            "films a patient, mean ± SD", "1.5 ± 0.6", "1.7 ± 0.6", "1.0 ± n/a", "n/a", "n/a",
            "n/a",
          ],
          [
            "films a patient, median (quartiles)", "1.5 (1 to 2)", "2 (1.5 to 2)", "1 (1 to 1)",
            "n/a", "", "",
          ],
          ["films a patient, most", "2", "2", "1", "n/a", "", ""],
          ["age, mean ± SD", "60.0 ± 10.0", "60.0 ± 14.1", "60.0 ± n/a", "n/a", "n/a", "n/a"],
          [
            "age, median (quartiles)", "60 (55 to 65)", "60 (55 to 65)", "60 (60 to 60)", "n/a", "",
            "",
          ], ["age, most", "70", "70", "60", "n/a", "", ""],
          ["age unknown", "1 (25.0 %)", "1 (33.3 %)", "0 (0.0 %)", "0 (n/a)", "* -1.000", "n/a"],
          ["sex F", "2 (50.0 %)", "1 (33.3 %)", "1 (100.0 %)", "0 (n/a)", "* 2.000", "n/a"],
          ["sex M", "2 (50.0 %)", "2 (66.7 %)", "0 (0.0 %)", "0 (n/a)", "* -2.000", "n/a"],
          ["sex unknown", "0 (0.0 %)", "0 (0.0 %)", "0 (0.0 %)", "0 (n/a)", "n/a", "n/a"],
          ["view AP", "2 (33.3 %)", "1 (20.0 %)", "1 (100.0 %)", "0 (n/a)", "* 2.828", "n/a"],
          ["view PA", "3 (50.0 %)", "3 (60.0 %)", "0 (0.0 %)", "0 (n/a)", "* -1.732", "n/a"],
          ["view unknown", "1 (16.7 %)", "1 (20.0 %)", "0 (0.0 %)", "0 (n/a)", "* -0.707", "n/a"],
        ])
      #expect(
        page.rows(after: heading, table: 1).dropFirst() == [
          ["Mass", "3 (60.0 %)", "2 (50.0 %)", "1 (100.0 %)", "0 (n/a)", "* 1.414", "n/a"],
          ["Edema", "2 (33.3 %)", "2 (40.0 %)", "0 (0.0 %)", "0 (n/a)", "* -1.155", "n/a"],
        ])
      #expect(
        page.rows(after: heading, table: 2).dropFirst().map { $0.prefix(3) } == [
          ["Mass", "2 (50.0 %)", "1 (33.3 %)"], ["Edema", "2 (50.0 %)", "2 (66.7 %)"],
        ])
      #expect(
        page.html.contains(
          "Marked, the largest first: view AP (validation 2.828), sex F (validation 2.000), patients with Mass (validation 2.000), "
        ))
    }
  }

  /// A tenth is not marked, and what is more is, either way.
  @Test func theLimitIsATenth() throws {
    // Of training half have it; in the others shares whose difference lies close to a tenth of a deviation.
    let records = try (0..<300).map { place in
      let isTest = place >= 200
      let has = isTest ? place - 200 < 55 : place < 100
      return FilmRecord(
        name: "\(place)", findings: has ? ["Mass"] : [],
        patient: try #require(PatientID("\(place)")))
    }
    func marks(_ test: Range<Int>) throws -> [String] {
      var report = try clinic()
      report.labels = ["Mass"]
      report.characteristics = Characteristics(
        records, try LabelMatrix(records, labels: ["Mass"]),
        parts: [
          ("train", (0..<200).map { FilmRow($0) }), ("test", test.map { FilmRow($0) }),
        ])
      var cells: [String] = []
      try pages.write(report) { page in
        cells = page.rows(after: "Who is in each part", table: 1).last?.suffix(1) ?? []
        #expect(page.html.contains("No row is marked.") == !cells[0].contains("*"))
      }
      return cells
    }
    // 0.55: 0.05 / √((0.25 + 0.2475) / 2) = 0.1003; 54 of 99: 0.0913.
    #expect(try marks(200..<300) == ["* 0.100"])
    #expect(try marks(201..<300) == ["0.091"])
  }

  @Test func filmsAPatientAreDrawn() throws {
    try pages.write(clinic()) { page in
      let rows = try page.series("films-per-patient", 1)
      #expect(rows.map { Double($0[0]) } == [2, 2, 0, 0, 0, 0, 0, 0])
      #expect(
        rows.map(\.last) == ["2: 33.3 % of films", "2: 66.7 % of films"]
          + [String](repeating: "0: 0.0 % of films", count: 6))
      #expect(page.html.contains("intervals are by patient"))
      let script = try String(
        contentsOfFile: page.folder.path + "/plots/films-per-patient.gp", encoding: .utf8)
      #expect(script.contains("'1 film' 0, '2 films' 1"))
      #expect(script.contains("'11–20 films' 6, '21 and more' 7"))
    }
    var single = try clinic()
    single.filmsAPatient = FilmsAPatient(films: [1, 1, 1])
    try pages.write(single) { page in
      #expect(page.html.contains("Each patient has one film."))
      #expect(!page.html.contains("intervals are by patient"))
      #expect(!page.html.contains("Patients by their number of films"))
    }
    single.areFilmsPatients = true
    try pages.write(single) { page in
      #expect(!page.html.contains(">Films a patient</h2>"))
      #expect(page.rows(after: "Who is in each part", table: 2).isEmpty)
    }
  }

  @Test func findingsThatComeTogether() throws {
    let heading = "Findings that come together"
    try pages.write(clinic()) { page in
      #expect(
        page.rows(after: heading) == [
          ["finding", "1", "2"], ["1 Mass", "3", "1"], ["2 Edema", "1", "2"],
        ])
      #expect(
        page.rows(after: heading, table: 1) == [
          ["finding", "1", "2"], ["1 Mass", "100", "33"], ["2 Edema", "100", "100"],
        ])
    }
    var one = try clinic()
    one.labels = ["Mass"]
    try pages.write(one) { page in #expect(!page.html.contains(heading)) }
  }

  /// Steps of what is taken off, and the remark on films that cannot be used where films were looked at.
  @Test func theFlowIsATable() throws {
    let files = try TemporaryFolder()
    let csv = try files.write(
      "Image Index,Finding Labels,Patient ID\n"
        + (0..<30).map { "f\($0).png,Mass,\($0 / 2)\n" }.joined(), to: "labels.csv")
    let collection = try FilmCollection(FilmCollection.Options(labelFile: csv, labels: ["Mass"]))
    var report = try clinic()
    report.flow = FilmFlow(collection, problems: [])
    let heading = "From the label file to the parts"
    try pages.write(report) { page in
      let rows = page.rows(after: heading)
      #expect(
        rows.prefix(3) == [
          ["step", "rows", "films", "patients"], ["rows of the label file", "30", "", ""],
          ["films explored here", "", "30", "15"],
        ])
      #expect(rows.dropFirst(3).map(\.first) == ["train", "validation", "test"])
      #expect(!page.html.contains("that cannot be used"))
    }
    report.flow = FilmFlow(
      collection,
      problems: (0..<2).map {
        AuditProblem(image: "f\($0).png", kind: "missing", severity: .error, detail: "")
      })
    try pages.write(report) { page in
      let rows = page.rows(after: heading)
      #expect(rows.contains { $0[0].hasSuffix(", missing") && Array($0.suffix(2)) == ["2", "1"] })
      #expect(page.html.contains("before those are taken off that cannot be used"))
    }
  }
}
