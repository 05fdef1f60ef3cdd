import CXRTestSupport
import Testing

@testable import CXRData

/// Files with a column a label, as CheXpert's.
@Suite struct LabelColumnTests {
  private let text = """
    Path,Sex,Age,Frontal/Lateral,AP/PA,No Finding,Edema,Pleural Effusion,Support Devices,Comment
    C/train/patient00001/study1/view1_frontal.jpg,Female,68,Frontal,AP,1.0,,,1.0,fine
    C/train/patient00002/study2/view1_frontal.jpg,Male,87,Frontal,PA,,-1.0,1.0,0.0,
    C/train/patient00002/study1/view2_lateral.jpg,Male,83,Lateral,,,1,-1,0,
    """

  private func file(_ text: String) throws -> LabelFile {
    try LabelFile(contents: Array(text.utf8), path: "train.csv")
  }

  @Test func readsWhatEachColumnSays() throws {
    let file = try file(text)
    #expect(file.hasColumnPerLabel && file.notes.isEmpty)
    #expect(file.records.map(\.patient.description) == ["1", "2", "2"])
    #expect(
      file.records.map(\.findings) == [
        ["No Finding", "Support Devices"], ["Pleural Effusion"], ["Edema"],
      ])
    #expect(file.records.map(\.uncertain) == [[], ["Edema"], ["Pleural Effusion"]])
    #expect(file.records.map(\.sex) == ["F", "M", "M"])
    #expect(file.records.map(\.view) == ["AP", "PA", "Lateral"])
    #expect(file.records.map { $0.age?.years } == [68, 87, 83])
  }

  @Test func uncertainCountsAsIsSaid() throws {
    let file = try file(text)
    let labels = ["Edema", "Pleural Effusion"]
    func cells(_ policy: UncertainPolicy) throws -> [Float] {
      let matrix = try LabelMatrix(file.records, labels: labels, uncertain: policy)
      return (0..<matrix.rowCount).flatMap { matrix.row(FilmRow($0)) }
    }
    #expect(try cells(.zeros) == [0, 0, 0, 1, 1, 0])
    #expect(try cells(.ones) == [0, 0, 1, 1, 1, 1])
    let ignored = try cells(.ignore)
    #expect(ignored.map(\.isNaN) == [false, false, true, false, false, true])
    let matrix = try LabelMatrix(file.records, labels: labels)
    try #require(matrix.rowCount == 3)
    #expect(
      matrix.positives(in: [0, 1, 2]) == [1, 1] && matrix.unknowns(in: [0, 1, 2]) == [1, 1])
    #expect(!matrix[1, 0] && !matrix.isKnown(1, 0) && matrix.isKnown(0, 0))
    // Of the two films of which it is known, one has the finding.
    let weights = ClassWeight.weights(of: matrix, rows: [0, 1, 2])
    #expect(weights.map(\.negative) == [1, 1] && weights.map(\.positive) == [1, 1])
  }

  @Test func namesValuesThatAreNoLabels() throws {
    let file = try file(text)
    #expect(
      throws: DataError.unreadableLabel(path: "train.csv", line: 2, label: "Comment", found: "fine")
    ) { try LabelMatrix(file, labels: ["Edema", "Comment"]) }
    _ = try LabelMatrix(file, labels: ["Edema", "Support Devices"])
    #expect(throws: DataError.self) {
      try self.file("Path,Edema\ntrain/someone/view1.jpg,1\n")
    }
    let named = try self.file("Path,Patient ID,Edema\nview1.jpg,7,1\n")
    #expect(named.records.first?.patient.description == "7")
  }

  @Test func findsFilmsByTheirPaths() throws {
    let root = try TemporaryFolder()
    let records = try file(text).records
    try #require(records.count == 3)
    for record in records.dropLast() + [] {
      try root.write("film", to: record.name)
    }
    for folder in ["", "/C", "/C/train"] {
      let films = try FilmFolder(path: root.path + folder, names: records.map(\.name))
      #expect(
        films.path(of: records[0].name)?.hasSuffix("patient00001/study1/view1_frontal.jpg") == true)
      #expect(
        films.path(of: records[1].name)?.hasSuffix("patient00002/study2/view1_frontal.jpg") == true)
      #expect(films.path(of: records[2].name) == nil)
      #expect(films.missing == [records[2].name])
    }
  }
}
