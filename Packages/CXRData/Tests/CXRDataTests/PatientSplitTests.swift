import CXRTestSupport
import Foundation
import Testing

@testable import CXRData

@Suite struct PatientSplitTests {
  private func patients(_ count: Int) -> [PatientID] {
    (1...count).compactMap { PatientID("\($0)") }
  }

  @Test(arguments: [0, 1, 99] as [UInt32]) func noPatientIsInTwoParts(seed: UInt32) throws {
    let split = try PatientSplit(patients: patients(200), seed: seed)
    let parts = Subset.allCases.map { Set(split.patients(of: $0)) }
    try #require(parts.map(\.count) == [118, 42, 40])
    #expect(parts[0].isDisjoint(with: parts[1]) && parts[0].isDisjoint(with: parts[2]))
    #expect(parts[1].isDisjoint(with: parts[2]))
  }

  @Test func keepsFileOrderWithinAPart() throws {
    let rows = (0..<60).map { "\($0).png,Mass,\($0 % 20)\n" }.joined()
    let file = try LabelFile(
      contents: Array(("Image Index,Finding Labels,Patient ID\n" + rows).utf8), path: "t.csv")
    let split = try PatientSplit(patients: file.patients, seed: 0)
    let all = Subset.allCases.map { split.rows(of: $0, in: file.records) }
    #expect(all.allSatisfy { $0 == $0.sorted() })
    #expect(all.flatMap { $0 }.map(\.index).sorted() == Array(0..<60))
  }

  @Test func saysWhenAPartIsEmpty() {
    #expect(throws: DataError.self) { try PatientSplit(patients: patients(1), seed: 0) }
    #expect(throws: DataError.self) { try PatientSplit(patients: [], seed: 0) }
    #expect(throws: DataError.self) {
      try trainTestSplit([1, 2, 3], testFraction: 1, seed: 0)
    }
  }

  @Test func followsTheOfficialLists() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<40).map { "\($0).png,Mass,\($0 / 2)\n" }.joined()
    let file = try LabelFile(
      contents: Array(("Image Index,Finding Labels,Patient ID\n" + rows).utf8), path: "t.csv")
    func write(_ name: String, _ films: [Int]) throws -> String {
      try folder.write(films.map { "\($0).png" }.joined(separator: "\r\n"), to: name)
    }
    let (train, test) = (
      try write("train.txt", Array((0..<30).reversed())), try write("test.txt", Array(30..<39))
    )
    let split = try PatientSplit(
      records: file.records, trainList: train, testList: test, seed: 0)
    // Fifteen listed training patients, 0.125 of them rounded up to validation.
    #expect(Subset.allCases.map { split.patients(of: $0).count } == [13, 2, 5])
    // Film 39 is in no list, though its patient is in the test part.
    #expect(split.rows(of: .test, in: file.records) == Array(30..<39))
    let expected = try trainTestSplit(
      (0..<15).reversed().map { "\($0)" }, testFraction: 0.125, seed: 0
    ).test.compactMap { PatientID($0) }.sorted()
    #expect(split.patients(of: .validation) == expected)

    let overlapping = try write("overlap.txt", [28, 30])
    #expect(throws: DataError.self) {
      try PatientSplit(
        records: file.records, trainList: train, testList: overlapping, seed: 0)
    }
    let unknown = try write("unknown.txt", [39, 77])
    #expect(
      throws: DataError.strangersInList(path: unknown, line: 2, names: ["77.png"], count: 1)
    ) {
      try PatientSplit(records: file.records, trainList: train, testList: unknown, seed: 0)
    }
  }

  @Test func findsFilmsThroughLinks() throws {
    let manager = FileManager.default
    let scratch = try TemporaryFolder()
    let base = scratch.path
    for name in ["a.png", "b.png"] { try scratch.write([1], to: "disk/images/" + name) }
    try manager.createDirectory(atPath: base + "/set", withIntermediateDirectories: true)
    try manager.createSymbolicLink(
      atPath: base + "/set/images_001", withDestinationPath: base + "/disk")
    try manager.createSymbolicLink(
      atPath: base + "/disk/loop", withDestinationPath: base + "/disk")
    try manager.createSymbolicLink(atPath: base + "/link", withDestinationPath: base + "/set")
    let folder = try FilmFolder(path: base + "/link", names: ["a.png"])
    #expect(folder.path(of: "a.png") == base + "/link/images_001/images/a.png")
    #expect(folder.path(of: "c.png") == nil)
    try scratch.write([1], to: "set/a.png")
    #expect(throws: DataError.self) { try FilmFolder(path: base + "/link", names: ["a.png"]) }
  }

  @Test func hashesAsTheStandardSays() {
    #expect(
      SHA256.hexDigest(of: "abc")
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      SHA256.hexDigest(of: "")
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      SHA256.hexDigest(of: String(repeating: "a", count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }
}
