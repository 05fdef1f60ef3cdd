import CXRTestSupport
import Testing

@testable import CXRData

// Parts of a split, by a column or by lists.

extension CollectionTests {
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
}
