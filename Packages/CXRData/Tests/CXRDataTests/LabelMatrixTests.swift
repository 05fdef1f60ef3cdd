import Testing

@testable import CXRData

@Suite struct LabelMatrixTests {
  private func records(_ findings: [String]) throws -> [FilmRecord] {
    let rows = findings.enumerated().map { "\($0).png,\($1),\($0 % 3)\n" }.joined()
    return try LabelFile(
      contents: Array(("Image Index,Finding Labels,Patient ID\n" + rows).utf8), path: "t.csv"
    ).records
  }

  @Test func matchesWholeTokensAndCountsOthers() throws {
    let matrix = try LabelMatrix(
      records(["Mass", "Massive", "Mass|Edema", "No Finding", "Edema|Odd|Odd2"]),
      labels: ["Edema", "Mass"])
    try #require(matrix.rowCount == 5 && matrix.labels.count == 2)
    #expect((0..<5).map { matrix[$0, 1] } == [true, false, true, false, false])
    #expect(matrix.row(2) == [1, 1])
    #expect(matrix.otherLabels == ["Massive": 1, "Odd": 1, "Odd2": 1])
    #expect(matrix.positives(in: Array(0..<5)) == [2, 2])
    #expect(matrix.labelsPerFilm(in: Array(0..<5)) == [2, 2, 1])
  }

  @Test func weighsBothKindsAlike() throws {
    let matrix = try LabelMatrix(
      records(["A", "A", "B", "A", "No Finding"]), labels: ["A", "B", "C"], vocabulary: ["C"])
    let weights = ClassWeight.weights(of: matrix, rows: Array(0..<5))
    try #require(weights.count == 3)
    #expect(weights[0] == ClassWeight(label: "A", negative: 5 / 4, positive: 5 / 6))
    #expect(weights[2] == ClassWeight(label: "C", negative: 0.5, positive: nil))
  }

  @Test func refusesEmptyAndRepeatedLabels() throws {
    #expect(throws: DataError.self) { try LabelMatrix(try records(["A"]), labels: []) }
    #expect(throws: DataError.self) { try LabelMatrix(try records(["A"]), labels: ["A", "A"]) }
  }

  @Test func refusesLabelsThatNothingHas() throws {
    let records = try records(["Fracture", "Mass"])
    let error = #expect(throws: DataError.self) { try LabelMatrix(records, labels: ["Fractur"]) }
    #expect(
      error
        == .unknownLabel(
          path: nil, label: "Fractur", known: ["Fracture", "Mass"], nearest: "Fracture"))
    #expect(error?.remedies == [.askForLabel("Fracture", insteadOf: "Fractur")])
    // NIH's, and those that are stated, are labels though no row has them.
    let matrix = try LabelMatrix(
      records, labels: ["Hernia", "Own"], vocabulary: LabelSet.nih14 + ["Own"])
    #expect(matrix.positives(in: [0, 1]) == [0, 0] && matrix.unknowns(in: [0, 1]) == [0, 0])
  }

  @Test func aLabelWithoutColumnIsUnknown() throws {
    let file = try LabelFile(
      contents: Array("Path,Patient ID,Mass\na,1,0\nb,2,1\n".utf8), path: "t.csv")
    for matrix in [
      try LabelMatrix(file, labels: ["Mass", "Hernia"]),
      try LabelMatrix(file.records, labels: ["Mass", "Hernia"]),
    ] {
      #expect(matrix.unknowns(in: [0, 1]) == [0, 2] && matrix.positives(in: [0, 1]) == [1, 0])
    }
    #expect(throws: DataError.self) { try LabelMatrix(file, labels: ["Mass", "Own"]) }
    let near = try LabelFile(
      contents: Array("Path,Patient ID,mass\na,1,0\n".utf8), path: "t.csv")
    #expect(
      throws: DataError.nearNames(path: "t.csv", [.init(line: 1, found: "mass", label: "Mass")])
    ) {
      try LabelMatrix(near, labels: ["Mass"])
    }
  }

  @Test func recordsMadeByHand() throws {
    let patient = try #require(PatientID("7"))
    let records = [
      FilmRecord(name: "a", findings: ["Mass"], unknown: ["Edema"], patient: patient),
      FilmRecord(name: ".\\b", findings: [], patient: patient, view: "PA"),
    ]
    #expect(records[1].name == "b")
    let matrix = try LabelMatrix(records, labels: ["Mass", "Edema"])
    #expect(matrix.unknowns(in: [0, 1]) == [0, 1] && matrix.positives(in: [0, 1]) == [1, 0])
  }

  @Test func aRowThatIsNotThereIsNamed() async {
    await #expect(processExitsWith: .failure) {
      let records = [FilmRecord(name: "a", findings: ["Mass"], patient: PatientID("7")!)]
      _ = try LabelMatrix(records, labels: ["Mass"]).positives(in: [5000])
    }
  }
}
