import CXRTestSupport
import Foundation
import Testing

@testable import CXRData

// Which rows and tables are read, and whose films they are.

extension CollectionTests {
  @Test func rowsThatAreKept() throws {
    var collection = hospital(.names(column: "codes", separator: "|"))
    collection.keep = ["view": ["PA", "AP"]]
    collection.view = "view"
    let text =
      "file,mrn,codes,view\na.png,1,Mass,PA\nb.png,,Mass,L\nc.png,3,Mass,L\nd.png,3,Mass,\n"
    let file = try read(text, collection)
    // A row that is left out need not have a patient.
    #expect(file.records.map(\.name) == ["a.png"])
    #expect(file.rowsLeftOut == ["view": ["L": 2, "": 1]])
    collection.keep = ["view": ["frontal"]]
    #expect(
      throws: DataError.nothingKept(
        path: "labels.csv", column: "view", kept: ["frontal"], found: ["", "L", "PA"])
    ) { try read(text, collection) }
    collection.keep = ["projection": ["PA"]]
    #expect(throws: DataError.self) { try read(text, collection) }
  }

  @Test func whoseFilmsTheyAre() throws {
    let text = "file,mrn,codes\n0017_2.png,1,Mass\n017_1.png,1,Mass\n"
    var collection = hospital(.names(column: "codes", separator: "|"))
    collection.patient = .pattern("^([0-9]+)_")
    collection.study = .pattern("_([0-9])")
    let file = try read(text, collection)
    #expect(file.patients.map(\.description) == ["17"])
    #expect(file.records.map(\.study) == ["2", "1"])
    #expect(file.studyCount == 2)
    #expect(throws: DataError.self) { try read("file,mrn,codes\nx.png,1,Mass\n", collection) }
    for pattern in ["([0-9]+", "[0-9]+", "([0-9]+)_(.)"] {
      collection.patient = .pattern(pattern)
      #expect(throws: DataError.self, "\(pattern)") { try collection.validate() }
    }
    collection.patient = .folder("case")
    let folders = "file,mrn,codes\nx/case003/y/a.png,1,Mass\ncase3/b.png,2,Mass\n"
    #expect(try read(folders, collection).patients.map(\.description) == ["3"])
    // The files do not say.
    collection.patient = nil
    #expect(throws: DataError.noPatients(path: "labels.csv", collection: "hospital")) {
      try read(text, collection)
    }
    let alone = try read(text, collection, patients: .eachFilm)
    #expect(alone.patients.map(\.description) == ["0017_2.png", "017_1.png"])
    let files = try TemporaryFolder()
    collection.ignoresExtensions = true
    let table = try files.write(
      "Image Index,Patient ID\n0017_2.dcm,5\n017_1,5\nother,6\n", to: "patients.csv")
    #expect(
      try read(text, collection, patients: .table(path: table)).patients.map(\.description) == ["5"]
    )
    let short = try files.write("Image Index,Patient ID\n017_1.png,5\n", to: "short.csv")
    #expect(throws: DataError.filmsWithoutPatient(path: short, films: ["0017_2.png"], count: 1)) {
      try read(text, collection, patients: .table(path: short))
    }
    let torn = try files.write(
      "Image Index,Patient ID\n0017_2.png,5\n0017_2.jpg,6\n", to: "torn.csv")
    #expect(
      throws: DataError.filmOfTwoPatients(
        path: torn, line: 3, film: "0017_2.jpg", patient: "6", otherLine: 2, other: "5")
    ) { try read(text, collection, patients: .table(path: torn)) }
    // Of 1.23E+10 a spreadsheet has lost the last digits: whose film it was, nobody knows any more.
    let rounded = try files.write(
      "Image Index,Patient ID\n017_1.png,12\n0017_2.png,1.23E+10\n", to: "rounded.csv")
    #expect(
      throws: DataError.roundedIdentifier(path: rounded, line: 3, found: "1.23E+10")
    ) { try read(text, collection, patients: .table(path: rounded)) }
    // What a spreadsheet writes for a formula that failed is no patient.
    collection.patient = .column("mrn")
    for error in ["#NV", "#WERT!", "#VALUE!", "#DIV/0!", "k.A.", "unbekannt"] {
      #expect(throws: DataError.self, "\(error)") {
        try read("file,mrn,codes\na.png,\(error),Mass\n", collection)
      }
    }
    // What the file says is not overruled.
    collection.patient = .column("mrn")
    #expect(throws: DataError.self) { try read(text, collection, patients: .eachFilm) }
  }

  @Test func studiesOfTwoPatientsAreNoted() throws {
    var collection = hospital(.names(column: "codes", separator: "|"))
    collection.study = .column("study")
    let file = try read(
      "file,mrn,codes,study\na.png,1,Mass,100017\nb.png,2,Mass,100017\nc.png,2,Mass,7\nd.png,1,Mass,7\n",
      collection)
    #expect(
      file.notes.map(\.problem)
        == [.studyOfTwoPatients(study: "100017", other: "1", firstLine: 2)])
    #expect(file.studyCount == 4)
  }

  @Test func tablesAreJoined() throws {
    let files = try TemporaryFolder()
    let labels = try files.write(
      "patient,study,Mass,Edema\n1,s1,1.0,\n2,s2,-1.0,0.0\n4,s4,1.0,1.0\n", to: "labels.csv")
    try files.write(
      "film,patient,study,view\na,1,s1,PA\nb,1,s1,LL\nc,2,s2,PA\nd,3,s3,PA\n", to: "films.csv")
    try files.write(
      "film,study,patient,part\nc,s2,2,test\na,s1,1,train\nb,s1,1,train\n", to: "parts.csv")
    var collection = CollectionDescription(
      name: "hospital", film: "film", patient: .column("patient"),
      findings: .columns(["Mass", "Edema"]))
    collection.study = .column("study")
    collection.view = "view"
    collection.split = CollectionDescription.SplitColumn(
      column: "part", train: .texts(["train"]), test: .texts(["test"]))
    collection.tables = [
      CollectionDescription.JoinedTable(file: "films.csv", key: "study"),
      CollectionDescription.JoinedTable(file: "parts.csv", key: "film"),
    ]
    let file = try LabelFile(path: labels, collection: collection)
    #expect(file.records.map(\.name) == ["a", "b", "c", "d"])
    #expect(try cells(file, ["Mass", "Edema"]) == [[1, 0], [1, 0], [nil, 0], [nil, nil]])
    #expect(file.records.map(\.part) == [.train, .train, .test, nil])
    #expect(file.records.map(\.view) == ["PA", "LL", "PA", "PA"])
    #expect(file.unmatchedRows.map { [$0.films, $0.rows] } == [[1, 1], [1, 0]])
    let before = file.sha256
    // The tables are of one release.
    try files.write("film,study,patient,part\nc,s2,2,test\na,s1,9,train\n", to: "parts.csv")
    #expect(
      throws: DataError.contradictoryTables(
        path: files.path + "/films.csv", line: 2, column: "patient", found: "1",
        otherPath: files.path + "/parts.csv", otherLine: 3, other: "9")
    ) { try LabelFile(path: labels, collection: collection) }
    try files.write("film,part\nc,test\na,train\na,test\n", to: "parts.csv")
    #expect(
      throws: DataError.keyTwice(
        path: files.path + "/parts.csv", line: 4, column: "film", key: "a", otherLine: 3)
    ) { try LabelFile(path: labels, collection: collection) }
    try files.write("film,part\nc,test\na,train\na,train\n", to: "parts.csv")
    #expect(try LabelFile(path: labels, collection: collection).sha256 != before)
    // A value that is no label is named where it stands.
    try files.write("patient,study,Mass,Edema\n1,s1,7,\n", to: "labels.csv")
    let wrong = try LabelFile(path: labels, collection: collection)
    #expect(throws: DataError.unreadableLabel(path: labels, line: 2, label: "Mass", found: "7")) {
      try cells(wrong, ["Mass"])
    }
    try FileManager.default.removeItem(atPath: files.path + "/parts.csv")
    #expect(
      throws: DataError.tableMissing(path: files.path + "/parts.csv", collection: "hospital")
    ) {
      try LabelFile(path: labels, collection: collection)
    }
  }

  @Test func tablesThatSayNothingOfAFilm() throws {
    let files = try TemporaryFolder()
    let films = try files.write("film,patient,study\na,1,s1\nb,2,s2\n", to: "films.csv")
    var collection = CollectionDescription(
      name: "hospital", film: "film", patient: .column("patient"),
      findings: .names(column: "codes", separator: ";"))
    collection.tables = [CollectionDescription.JoinedTable(file: "labels.csv", key: "study")]
    collection.labels = ["Mass"]
    try files.write("study,codes\ns1,Mass\ns9,Mass\n", to: "labels.csv")
    #expect(try cells(LabelFile(path: films, collection: collection), ["Mass"]) == [[1], [nil]])
    // Keys that are written otherwise belong to no film.
    try files.write("study,codes\nS1,Mass\nS2,Edema\n", to: "labels.csv")
    #expect(throws: DataError.self) { try LabelFile(path: films, collection: collection) }
    // Neither is a film of nobody's that a table should say the patient of.
    var withPatients = collection
    withPatients.patient = .column("mrn")
    try files.write("study,codes,mrn\ns1,Mass,5\n", to: "labels.csv")
    #expect(
      throws: DataError.filmsWithoutPatient(
        path: files.path + "/labels.csv", films: ["b"], count: 1)
    ) { try LabelFile(path: films, collection: withPatients) }
    // Columns that are not named are read from there too.
    collection.findings = .columns([])
    collection.labels = []
    try files.write("study,Mass,Edema\ns1,1,0\ns2,0,1\n", to: "labels.csv")
    let file = try LabelFile(path: films, collection: collection)
    #expect(try cells(file, ["Mass", "Edema"]) == [[1, 0], [0, 1]])
    // A cell that cannot be read is named where it stands.
    collection.findings = .list(column: "codes")
    try files.write("study,codes\ns1,['Mass']\ns2,Mass\n", to: "labels.csv")
    do {
      _ = try LabelFile(path: films, collection: collection)
      Issue.record("a cell without brackets was read as a list")
    } catch let error as DataError {
      #expect(error.description.hasPrefix(files.path + "/labels.csv: line 3"), "\(error)")
    }
  }

  @Test func leadingFoldersDoNotCount() {
    let rule = FilmNameRule(droppedFolderCount: 1)
    #expect(rule.key(of: "A/b/c.png") == "b/c.png")
    #expect(rule.key(of: "c.png") == "c.png")
    #expect(FilmNameIndex(["A/b/c.png"], rule: rule).place(of: "B/b/c.png") == 0)
  }
}
