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
    #expect((0..<5).map { matrix[$0, 1] } == [true, false, true, false, false])
    #expect(matrix.row(2) == [1, 1])
    #expect(matrix.otherLabels == ["Massive": 1, "Odd": 1, "Odd2": 1])
    #expect(matrix.positives(in: Array(0..<5)) == [2, 2])
    #expect(matrix.labelsPerFilm(in: Array(0..<5)) == [2, 2, 1])
  }

  @Test func weighsBothKindsAlike() throws {
    let matrix = try LabelMatrix(
      records(["A", "A", "B", "A", "No Finding"]), labels: ["A", "B", "C"])
    let weights = ClassWeight.weights(of: matrix, rows: Array(0..<5))
    #expect(weights[0] == ClassWeight(label: "A", negative: 5 / 4, positive: 5 / 6))
    #expect(weights[2] == ClassWeight(label: "C", negative: 0.5, positive: nil))
  }

  @Test func refusesEmptyAndRepeatedLabels() throws {
    #expect(throws: DataError.self) { try LabelMatrix(try records(["A"]), labels: []) }
    #expect(throws: DataError.self) { try LabelMatrix(try records(["A"]), labels: ["A", "A"]) }
  }
}
