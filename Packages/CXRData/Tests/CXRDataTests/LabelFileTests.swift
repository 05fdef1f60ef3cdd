import Testing

@testable import CXRData

@Suite struct LabelFileTests {
  private let header =
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    + "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]"

  private func file(_ text: String) throws -> LabelFile {
    try LabelFile(contents: Array(text.utf8), path: "labels.csv")
  }

  @Test func readsBothSpellingsOfNIHsHeader() throws {
    let row = "1.png,Mass|Edema,2,00000013,058Y,M,PA,2682,2749,0.143,0.143"
    let quoted = header.split(separator: ",").map(String.init).joined(separator: ",")
      .replacing("OriginalImage[Width,Height]", with: "\"OriginalImage[Width,Height]\"")
      .replacing("OriginalImagePixelSpacing[x,y]", with: "\"OriginalImagePixelSpacing[x,y]\"")
    for text in ["\(header)\n\(row)\n", "\(header),\n\(row),\n", "\(quoted)\n\(row)\n"] {
      let record = try #require(try file(text).records.first)
      #expect(record.name == "1.png" && record.findings == ["Mass", "Edema"])
      #expect(record.patient == PatientID("13") && record.followUp == 2)
      #expect(record.age?.years == 58 && record.sex == "M" && record.view == "PA")
    }
  }

  @Test func needsThreeColumnsOnly() throws {
    let file = try file("Patient ID,Finding Labels,Image Index\n7,No Finding,a.jpg\n")
    let record = try #require(file.records.first)
    #expect(record.findings == ["No Finding"] && record.age == nil && record.view == nil)
    #expect(throws: DataError.self) { try self.file("Image Index,Finding Labels\na,b\n") }
  }

  @Test func namesTheLineOfAWrongFieldCount() {
    #expect(
      throws: DataError.wrongFieldCount(path: "labels.csv", line: 3, expected: 3, found: 2)
    ) {
      try file("Image Index,Finding Labels,Patient ID\na,b,1\nc,d\n")
    }
  }

  @Test func namesTheLineOfAMissingValue() {
    #expect(
      throws: DataError.rowsWithoutPatient(path: "labels.csv", lines: [2], found: "")
    ) {
      try file("Image Index,Finding Labels,Patient ID\na,b,\n")
    }
    #expect(throws: DataError.noRows(path: "labels.csv")) {
      try file("Image Index,Finding Labels,Patient ID\n")
    }
    #expect(throws: DataError.self) { try file("") }
  }

  @Test func keepsAndFlagsOddAges() throws {
    let file = try file(
      "Image Index,Finding Labels,Patient ID,Patient Age\na,x,1,411\nb,x,1,060Y\nc,x,1,012M\nd,x,1,old\ne,x,1,?\n"
    )
    #expect(file.records.map { $0.age?.years } == [411, 60, 1, nil, nil])
    #expect(
      file.notes.map(\.problem) == [.implausibleAge(411), .unreadableAge("old")])
  }

  @Test func flagsAFilmListedTwice() throws {
    let file = try file("Image Index,Finding Labels,Patient ID\na,x,1\nb,x,1\na,y,1\na,z,1\n")
    #expect(file.records.map(\.name) == ["a", "b"] && file.rowCount == 4)
    #expect(file.records.first?.findings == ["x", "y", "z"])
    #expect(
      file.notes.map(\.problem) == [
        .duplicateFilm(firstLine: 2, sameFindings: false),
        .duplicateFilm(firstLine: 2, sameFindings: false),
      ])
  }

  @Test func refusesAFilmOfTwoPatients() {
    #expect(
      throws: DataError.filmOfTwoPatients(
        path: "labels.csv", line: 3, film: "a", patient: "2", otherLine: 2, other: "1")
    ) { try file("Image Index,Finding Labels,Patient ID\na,x,1\na,x,2\n") }
  }

  @Test func survivesAbsurdAges() throws {
    let file = try file("Image Index,Finding Labels,Patient ID,Patient Age\na,x,1,1e300\n")
    #expect(file.notes.map(\.problem.description) == ["age of 1e+300 years"])
  }

  @Test func flagsContradictionsAndBlanks() throws {
    let file = try file(
      "Image Index,Finding Labels,Patient ID\na,No Finding|Mass,1\nb,,1\nc,Mass,2\n")
    #expect(file.notes.map(\.problem) == [.contradiction, .noLabels])
    #expect(throws: DataError.self) {
      try LabelFile(contents: [0x1F, 0x8B, 8, 0], path: "labels.csv.gz")
    }
  }

  @Test func readsAgesInEveryUnit() {
    #expect(PatientAge("058Y")?.years == 58)
    #expect(PatientAge("7")?.years == 7)
    #expect(PatientAge("006M")?.years == 0.5)
    #expect(PatientAge("-3") == nil && PatientAge("") == nil && PatientAge("Y") == nil)
  }

  @Test func ordersPatientsByNumberThenByText() {
    let sorted = ["10", "9", "b", "010", "a"].compactMap { PatientID($0) }.sorted()
    #expect(sorted.map(\.description) == ["9", "10", "10", "a", "b"])
    #expect(PatientID("  ") == nil)
    #expect(PatientID("13.0") == PatientID("00013") && PatientID("13.5") != PatientID("13"))
  }

  @Test func findsWhatCannotAllBeTrue() throws {
    let text = """
      Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender
      00000001_000.png,Mass,0,1,50,M
      00000001_001.png,Mass,1,1,52,M
      00000001_002.png,Mass,2,1,51,F
      00000002_000.png,Mass,1,2,060Y,F
      00000002_001.png,Mass,0,2,061Y,F
      00000003_000.png,Mass,0,4,40,M
      other.png,Mass,0,5,40,M
      00000006_000.png,Mass,0,6,412,M
      00000006_001.png,Mass,1,6,40,M
      """
    let file = try LabelFile(contents: Array(text.utf8), path: "t.csv")
    let found = file.notes.filter { $0.problem.kind != "implausible_age" }.map {
      "\($0.line) \($0.film) \($0.problem.description)"
    }
    #expect(
      found == [
        "4 00000001_002.png the patient is 51.0 years old here, but 52.0 on line 3, with a lower "
          + "follow-up number",
        "4 00000001_002.png the patient's sex is F here and M on line 2",
        "5 00000002_000.png the patient is 60.0 years old here, but 61.0 on line 6, with a lower "
          + "follow-up number",
        "7 00000003_000.png the name begins with the number of patient 3",
      ])
  }

  @Test func tellsTheRevisionByItsCounts() throws {
    func records(pneumonia: Int, rows: Int = 112_120) throws -> [FilmRecord] {
      var text = "Image Index,Finding Labels,Patient ID\n"
      for i in 0..<rows {
        text += "\(i).png,\(i < pneumonia ? "Mass|Pneumonia" : "No Finding"),\(i % 30_805)\n"
      }
      return try LabelFile(contents: Array(text.utf8), path: "t.csv").records
    }
    #expect(NIHRevision(try records(pneumonia: 1353)) == .pneumonia1353)
    #expect(NIHRevision(try records(pneumonia: 1431)) == .pneumonia1431)
    #expect(NIHRevision(try records(pneumonia: 1430)) == nil)
    #expect(NIHRevision(try records(pneumonia: 1431, rows: 112_119)) == nil)
  }
}
