@testable import CXRFilms
import CXRData
import CXRTestSupport
import Foundation
import Testing

extension TemporaryFolder {
  func write(_ name: String, _ text: String) throws -> String {
    try write(text, to: name)
  }
}

/// What is left out, not known or joined is said, each with its own number, in the words of the page "Your data".
@Suite struct CollectionRemarkTests {
  func hospital(
    _ findings: CollectionDescription.Findings = .names(column: "codes", separator: ";")
  ) -> CollectionDescription {
    var hospital = CollectionDescription(
      name: "hospital", film: "file", patient: .column("mrn"), findings: findings)
    hospital.labels = ["Mass", "Edema"]
    return hospital
  }

  func films(
    _ csv: String, _ collection: CollectionDescription?, labels: [String]? = nil,
    _ change: (inout FilmCollection.Options) -> Void = { _ in }
  ) throws -> FilmCollection {
    var options = FilmCollection.Options(labelFile: csv, labels: labels)
    options.collection = collection
    options.dividesPatients = false
    change(&options)
    return try FilmCollection(options, tolerateMissing: true)
  }

  /// Rows and films by the reason for which they are left out, the commonest value first.
  @Test func whatIsLeftOutIsCountedByItsReason() throws {
    let files = try TemporaryFolder()
    var collection = hospital()
    collection.keep = ["view": ["PA"], "site": ["A"]]
    collection.unusable = ["exclude", "blurred"]
    let csv = try files.write(
      "labels.csv",
      """
      file,mrn,codes,view,site
      a,1,Mass,PA,A
      b,2,Mass,L,A
      c,3,Mass,AP,A
      d,4,Mass,AP,A
      e,5,Mass,,A
      f,6,Mass,PA,B
      g,7,exclude,PA,A
      h,8,Mass;blurred,PA,A
      i,9,blurred,PA,A
      """)
    let said = try films(csv, collection)
    #expect(
      said.leftOut == [
        "films left out that their findings call unusable: blurred 2, exclude 1",
        "rows left out by site: B 1", "rows left out by view: AP 2, blank 1, L 1",
      ])
    #expect(said.leftOut.allSatisfy(said.remarks.contains))
    #expect(said.file.records.map(\.name) == ["a"] && said.file.rowCount == 9)
  }

  /// Of more than twenty values the commonest twenty are listed.
  @Test(arguments: [20, 21]) func valuesLeftOutAreListed(values: Int) throws {
    let files = try TemporaryFolder()
    var collection = hospital()
    collection.keep = ["view": ["PA"]]
    let rows = (0..<values).map { "b\($0),2,Mass,\(Character(UnicodeScalar(UInt8(97 + $0))))\n" }
    let csv = try files.write(
      "labels.csv", "file,mrn,codes,view\na,1,Mass,PA\n" + rows.joined())
    let listed = (0..<20).map { "\(Character(UnicodeScalar(UInt8(97 + $0)))) 1" }
    #expect(
      try films(csv, collection).leftOut
        == ["rows left out by view: " + listed.joined(separator: ", ") + (values > 20 ? ", …" : "")]
    )
  }

  /// Studies, votes and blanks stand in the first line.
  @Test func howItWasReadIsSaid() throws {
    let files = try TemporaryFolder()
    let csv = try files.write(
      "labels.csv",
      "file,mrn,codes,exam,reader\na,1,Mass,x,R1\nb,1,Mass,x,R1\nc,1,Mass,y,R1\nd,2,Mass,y,R1\n")
    var collection = hospital()
    #expect(
      try films(csv, collection).remarks.first
        == "read as the collection hospital: blank counts as absent")
    collection.study = .column("exam")
    collection.readers = CollectionDescription.Readers(column: "reader", votes: .any)
    collection.blank = .unknown
    collection.sex = "gender"
    let said = try films(csv, collection).remarks
    #expect(
      said.first
        == "read as the collection hospital: 3 studies; a film has a finding where one of a film's readers names it; "
        + "blank counts as unknown")
    #expect(said.contains("columns that are described, but not there: gender"))
    // Without a description nothing is said of one.
    let plain = try files.write("plain.csv", "Image Index,Finding Labels,Patient ID\na,Mass,1\n")
    #expect(try films(plain, nil, labels: ["Mass"]).remarks == [])
  }

  /// A split of the files' own: patients in two parts, films in none, values that tell none.
  @Test func whatASplitLeavesOutIsSaid() throws {
    let files = try TemporaryFolder()
    var collection = hospital()
    collection.split = CollectionDescription.SplitColumn(
      column: "site", train: .texts(["A"]), validation: .texts(["B"]), test: .texts(["C"]))
    collection.split?.patientsInTwoParts = .leftOut
    let csv = try files.write(
      "labels.csv",
      """
      file,mrn,codes,site
      a,1,Mass,A
      b,2,Mass,B
      c,3,Mass,C
      d,4,Mass,A
      e,4,Mass,C
      f,4,Mass,C
      g,5,Mass,c
      h,6,Mass,D
      i,7,Mass,D
      j,8,Mass,
      """)
    let said = try films(csv, collection) { $0.dividesPatients = true }
    #expect(
      said.leftOut == [
        "1 patients have films in two parts, left out with all their films",
        "7 of 10 films are in no part",
      ])
    #expect(said.remarks.contains("values of site that tell no part: D (2 rows), c (1 rows)"))
    #expect(!said.remarks.contains { $0.hasPrefix("lists divide") })
    #expect(said.rows(of: nil).count == 10 && said.rows(of: .train) == [0])
    // Lists go before the column, which is said; films that a list does not name are in no part.
    let lists = try (
      train: files.write("train.txt", "a\nb\nx\n"), test: files.write("test.txt", "c\n")
    )
    let listed = try films(csv, collection) {
      $0.dividesPatients = true
      $0.lists = lists
      $0.allowsUnknownFilms = true
    }
    #expect(listed.remarks.contains("lists divide the films, and not site"))
    #expect(listed.remarks.contains("7 films are in neither list, not used"))
    #expect(listed.remarks.contains("1 films of the lists are not in the label file"))
    #expect(listed.leftOut == ["7 of 10 films are in no part"])
    #expect(throws: DataError.self) {
      try films(csv, collection) {
        $0.dividesPatients = true
        $0.lists = lists
      }
    }
  }

  /// Films that may have more findings than they name, and films of which nothing is known, are two numbers.
  @Test func whatIsNotKnownOfFilmsIsSaid() throws {
    let files = try TemporaryFolder()
    var collection = hospital()
    collection.unknown = ["unchanged", "as before"]
    collection.blank = .unknown
    let csv = try files.write(
      "labels.csv",
      "file,mrn,codes\na,1,Mass;unchanged\nb,2,as before\nc,3,\nd,4,Mass\ne,5,NaN\nf,6,Edema;as before\n"
    )
    let said = try films(csv, collection).remarks
    #expect(
      said.contains(
        "2 films may have findings that they do not name (unchanged, as before); these are left out of loss, weights and "
          + "metrics"), "\(said)")
    #expect(
      said.contains(
        "3 films of whose findings nothing is known are left out of loss, weights and metrics"),
      "\(said)")
    let plain = try files.write(
      "plain.csv", "Image Index,Finding Labels,Patient ID\na,Mass,1\nb,NaN,2\nc,N/A,3\n")
    #expect(
      try films(plain, nil, labels: ["Mass"]).remarks == [
        "2 films whose findings the file calls unknown (NaN, N/A or the like) are left out of loss, weights and metrics"
      ])
  }

  /// Rows that are joined are counted by film, oddities by row; names that a description has in vain are listed.
  @Test func odditiesAreCounted() throws {
    let files = try TemporaryFolder()
    let csv = try files.write(
      "labels.csv",
      """
      Image Index,Finding Labels,Patient ID,Patient Age,Patient Gender
      a,Mass,1,40,M
      a,Edema,1,40,M
      a,Mass,1,40,M
      b,Mass,2,412,M
      c,Mass,2,old,F
      d,Mass,3,420,M
      d,Edema,3,420,M
      e,"Mass, Edema",4,30,M
      f,"Edema; Mass",5,30,M
      """)
    let said = try films(csv, nil, labels: ["Mass", "Edema"]).remarks
    #expect(
      said == [
        "2 films stand in several rows, which are joined: 9 rows of 6 films",
        "findings parted otherwise than by | in 2 rows, read as known labels; the first, on line 9: "
          + "\"Mass, Edema\" was read as Mass|Edema",
        "3 × implausible age; kept", "1 × sex changes; kept", "1 × unreadable age; kept",
      ])
    var collection = hospital()
    collection.noFinding = ["clear", "healthy"]
    collection.renames = ["tumour": "Mass", "lump": "Mass"]
    let codes = try files.write("codes.csv", "file,mrn,codes\na,1,lump\nb,2,clear\n")
    #expect(
      try films(codes, collection).remarks.contains(
        "names in the description that no cell holds: healthy, tumour"))
  }

  /// The document of an exploration holds what was read and what was not, and weighs what is known.
  @Test func anExplorationSaysWhatItLeftOut() throws {
    let files = try TemporaryFolder()
    var collection = hospital()
    collection.study = .column("exam")
    collection.keep = ["view": ["PA", "AP"]]
    collection.view = "view"
    collection.split = CollectionDescription.SplitColumn(
      column: "site", train: .texts(["A"]), validation: .texts(["B"]), test: .texts(["C"]))
    let csv = try files.write(
      "labels.csv",
      """
      file,mrn,codes,exam,view,site
      a,1,Mass,1,PA,A
      b,1,Mass,2,AP,A
      c,2,NaN,1,PA,A
      d,3,,1,PA,A
      e,4,Edema,1,PA,B
      f,5,Mass,1,AP,C
      g,6,Mass,1,PA,E
      h,7,Mass,1,L,A
      """)
    var options = FilmCollection.Options(labelFile: csv)
    options.collection = collection
    let exploration = try Exploration(options)
    guard case .object(let members) = exploration.json else {
      Issue.record("no document")
      return
    }
    let document = Dictionary(members) { $1 }
    #expect(document["rows"] == .integer(8) && document["images"] == .integer(7))
    #expect(document["studies"] == .integer(7) && document["patients"] == .integer(6))
    #expect(document["films_in_no_part"] == .integer(1))
    #expect(document["rows_left_out"] == .object([("view", .object([("L", .integer(1))]))]))
    #expect(document["each_film_a_patient"] == .bool(false))
    #expect(document["unknown_labels"] == .object([("Mass", .integer(1)), ("Edema", .integer(1))]))
    #expect(document["labels"] == .object([("Mass", .integer(4)), ("Edema", .integer(1))]))
    #expect(document["labels_without_training_positives"] == .strings(["Edema"]))
    // Of four training films three are known, two of them with a mass.
    #expect(
      exploration.classWeights == [
        ClassWeight(label: "Mass", negative: 1.5, positive: 0.75),
        ClassWeight(label: "Edema", negative: 0.5, positive: nil),
      ])
    #expect(exploration.labelsPerFilm == [1, 5])
    #expect(exploration.augmentedTrainingCount == 6)
    #expect(exploration.views.map(\.name) == ["AP", "PA"])
    #expect(exploration.views.map(\.films) == [2, 5])
    #expect(exploration.views.map(\.positives) == [[2, 0], [2, 1]])
    #expect(exploration.views.map(\.unknowns) == [[0, 0], [1, 1]])
  }
}
