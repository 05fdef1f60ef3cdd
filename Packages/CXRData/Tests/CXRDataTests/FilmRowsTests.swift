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
    #expect(file.records.map(\.name) == ["a.png", "b.png"] && file.rowCount == 4)
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
      throws: DataError.invalidField(path: "t.csv", line: 3, column: "Patient ID", found: text)
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
        try file("Image Index,Finding Labels,Patient ID\na,x,\(text)\n").records[0].patient
          .description == text)
    }
  }

  @Test(arguments: ["nan", "N/A", "null", "-", "?", "#N/A"])
  func missingAgesAndViewsAreMissing(text: String) throws {
    let file = try file(
      "Image Index,Finding Labels,Patient ID,Patient Age,Patient Gender,View Position\n"
        + "a,x,1,\(text),\(text),\(text)\n")
    #expect(file.records[0].age == nil && file.records[0].sex == nil && file.records[0].view == nil)
    #expect(file.notes.isEmpty)
  }

  @Test func valuesOfLabelColumns() throws {
    let cells = [
      "1", "1.0", "1.00", "True", "TRUE", "yes", "0", "0.0", "0.00", "False", "no", "", "-1",
      "-1.0",
      "nan", "N/A", "?",
    ]
    let rows = cells.enumerated().map { "\($0),\($0),\($1)\n" }.joined()
    let matrix = try LabelMatrix(try file("Path,Patient ID,Mass\n" + rows), labels: ["Mass"])
    let read = cells.indices.map { matrix.isKnown($0, 0) ? (matrix[$0, 0] ? "1" : "0") : "?" }
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
}
