import CXRTestSupport
import Foundation
import Testing

@testable import CXRData

private func hospital(_ findings: CollectionDescription.Findings) -> CollectionDescription {
  CollectionDescription(name: "hospital", film: "file", patient: .column("mrn"), findings: findings)
}

private func read(
  _ text: String, _ collection: CollectionDescription, patients: PatientSource = .labelFile
) throws -> LabelFile {
  try LabelFile(
    contents: Array(text.utf8), path: "labels.csv", collection: collection, patients: patients)
}

/// A film's labels: 1, 0, or nil where unknown.
private func cells(
  _ file: LabelFile, _ labels: [String], uncertain: UncertainPolicy = .ignore,
  partners: [String: [String]] = [:]
) throws -> [[Int?]] {
  let matrix = try LabelMatrix(file, labels: labels, uncertain: uncertain, partners: partners)
  return (0..<matrix.rowCount).map { matrix.row($0).map { $0.isNaN ? nil : Int($0) } }
}

@Suite struct CollectionTests {
  @Test func namesBetweenASeparator() throws {
    var collection = hospital(.names(column: "codes", separator: ";"))
    collection.labels = ["Effusion", "Mass", "Edema"]
    collection.renames = ["pleural effusion": "Effusion"]
    collection.noFinding = ["clear"]
    let file = try read(
      """
      file,mrn,codes
      a.png,1,pleural effusion; Mass
      b.png,2,clear
      c.png,2,
      d.png,3,Cardiomegaly, big
      """.replacingOccurrences(of: "Cardiomegaly, big", with: "\"Cardiomegaly, big\""), collection)
    #expect(
      try cells(file, ["Effusion", "Mass", "Edema"]) == [
        [1, 1, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0],
      ])
    // A comma is no separator here, so that this is one name; beside a label it is asked about.
    try #require(file.records.count == 4)
    #expect(file.records[3].findings == ["Cardiomegaly, big"])
    #expect(
      throws: DataError.partedOtherwise(
        path: "labels.csv", line: 3, found: "Mass, Edema", label: "Mass")
    ) { try read("file,mrn,codes\na.png,1,Mass\nb.png,1,\"Mass, Edema\"\n", collection) }
    #expect(file.records[1].findings == [LabelSet.noFinding])
    collection.blank = .unknown
    let strict = try read("file,mrn,codes\na.png,1,Mass\nc.png,2,\n", collection)
    #expect(try cells(strict, ["Mass"]) == [[1], [nil]])
    // Of what was not looked for nothing is known; of what stands in a row it is.
    #expect(try cells(strict, ["Mass", "Hernia"]) == [[1, nil], [nil, nil]])
    #expect(try cells(strict, ["Mass", "Edema"]) == [[1, 0], [nil, nil]])
  }

  @Test func listsInBrackets() throws {
    var collection = hospital(.list(column: "codes"))
    collection.unknown = ["unchanged"]
    collection.unusable = ["exclude"]
    collection.kinds = ["laminar atelectasis": ["Atelectasis"]]
    collection.blank = .unknown
    let header = "file,mrn,codes\n"
    let file = try read(
      header + """
        a.png,1,"['Mass', ' laminar atelectasis', '']"
        b.png,2,"['unchanged', 'Mass']"
        c.png,2,"['unchanged']"
        d.png,3,"[""Hodgkin's"", 'it\\'s']"
        e.png,3,"['exclude', 'Mass']"
        f.png,4,[]
        """, collection)
    try #require(file.records.map(\.name) == ["a.png", "b.png", "c.png", "d.png", "f.png"])
    #expect(file.rowsLeftOut == ["findings": ["exclude": 1]])
    #expect(file.rowCount == 6)
    #expect(
      try cells(file, ["Mass", "Atelectasis"])
        == [[1, 1], [1, nil], [nil, nil], [0, 0], [nil, nil]])
    #expect(file.records[3].findings == ["Hodgkin's", "it's"])
    #expect(file.records.map(\.knowsFindings) == [true, true, false, true, false])
    #expect(file.records.map(\.namesAllFindings) == [true, false, false, true, false])
    for text in ["Mass", "['Mass'", "['Mass' 'Edema']", "['Mass]", "[Mass]"] {
      #expect(throws: DataError.self) { try read(header + "a.png,1,\"\(text)\"\n", collection) }
    }
  }

  @Test func whatLiesBelowANameIsUnknown() throws {
    var collection = hospital(.path(column: "codes", separator: "/"))
    collection.unknown = ["todo"]
    let file = try read(
      """
      file,mrn,codes
      a.png,1,Pneumonia/Viral/COVID-19
      b.png,2,Pneumonia
      c.png,3,Pneumonia/Bacterial
      d.png,4,No Finding
      e.png,5,todo
      """, collection)
    #expect(
      try cells(file, ["Pneumonia", "Viral", "COVID-19", "Bacterial"]) == [
        [1, 1, 1, 0], [1, nil, nil, nil], [1, 0, 0, 1], [0, 0, 0, 0], [nil, nil, nil, nil],
      ])
  }

  @Test func columnsWithTheirOwnWords() throws {
    var collection = hospital(.columns(["Mass", "Fluid"]))
    collection.renames = ["Fluid": "Effusion"]
    collection.values = CollectionDescription.ValueTexts(
      present: ["pos"], absent: ["neg"], uncertain: ["?"], unknown: ["not read"])
    let file = try read(
      "file,mrn,Mass,Fluid,Note\na.png,1,POS,?,7\nb.png,2,neg,not read,8\nc.png,3,,pos,9\n",
      collection)
    let labels = ["Mass", "Effusion"]
    #expect(try cells(file, labels) == [[1, nil], [0, nil], [0, 1]])
    #expect(try cells(file, labels, uncertain: .ones) == [[1, 1], [0, nil], [0, 1]])
    collection.blank = .unknown
    let strict = try read("file,mrn,Mass,Fluid\nc.png,3,,pos\n", collection)
    #expect(try cells(strict, labels) == [[nil, 1]])
    let wrong = try read("file,mrn,Mass,Fluid\nc.png,3,maybe,pos\n", collection)
    #expect(
      throws: DataError.unreadableLabel(path: "labels.csv", line: 2, label: "Mass", found: "maybe")
    ) { try cells(wrong, labels) }
    // None named: all columns that are nothing else.
    let all = try read("file,mrn,Mass,Edema\na.png,1,1,0\n", hospital(.columns([])))
    #expect(all.labelColumns == ["Mass", "Edema"])
    #expect(throws: DataError.self) { try read("file,mrn,Nodule\na.png,1,1\n", collection) }
  }

  @Test(arguments: [
    (CollectionDescription.Votes.majority, [1, 0, 0], [1, 0, 0]),
    (.any, [1, 1, 1], [1, 1, 0]), (.all, [0, 0, 0], [1, 0, 0]),
  ])
  func readersVote(votes: CollectionDescription.Votes, first: [Int], second: [Int]) throws {
    let labels = ["Mass", "Edema", "Nodule"]
    var boxes = hospital(.names(column: "finding", separator: nil))
    boxes.labels = labels
    boxes.readers = CollectionDescription.Readers(column: "reader", votes: votes)
    boxes.hasSeveralRowsAFilm = true
    // Three readers of a, the second with two boxes of one mass; two of b.
    let file = try read(
      """
      file,mrn,finding,reader
      a.png,1,Mass,R1
      a.png,1,Edema,R1
      b.png,2,Mass,R1
      a.png,1,Mass,R2
      a.png,1,Mass,R2
      b.png,2,Mass,R3
      b.png,2,Edema,R3
      a.png,1,Nodule,R3
      """, boxes)
    #expect(try cells(file, labels) == [first, second].map { $0.map { $0 } })
    #expect(file.notes.isEmpty)
    // One of b's two readers sees edema: no majority, and counted.
    let ties = votes == .majority ? 1 : 0
    #expect(file.tiedVotes == ties)
    var columns = hospital(.columns(labels))
    columns.readers = boxes.readers
    let table = try read(
      """
      file,mrn,reader,Mass,Edema,Nodule
      a.png,1,R1,1,1,0
      a.png,1,R2,1,0,0
      a.png,1,R3,0,0,1
      b.png,2,R1,1,0,0
      b.png,2,R3,1,1,0
      """, columns)
    #expect(try cells(table, labels) == [first, second].map { $0.map { $0 } })
    #expect(table.tiedVotes == ties)
    #expect(throws: DataError.self) { try read("file,mrn,finding,reader\na.png,1,Mass,\n", boxes) }
  }

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

  @Test func partsOfAColumn() throws {
    var collection = hospital(.names(column: "codes", separator: "|"))
    // One finding for all: parts are what is looked at.
    func split(
      _ column: CollectionDescription.SplitColumn, _ text: String
    ) throws -> (PatientSplit, LabelFile) {
      collection.split = column
      let file = try read(text, collection)
      return (try PatientSplit(records: file.records, by: column, seed: 0), file)
    }
    let sites = CollectionDescription.SplitColumn(
      column: "site", train: .texts(["A", "B"]), validation: .texts(["C"]), test: .texts(["D"]))
    let header = "file,mrn,codes,site\n"
    let (bySite, file) = try split(
      sites, header + "a,1,Mass,A\nb,2,Mass,B\nc,3,Mass,C\nd,4,Mass,D\ne,5,Mass,E\nf,1,Mass,\n")
    #expect(bySite.kind == .column)
    #expect(
      Subset.allCases.map { bySite.rows(of: $0, in: file.records) } == [[0, 1], [2], [3]])
    #expect(bySite.unlistedCount(in: file.records) == 2)
    let torn = header + "a,1,Mass,A\nb,2,Mass,B\nc,3,Mass,C\nd,1,Mass,D\ne,4,Mass,D\n"
    #expect(
      throws: DataError.patientAcrossParts(
        patient: "1", column: "site", first: "train", line: 2, second: "test", otherLine: 5)
    ) { _ = try split(sites, torn) }
    #expect(
      throws: DataError.emptyPartOfColumn(part: "validation", column: "site", others: ["c"])
    ) {
      collection.split = sites
      let file = try read(header + "a,1,Mass,A\nc,3,Mass,c\nd,4,Mass,D\n", collection)
      _ = try PatientSplit(
        records: file.records, by: sites, others: Array(file.valuesWithoutPart.keys), seed: 0)
    }
    var lenient = sites
    lenient.patientsInTwoParts = .leftOut
    let (whole, tornFile) = try split(lenient, torn)
    #expect(whole.patientsLeftOut == 1)
    #expect(
      Subset.allCases.map { whole.rows(of: $0, in: tornFile.records) } == [[1], [2], [4]])
    // By time, as numbers or as text; validation is drawn from the training patients.
    for (from, values) in [
      ("2014", (0..<20).map { "\(2000 + $0)" }),
      ("2014-01-01", (0..<20).map { "\(2000 + $0)-06-30" }),
    ] {
      let years = CollectionDescription.SplitColumn(
        column: "site", train: .range(from: nil, before: from),
        test: .range(from: from, before: nil))
      let text = header + values.enumerated().map { "f\($0),\($0),Mass,\($1)\n" }.joined()
      let (byYear, yearFile) = try split(years, text)
      #expect(byYear.rows(of: .test, in: yearFile.records) == Array(14..<20))
      #expect(byYear.patients(of: .validation).count == 2)
      #expect(byYear.patients(of: .train).count == 12)
    }
    // What cannot be compared is refused where it stands; a blank or NaN is in no part.
    let dates = CollectionDescription.SplitColumn(
      column: "site", train: .range(from: nil, before: "2014-02-01"),
      test: .range(from: "01.02.2014", before: nil))
    for (text, part) in [
      ("2014-01-31", Subset.train), ("2014-02-01 08:00", .test), ("31.01.2014", .train),
      ("20140201", .test), ("2014-01-31T23:59", .train),
    ] {
      collection.split = dates
      #expect(
        try read(header + "a,1,Mass,\(text)\n", collection).records.first?.part == part, "\(text)")
    }
    collection.split?.test = .range(from: "2014-01-15", before: nil)
    #expect(throws: DataError.self) { try collection.validate() }
    let years = CollectionDescription.SplitColumn(
      column: "site", train: .range(from: nil, before: "2014"),
      test: .range(from: "2014", before: nil))
    collection.split = years
    let some = try read(
      header + "a,1,Mass,2012\nb,2,Mass,\nc,3,Mass,NaN\nd,4,Mass,2014\n", collection)
    #expect(some.records.map(\.part) == [.train, nil, nil, .test])
    for text in ["n.d.", "2014-01-01", "05/03/2013"] {
      #expect(throws: DataError.self, "\(text)") {
        try read(header + "a,1,Mass,2012\nb,2,Mass,\(text)\n", collection)
      }
    }
    collection.split?.test = .texts(["2013"])
    #expect(
      throws: DataError.noPlaceInSplit(
        path: "labels.csv", line: 2, column: "site", found: "2013", isInTwoParts: true)
    ) { try read(header + "a,1,Mass,2013\n", collection) }
    #expect(try read(header + "a,1,Mass,2012\n", collection).records.first?.part == .train)
    for (from, before) in [("x", nil), ("2014", "2013"), ("2014-01-01", "2015")]
      as [(String?, String?)]
    {
      collection.split?.test = .range(from: from, before: before)
      #expect(throws: DataError.self) { try collection.validate() }
    }
    var twice = sites
    twice.test = .texts(["A"])
    collection.split = twice
    #expect(throws: DataError.self) { try collection.validate() }
  }

  @Test func listsOfOtherFilms() throws {
    let records = try (0..<40).map {
      FilmRecord(name: "f\($0).png", findings: [], patient: try #require(PatientID("\($0)")))
    }
    let files = try TemporaryFolder()
    func list(_ name: String, _ films: [Int]) throws -> String {
      try files.write(films.map { "f\($0).png\n" }.joined(), to: name)
    }
    let train = try list("train.txt", Array(0..<25) + [100, 101])
    let test = try list("test.txt", Array(30..<40) + [102])
    #expect(throws: DataError.self) {
      try PatientSplit(records: records, trainList: train, testList: test, seed: 0)
    }
    let split = try PatientSplit(
      records: records, trainList: train, testList: test, allowsStrangers: true, seed: 0)
    #expect(split.strangerCount == 3)
    #expect(split.rows(of: .test, in: records) == Array(30..<40))
    #expect(split.patients(of: .validation).count == 4)
    #expect(split.unlistedCount(in: records) == 5)
    let validation = try list("validation.txt", Array(25..<30))
    let own = try PatientSplit(
      records: records, trainList: train, testList: test, validationList: validation,
      allowsStrangers: true, seed: 0)
    #expect(own.rows(of: .train, in: records) == Array(0..<25))
    #expect(own.rows(of: .validation, in: records) == Array(25..<30))
    #expect(own.listsSHA256 != split.listsSHA256)
    // A patient in two lists leaks, and a list of another collection is none of this one's.
    let leaking = try list("leaking.txt", [0, 26])
    #expect(throws: DataError.patientInTwoParts(patient: "0", first: "train", second: "validation"))
    {
      try PatientSplit(
        records: records, trainList: train, testList: test, validationList: leaking,
        allowsStrangers: true, seed: 0)
    }
    let other = try list("other.txt", [200, 201])
    #expect(throws: DataError.self) {
      try PatientSplit(
        records: records, trainList: train, testList: other, allowsStrangers: true, seed: 0)
    }
  }

  @Test func partnersOfLabels() throws {
    let file = try read(
      "file,mrn,Nodule,Lump,Edema\na.png,1,0,1,0\nb.png,2,0,-1,1\nc.png,3,1,-1,0\nd.png,4,0,0,0\n",
      hospital(.columns([])))
    let labels = ["Mass", "Edema", "Hernia"]
    let partners = ["Mass": ["Nodule", "Lump"], "Hernia": []]
    #expect(
      try cells(file, labels, partners: partners)
        == [[1, 0, nil], [nil, 1, nil], [1, 0, nil], [0, 0, nil]])
    #expect(
      try cells(file, labels, uncertain: .zeros, partners: partners)
        == [[1, 0, nil], [0, 1, nil], [1, 0, nil], [0, 0, nil]])
  }

  @Test func headersTellTheCollection() throws {
    let files = try TemporaryFolder()
    func recognised(_ header: String) throws -> String? {
      let path = try files.write(header + "\nx\n", to: "labels.csv")
      return CollectionDescription.recognised(labelFile: path)?.name
    }
    let observations =
      "No Finding,Enlarged Cardiomediastinum,Cardiomegaly,Lung Opacity,Lung Lesion,Edema,Consolidation,Pneumonia,"
      + "Atelectasis,Pneumothorax,Pleural Effusion,Pleural Other,Fracture,Support Devices"
    #expect(try recognised("Path,Sex,Age,Frontal/Lateral,AP/PA," + observations) == "chexpert")
    #expect(try recognised("subject_id,study_id," + observations) == "mimic-cxr")
    #expect(
      try recognised("image_id;class_name;class_id;rad_id;x_min;y_min;x_max;y_max") == "vindr-cxr")
    #expect(try recognised("patientId,x,y,width,height,Target") == "rsna-pneumonia")
    // What may be another file is not guessed.
    for header in [
      "Path,Sex,Age," + observations, "Path,Edema", "patientId,Target",
      "Image Index,Finding Labels,Patient ID", "image_id,class_name",
      "dicom_id,subject_id,study_id," + observations, "Path,subject_id,study_id," + observations,
      // Columns of one's own may mean that somebody has worked on the file.
      "Path,Sex,Age,Frontal/Lateral,AP/PA,Patient ID," + observations,
      "Path,Sex,Age,Frontal/Lateral,AP/PA,Emphysema," + observations,
      "image_id,class_name,rad_id", "patientId,x,y,width,height,Target,hospital",
      // Two columns that other tasks have too.
      "ImageId, EncodedPixels",
    ] { #expect(try recognised(header) == nil, "\(header)") }
    #expect(try recognised("\u{1F}\u{8B}\0\0") == nil)
    // A long file of old line ends, cut within a letter, is as certain.
    let path = try files.write(
      "patientId,x,y,width,height,Target\r"
        + String(repeating: "é,,,,,0\r", count: 40_000), to: "old.csv")
    #expect(CollectionDescription.recognised(labelFile: path)?.name == "rsna-pneumonia")
    // Where nothing is certain, the message names what fits.
    let siim = try files.write("ImageId, EncodedPixels\nx,-1\n", to: "siim.csv")
    do {
      _ = try LabelFile(path: siim)
      Issue.record("read without a description")
    } catch let error as DataError {
      #expect(error.remedies == [.readAs(collection: "siim")])
    }
  }

  @Test func descriptionsOutliveTheirText() throws {
    for (name, shapes) in CollectionDescription.builtIn {
      for shape in shapes {
        try shape.validate()
        #expect(shape.name == name)
        #expect(Set(shape.labels).count == shape.labels.count)
        let data = try JSONEncoder().encode(shape)
        #expect(try JSONDecoder().decode(CollectionDescription.self, from: data) == shape)
      }
    }
  }

  @Test func nihsLabelsAreAllThatWasLookedFor() throws {
    let text =
      "Image Index,Finding Labels,Patient ID\na.png,Mass,1\nb.png,No Finding,2\nc.png,NaN,3\n"
    let described = try read(text, .nih)
    let labels = ["Mass", "Hernia", "Fracture"]
    let known = LabelSet.nih14 + labels
    func cells(_ file: LabelFile) throws -> [[Int?]] {
      let matrix = try LabelMatrix(file, labels: labels, vocabulary: known)
      return (0..<matrix.rowCount).map { matrix.row($0).map { $0.isNaN ? nil : Int($0) } }
    }
    #expect(try cells(described) == [[1, 0, nil], [0, 0, nil], [nil, nil, nil]])
    // Without a description a label that no row has may be absent.
    let plain = try LabelFile(contents: Array(text.utf8), path: "labels.csv")
    #expect(try cells(plain) == [[1, 0, 0], [0, 0, 0], [nil, nil, nil]])
  }

  @Test func doubtfulVotesDecideNothing() throws {
    var columns = hospital(.columns(["Mass"]))
    columns.readers = CollectionDescription.Readers(column: "reader")
    func votes(_ said: [String]) throws -> Int? {
      let rows = said.enumerated().map { "a.png,1,R\($0),\($1)\n" }.joined()
      return try cells(read("file,mrn,reader,Mass\n" + rows, columns), ["Mass"])[0][0]
    }
    #expect(try votes(["1", "-1", "-1"]) == nil)
    #expect(try votes(["1", "1", "-1"]) == 1)
    #expect(try votes(["0", "0", "-1"]) == 0)
    #expect(try votes(["1", "0", "NaN"]) == nil)
    #expect(try votes(["", "", ""]) == 0)
    columns.blank = .unknown
    #expect(try votes(["", "", ""]) == nil)
    #expect(try votes(["1", "1", ""]) == 1)
    columns.readers?.votes = .all
    #expect(try votes(["1", "1", "-1"]) == nil)
    #expect(try votes(["1", "0", "-1"]) == 0)
    // A reader's second row may not say something else.
    columns.readers?.votes = .any
    let torn = try read(
      "file,mrn,reader,Mass\na.png,1,R1,0\na.png,1,R1,1\na.png,1,R2,1\n", columns)
    do {
      _ = try cells(torn, ["Mass"])
      Issue.record("a reader's contradiction was read")
    } catch let error as DataError {
      #expect(error.description.contains("line 3"), "\(error)")
    }
    // One reader's healthy film is another's finding; half of them are no majority, which is counted.
    var healthy = hospital(.columns(["No Finding", "Mass"]))
    healthy.readers = CollectionDescription.Readers(column: "reader", votes: .any)
    let text = "file,mrn,reader,No Finding,Mass\na.png,1,R1,1,0\na.png,1,R2,0,1\n"
    #expect(try cells(read(text, healthy), ["Mass"]) == [[1]])
    healthy.readers?.votes = .majority
    #expect(try cells(read(text, healthy), ["Mass"]) == [[0]])
    #expect(try read(text, healthy).tiedVotes == 2)
    columns.readers?.column = "redaer"
    #expect(throws: DataError.self) { try votes(["1", "1", "1"]) }

    var names = hospital(.names(column: "codes", separator: ";"))
    names.readers = CollectionDescription.Readers(column: "reader")
    names.unknown = ["unchanged"]
    names.labels = ["Mass", "Edema"]
    func found(_ said: [String]) throws -> [Int?] {
      let rows = said.enumerated().map { "a.png,1,R\($0),\($1)\n" }.joined()
      return try #require(
        cells(read("file,mrn,reader,codes\n" + rows, names), names.labels).first)
    }
    #expect(try found(["Mass;unchanged", "Mass;unchanged", "Mass"]) == [1, nil])
    #expect(try found(["Mass;unchanged", "Mass", "Mass"]) == [1, 0])
    #expect(try found(["unchanged", "Mass", "No Finding"]) == [nil, 0])
    #expect(try found(["unchanged", "unchanged", "unchanged"]) == [nil, nil])
  }

  @Test func oneRowsDoubtOutlivesAnother() throws {
    var collection = hospital(.names(column: "codes", separator: ";"))
    collection.labels = ["Mass", "Edema"]
    collection.unknown = ["unchanged"]
    let text = "file,mrn,codes\na.png,1,Mass\na.png,1,unchanged\nb.png,1,Mass\nb.png,1,\n"
    #expect(try cells(read(text, collection), ["Mass", "Edema"]) == [[1, nil], [1, 0]])
    collection.blank = .unknown
    #expect(try cells(read(text, collection), ["Mass", "Edema"]) == [[1, nil], [1, nil]])
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

  @Test func whatIsDescribedMeansOneThing() throws {
    var collection = hospital(.names(column: "codes", separator: ";"))
    let text = "file,mrn,codes\na.png,1,Exclude\nb.png,2,Mass\n"
    collection.unusable = ["exclude"]
    // Almost the description's name is asked about, and not taken for another.
    #expect(throws: DataError.self) { try read(text, collection) }
    collection.unusable = ["exlude"]
    #expect(try read(text, collection).unusedNames == ["exlude"])
    collection.unusable = ["Exclude"]
    #expect(try read(text, collection).records.count == 1)
    collection.unknown = ["Exclude"]
    #expect(throws: DataError.self) { try collection.validate() }
    var columns = hospital(.columns(["Mass", "Edma"]))
    #expect(throws: DataError.self) { try read("file,mrn,Mass,Edema\na.png,1,1,0\n", columns) }
    columns.values = CollectionDescription.ValueTexts(present: ["1"], absent: ["0", "1"])
    #expect(throws: DataError.self) { try columns.validate() }
    columns.values = nil
    columns.findings = .columns(["Mass", "Mass"])
    #expect(throws: DataError.self) { try columns.validate() }
    var bars = hospital(.bars(column: "codes"))
    bars.renames = ["Lump": "Mass"]
    #expect(try cells(read("file,mrn,codes\na.png,1,Lump|Edema\n", bars), ["Mass"]) == [[1]])
    bars.blank = .unknown
    #expect(throws: DataError.self) { try bars.validate() }
  }

  @Test func labelsBelowOthersAreStated() throws {
    let file = try read(
      "patientid,finding,filename,view,sex,age,modality\n1,Pneumonia,a.png,PA,M,5,X-ray\n"
        + "2,Pneumonia/Viral,b.png,PA,M,5,X-ray\n3,No Finding,c.png,PA,M,5,X-ray\n",
      .covidChestXRay)
    #expect(
      try cells(file, ["Viral", "Bacterial", "COVID-19"])
        == [[nil, nil, nil], [1, 0, nil], [0, 0, 0]])
  }

  @Test(arguments: [
    ("-1", 0), ("-1.0", 0), ("557374 2 1015 8", 1), ("- 1", nil), ("0", nil), ("a mask", nil),
    ("5 6 7", nil), ("", nil),
  ])
  func outlinesAreRunLengths(text: String, expected: Int?) throws {
    let file = try read("ImageId,EncodedPixels\nx.1,\(text)\n", .siim, patients: .eachFilm)
    if text.isEmpty || expected != nil {
      #expect(try cells(file, ["Pneumothorax"]) == [[expected]])
    } else {
      #expect(throws: DataError.self) { try cells(file, ["Pneumothorax"]) }
    }
  }

  @Test func healthyFilmsAreALabelToo() throws {
    let described = try read(
      "Image Index,Finding Labels,Patient ID\na.png,Mass,1\nb.png,No Finding,2\n", .nih)
    #expect(try cells(described, ["Mass", "No Finding"]) == [[1, 0], [0, 1]])
  }

  @Test func earlierVersionsSaidLess() throws {
    let text = """
      {"name": "old", "film": "f", "findings": {"bars": {"column": "c"}}, "patient": {"column": {"_0": "p"}}}
      """
    let old = try JSONDecoder().decode(CollectionDescription.self, from: Data(text.utf8))
    #expect(
      old
        == CollectionDescription(
          name: "old", film: "f", patient: .column("p"), findings: .bars(column: "c")))
  }

  @Test func filmsOfUnknownFindingsHaveNoCountOfLabels() throws {
    var collection = hospital(.names(column: "codes", separator: ";"))
    collection.labels = ["Mass", "Edema"]
    collection.blank = .unknown
    let file = try read("file,mrn,codes\na.png,1,Mass\nb.png,2,\nc.png,3,No Finding\n", collection)
    let matrix = try LabelMatrix(file, labels: collection.labels)
    #expect(matrix.labelsPerFilm(in: [0, 1, 2]) == [1, 1])
  }

  @Test func leadingFoldersDoNotCount() {
    let rule = FilmNameRule(droppedFolderCount: 1)
    #expect(rule.key(of: "A/b/c.png") == "b/c.png")
    #expect(rule.key(of: "c.png") == "c.png")
    #expect(FilmNameIndex(["A/b/c.png"], rule: rule).place(of: "B/b/c.png") == 0)
  }
}
