import Testing

@testable import CXRData

/// Several rows a film, values that stand for none, and identifiers.
@Suite struct FilmRowsTests {
  private func file(_ text: String) throws -> LabelFile {
    try LabelFile(contents: Array(text.utf8), path: "t.csv")
  }

  @Test func aFindingARowIsOneFilm() throws {
    let file = try file(
      """
      Image Index,Finding Labels,Patient ID,Patient Age,x,y
      a.png,Mass,1,58,10,20
      a.png,Nodule,1,58,30,40
      b.png,No Finding,2,,,
      a.png,Mass,1,,50,60
      """)
    try #require(file.records.map(\.name) == ["a.png", "b.png"] && file.rowCount == 4)
    #expect(file.records[0].findings == ["Mass", "Nodule"] && file.records[0].age?.years == 58)
    #expect(
      file.notes.map(\.problem) == [
        .duplicateFilm(firstLine: 2, sameFindings: false),
        .duplicateFilm(firstLine: 2, sameFindings: true),
      ])
  }

  @Test func columnsOfLabelsAreJoined() throws {
    let file = try file("Path,Patient ID,A,B,C,D\nx,1,1,,nan,-1\nx,1,,0,1,\nx,1,,,,\n")
    let matrix = try LabelMatrix(file, labels: ["A", "B", "C", "D"])
    #expect(matrix.row(0).map { $0.isNaN ? -1 : $0 } == [1, 0, 1, -1])
  }

  @Test(arguments: [
    ("a,Mass,1,58,M,PA", "a,Mass,1,59,M,PA", "age"),
    ("a,Mass,1,58,M,PA", "a,Mass,1,58,F,PA", "sex"),
    ("a,Mass,1,58,M,PA", "a,Mass,1,58,M,AP", "view"),
    ("a,No Finding,1,,,", "a,Mass,1,,,", "findings"),
  ])
  func contradictionsNameBothLines(first: String, second: String, column: String) throws {
    let header = "Image Index,Finding Labels,Patient ID,Patient Age,Patient Gender,View Position\n"
    let error = #expect(throws: DataError.self) {
      try file(header + first + "\nb,Mass,2,,,\n" + second)
    }
    guard case .contradictoryRows(_, 4, "a", column, _, 2, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    // The remedy, to remove one of the two, is read.
    #expect(try file(header + first + "\nb,Mass,2,,,\n").records.count == 2)
  }

  @Test func contradictionsOfLabelsNameTheColumn() throws {
    #expect(
      throws: DataError.contradictoryRows(
        path: "t.csv", line: 3, film: "x", column: "B", found: "0", otherLine: 2, other: "1")
    ) {
      try LabelMatrix(try file("Path,Patient ID,A,B\nx,1,1,1\nx,1,1,0\n"), labels: ["A", "B"])
    }
    // Of a column that nobody asks for they are nobody's concern, as of a fold.
    #expect(
      try LabelMatrix(try file("Path,Patient ID,A,B\nx,1,1,1\nx,1,1,0\n"), labels: ["A"]).row(0)
        == [1])
  }

  @Test(arguments: ["nan", "NaN", "N/A", "NA", "NULL", "None", "-", "?", ""])
  func aPatientWithoutIdentifierIsRefused(text: String) throws {
    #expect(PatientID(text) == nil)
    #expect(
      throws: DataError.rowsWithoutPatient(path: "t.csv", lines: [3], found: text)
    ) { try file("Image Index,Finding Labels,Patient ID\na,x,1\nb,x,\(text)\n") }
    #expect(throws: DataError.self) {
      try file("Image Index,Finding Labels,Patient ID\na,x,1\n\(text),x,2\n")
    }
  }

  @Test func identifiersThatLostDigitsAreRefused() throws {
    for text in ["1.23E+10", "1E+05", "\"1,23E+10\""] {
      #expect(throws: DataError.self) {
        try file("Image Index,Finding Labels,Patient ID\na,x,\(text)\n")
      }
    }
    for text in ["1E5", "E+1", "12e+x", "a1e+2"] {
      #expect(
        try file("Image Index,Finding Labels,Patient ID\na,x,\(text)\n").records.first?.patient
          .description == text)
    }
  }

  @Test(arguments: ["nan", "N/A", "null", "-", "?", "#N/A"])
  func missingAgesAndViewsAreMissing(text: String) throws {
    let file = try file(
      "Image Index,Finding Labels,Patient ID,Patient Age,Patient Gender,View Position\n"
        + "a,x,1,\(text),\(text),\(text)\n")
    let record = try #require(file.records.first)
    #expect(record.age == nil && record.sex == nil && record.view == nil)
    #expect(file.notes.isEmpty)
  }

  @Test func valuesOfLabelColumns() throws {
    let cells = [
      "1", "1.0", "1.00", "True", "TRUE", "yes", "0", "0.0", "0.00", "False", "no", "", "-1",
      "-1.0",
      "nan", "N/A", "?",
    ]
    let lines = cells.enumerated().map { "\($0),\($0),\($1)\n" }.joined()
    let matrix = try LabelMatrix(try file("Path,Patient ID,Mass\n" + lines), labels: ["Mass"])
    try #require(matrix.rowCount == cells.count)
    let rows = FilmRow(0)..<FilmRow(cells.count)
    let read = rows.map { matrix.isKnown($0, 0) ? (matrix[$0, 0] ? "1" : "0") : "?" }
    #expect(read.joined() == "11111100000" + "0" + "?????")
    for cell in ["2", "0.7", "x", "1 0", "0x1"] {
      #expect(
        throws: DataError.unreadableLabel(path: "t.csv", line: 2, label: "Mass", found: cell)
      ) {
        try LabelMatrix(try file("Path,Patient ID,Mass\na,1,\(cell)\n"), labels: ["Mass"])
      }
    }
    // Records alone are as strict.
    #expect(throws: DataError.self) {
      try LabelMatrix(try file("Path,Patient ID,Mass\na,1,2\n").records, labels: ["Mass"])
    }
  }

  @Test func theLineAtFaultIsTheOneThatSaidIt() throws {
    #expect(
      throws: DataError.contradictoryRows(
        path: "t.csv", line: 4, film: "a", column: "sex", found: "F", otherLine: 3, other: "M")
    ) {
      try file("Image Index,Finding Labels,Patient ID,Sex\na,Mass,1,\na,Mass,1,M\na,Mass,1,F\n")
    }
    #expect(
      throws: DataError.contradictoryRows(
        path: "t.csv", line: 4, film: "a", column: "Mass", found: "1", otherLine: 3, other: "0")
    ) {
      try LabelMatrix(try file("Path,Patient ID,Mass\na,1,\na,1,0\na,1,1\n"), labels: ["Mass"])
    }
    #expect(throws: DataError.self) {
      try file("Path,Patient ID,No Finding,Mass\na,1,1,\na,1,,1\n")
    }
  }

  @Test func onePatientWrittenInTwoWaysIsRefused() throws {
    let header = "Image Index,Finding Labels,Patient ID\n"
    for (one, other) in [
      ("P3", "p3"), ("P3", "p-3"), ("P-003", "P_3"), ("3", "+3"), ("3", "'3"), ("x 1", "X-1"),
      ("AB0012b", "ab 12 B"),
    ] {
      #expect(
        throws: DataError.nearPatients(
          path: "t.csv", line: 2, first: one, otherLine: 3, second: other), "\(one) \(other)"
      ) { try file(header + "a,x,\(one)\nb,x,\(other)\n") }
    }
    #expect(try file(header + "a,x,3\nb,x,\"3,0\"\nc,x,\"=\"\"003\"\"\"\n").patients.count == 1)
    #expect(
      try file(header + "a,x,1-11\nb,x,11-1\nc,x,A\nd,x,A0\ne,x,P10\nf,x,P1\n").patients.count == 6)
    #expect(
      throws: DataError.rowsWithoutPatient(path: "t.csv", lines: [2, 4], found: "unknown")
    ) { try file(header + "a,x,unknown\nb,x,2\nc,x,-1\n") }
  }

  @Test func labelsInColumnsBesideNamesAndPatients() throws {
    let columns = try file("Image Index,Patient ID,Mass,Own\na,1,1,0\nb,2,0,1\n")
    #expect(columns.hasColumnPerLabel)
    #expect(try LabelMatrix(columns, labels: ["Mass", "Own"]).row(1) == [0, 1])
    // Beside a column of findings they must say the same.
    let both = "Image Index,Finding Labels,Patient ID,Mass,Nodule\n"
    #expect(
      try file(both + "a,Mass,1,1,0\nb,No Finding,2,0,\n").records.first?.findings == ["Mass"])
    #expect(
      throws: DataError.contradictoryColumn(
        path: "t.csv", line: 3, film: "b", label: "Nodule", value: "1", findings: "Mass")
    ) { try file(both + "a,Mass,1,1,0\nb,Mass,2,1,1\n") }
  }
}
