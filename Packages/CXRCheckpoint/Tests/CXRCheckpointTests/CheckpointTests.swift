import CXRFiles
import CXRTestSupport
import Foundation
import Testing

@testable import CXRCheckpoint

@Suite struct CheckpointTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path + "/a.npz" }
  private let checkpoint = Checkpoint(
    arrays: [
      NamedArray(
        name: "block1/conv/kernel", shape: [2, 3], scalars: [1, -2, 3.5, 0, -0.0, 1e-30]),
      NamedArray(name: "head/bias", shape: [4], scalars: [Float](repeating: 0.25, count: 4)),
      NamedArray(name: "scalar", shape: [], scalars: [7]),
      NamedArray(name: "empty", shape: [0, 3], scalars: []),
    ], metadata: "{\"format_version\": 1, \"name\": \"ä\"}")

  init() throws { folder = try TemporaryFolder() }

  /// The shape is a tuple of Python: of one axis it has a comma.
  @Test(arguments: [([Int](), "()"), ([4], "(4,)"), ([2, 3], "(2, 3)"), ([1, 1, 1], "(1, 1, 1)")])
  func shapesAreTuplesOfPython(shape: [Int], text: String) {
    let header = String(decoding: NPYFormat.header(shape: shape).dropFirst(10), as: UTF8.self)
    #expect(
      header.hasPrefix("{'descr': '<f4', 'fortran_order': False, 'shape': \(text), }"), "\(header)")
  }

  private func read(_ bytes: [UInt8], limits: Checkpoint.Limits = Checkpoint.Limits()) throws
    -> Checkpoint
  {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return try Checkpoint(path: path, limits: limits)
  }

  private func written() throws -> [UInt8] {
    try checkpoint.write(to: path)
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test func comesBackBitForBit() throws {
    let back = try read(written())
    #expect(back.metadata == checkpoint.metadata)
    for (a, b) in zip(back.arrays, checkpoint.arrays) {
      #expect(a.name == b.name && a.shape == b.shape)
      #expect(a.scalars.map(\.bitPattern) == b.scalars.map(\.bitPattern))
    }
    #expect(back.arrays.count == 4 && back["head/bias"]?.shape == [4] && back["x"] == nil)
  }

  /// The text first, then each array under its name, deflated, of the format's first day.
  @Test func membersStandInTheirOrder() throws {
    let bytes = try written()
    let entries = try ZipArchive.entries(
      of: ArchiveBytes(bytes, path: path), limits: Checkpoint.Limits())
    #expect(
      entries.map(\.name) == [
        "metadata.json", "block1/conv/kernel.npy", "head/bias.npy", "scalar.npy", "empty.npy",
      ])
    #expect(entries.map(\.isPacked) == [true, true, true, true, true])
    let kernel = try #require(entries.dropFirst().first)
    let array = try ArchiveMember.contents(kernel, of: ArchiveBytes(bytes, path: path))
    #expect(array.starts(with: [0x93] + Array("NUMPY".utf8) + [1, 0]))
    // Little-endian, last axis fastest.
    #expect(
      array.suffix(24) == [
        0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0x60, 0x40, 0, 0, 0, 0, 0, 0, 0, 0x80,
      ] + (1e-30 as Float).bitPattern.littleBytes)
    // Time and date stand at the tenth byte of a member's header.
    #expect(bytes[10..<14] == [0, 0, 0x21, 0])
  }

  /// Members may be as many, and take together as much, as the limits say, and no more.
  @Test func limitsAreOfAllMembers() throws {
    let bytes = try written()
    let total = try ZipArchive.entries(
      of: ArchiveBytes(bytes, path: path), limits: Checkpoint.Limits()
    ).reduce(0) { $0 + $1.size }
    for (members, size, isTaken) in [
      (5, total, true), (4, total, false), (5, total - 1, false),
    ] {
      let limits = Checkpoint.Limits(totalBytes: size, members: members)
      let found = Result { try read(bytes, limits: limits) }
      #expect(((try? found.get()) != nil) == isTaken, "\(members) \(size)")
    }
    // Sixteen bytes for each of the file, beyond what any file may take.
    let limits = Checkpoint.Limits(totalBytes: 1 << 30, expansion: 16)
    #expect(limits.bytes(inFileOf: 1000) == 32 << 20)
    #expect(limits.bytes(inFileOf: 10 << 20) == 160 << 20)
    #expect(limits.bytes(inFileOf: 1 << 30) == 1 << 30)
  }

  @Test func membersMayNotRepeatOrLeaveGaps() throws {
    let member = ZipArchive.Member(name: "a.npy", contents: checkpoint.arrays[1].npyBytes)
    let text = ZipArchive.Member(name: "metadata.json", contents: [0x7B, 0x7D])
    let good = try ZipArchive.bytes(of: [text, member], path: path)
    #expect(try read(good).arrays.count == 1)
    #expect(throws: CheckpointError.self) {
      try read(ZipArchive.bytes(of: [text, member, member], path: path))
    }
    // A byte before the directory, which the end of the file knows of.
    let end = good.count - 22
    func number(_ at: Int) -> Int { (0..<4).reduce(0) { $0 | Int(good[at + $1]) << (8 * $1) } }
    let start = number(end + 16)
    var gap = good
    gap.replaceSubrange(end + 16..<end + 20, with: UInt32(start + 1).littleBytes)
    gap.insert(0, at: start)
    #expect(throws: CheckpointError.self) { try read(gap) }
    // The second member in the place of the first.
    var overlap = good
    let second = start + 46 + 13 + 42
    overlap.replaceSubrange(second..<second + 4, with: UInt32(0).littleBytes)
    #expect(throws: CheckpointError.self) { try read(overlap) }
  }

  @Test func theSameContentsGiveTheSameBytes() throws { #expect(try written() == written()) }

  @Test func everyFlippedBitIsFoundOrHarmless() throws {
    let bytes = try written()
    for position in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[position] ^= 1 << UInt8(bit)
        // Dates and version fields carry nothing; any other flip must be found.
        if let back = try? Checkpoint(contents: damaged, path: "p") {
          #expect(back == checkpoint, "byte \(position)")
        }
      }
    }
  }

  @Test func everyCutIsFound() throws {
    let bytes = try written()
    for count in 0..<bytes.count {
      #expect(throws: CheckpointError.self, "\(count)") {
        try Checkpoint(contents: Array(bytes[..<count]), path: "p")
      }
    }
  }

  @Test func refusesWhatIsNotPlausible() throws {
    #expect(throws: CheckpointError.self) { try Checkpoint(path: folder.path + "/none.npz") }
    #expect(throws: CheckpointError.self) { try Checkpoint(path: folder.path) }
    #expect(throws: CheckpointError.self) {
      try read(Array("no checkpoint at all, just text".utf8))
    }
    let bytes = try written()
    #expect(throws: CheckpointError.self) { try read(bytes, limits: Checkpoint.Limits(members: 2)) }
    // NumPy's files have no text.
    let noMetadata = try ZipArchive.bytes(
      of: [ZipArchive.Member(name: "a.npy", contents: checkpoint.arrays[0].npyBytes)], path: path)
    #expect(try read(noMetadata).metadata == "{}")
  }

  @Test func refusesABombBeforeUnpackingIt() throws {
    let zeros = [UInt8](repeating: 0, count: 40_000_000)
    let bomb = try ZipArchive.bytes(
      of: [
        ZipArchive.Member(name: "metadata.json", contents: [0x7B, 0x7D]),
        ZipArchive.Member(name: "z.npy", contents: zeros),
      ], path: path)
    #expect(throws: CheckpointError.self) {
      try read(bomb, limits: Checkpoint.Limits(totalBytes: 1 << 20))
    }
  }

  @Test func refusesWhatGrowsTooMuch() throws {
    // 80 MB of zeros, packed to 80 kB, and nothing wrong with them but that.
    let zeros = Checkpoint(
      arrays: [
        NamedArray(name: "z", shape: [20_000_000], scalars: .init(repeating: 0, count: 20_000_000))
      ],
      metadata: "{}")
    try zeros.write(to: path)
    #expect(try Checkpoint(path: path).arrays.first?.scalars.count == 20_000_000)
    do {
      _ = try Checkpoint(path: path, limits: Checkpoint.Limits(expansion: 16))
      Issue.record("a bomb was taken")
    } catch let error as CheckpointError {
      guard case .tooLarge = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test func reviewComesBeforeArrays() throws {
    struct Refused: Error {}
    var outline: Checkpoint.Outline?
    #expect(throws: Refused.self) {
      try Checkpoint(contents: written(), path: "p") {
        outline = $0
        throw Refused()
      }
    }
    #expect(outline?.metadata == checkpoint.metadata)
    #expect(outline?.arrays.map(\.name) == checkpoint.arrays.map(\.name))
    #expect(outline?.arrays.map(\.shape) == checkpoint.arrays.map(\.shape))
  }

  @Test func refusesArraysThatAreNotAsTheySay() throws {
    func member(_ header: String, elements: Int) throws -> Checkpoint {
      var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
      bytes += [UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8)]
      bytes += Array(header.utf8) + [UInt8](repeating: 0, count: 4 * elements)
      return try read(
        ZipArchive.bytes(
          of: [
            ZipArchive.Member(name: "metadata.json", contents: [0x7B, 0x7D]),
            ZipArchive.Member(name: "a.npy", contents: bytes),
          ], path: path))
    }
    let good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n"
    #expect(try member(good, elements: 2).arrays.first?.shape == [2])
    for bad in [
      good.replacing("<f4", with: "<f8"), good.replacing("False", with: "Maybe"),
      good.replacing("(2,)", with: "(3,)"), good.replacing("(2,)", with: "(-2,)"),
      good.replacing("(2,)", with: "(9223372036854775807, 4)"), "{}",
      good.replacing("(2,)", with: "(2"),
    ] {
      #expect(throws: CheckpointError.self, "\(bad)") { try member(bad, elements: 2) }
    }
  }

  @Test func reportsAllMismatchesAtOnce() throws {
    do {
      _ = try checkpoint.arrays(
        matching: [
          (name: "block1/conv/kernel", shape: [3, 2]), (name: "missing", shape: [1]),
          (name: "head/bias", shape: [4]),
        ], ignoring: "emp", path: "p")
      Issue.record("a mismatch was accepted")
    } catch let error as CheckpointError {
      guard case .mismatch(_, let problems) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(
        problems == [
          "block1/conv/kernel has shape [2, 3], not [3, 2]", "missing is missing",
          "scalar is not part of the model",
        ])
    }
    let bad = Checkpoint(
      arrays: [NamedArray(name: "a", shape: [1], scalars: [.nan])], metadata: "{}")
    #expect(throws: CheckpointError.self) {
      try bad.arrays(matching: [(name: "a", shape: [1])], path: "p")
    }
  }

  @Test func aFailedWriteLeavesTheEarlierFile() throws {
    try checkpoint.write(to: path)
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(throws: FileError.self) {
      try checkpoint.write(to: folder.path + "/no/such/folder/a.npz")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.npz"])
  }
}

extension UInt32 {
  fileprivate var littleBytes: [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: self >> UInt32(8 * $0)) }
  }
}
