import Testing

@testable import CXRCheckpoint

/// Files of `numpy.savez` and of other writers of ZIP.
@Suite struct NumPyFileTests {
  private typealias Member = ForeignArchive.Member
  private let array = npy("'<f4'", bytes([1, 2] as [Float]))

  /// Stored with a ZIP64 field by `savez`, deflated by `savez_compressed`, with a descriptor where the file could not be
  /// sought in; there is no text.
  @Test(arguments: ForeignArchive.Descriptor.allCases, [true, false])
  func everyFormOfMemberIsRead(descriptor: ForeignArchive.Descriptor, isDeflated: Bool) throws {
    for isLong in [true, false] {
      let members = ["größe", "a b"].map {
        Member(
          name: $0 + ".npy", contents: array, isDeflated: isDeflated, descriptor: descriptor,
          hasLongHeader: isLong, hasLongEntry: isLong)
      }
      for hasLongEnd in [true, false] {
        let read = try ForeignArchive(members: members, hasLongEnd: hasLongEnd).read()
        #expect(read.arrays.map(\.name) == ["größe", "a b"])
        #expect(read.arrays.map(\.scalars) == [[1, 2], [1, 2]] && read.metadata == "{}")
      }
    }
  }

  @Test func aDescriptorSaysWhatTheDirectorySays() throws {
    var archive = ForeignArchive(members: [
      Member(name: "a.npy", contents: array, descriptor: .short),
      Member(name: "b.npy", contents: array),
    ])
    #expect(try archive.read().arrays.count == 2)
    let good = archive.bytes
    let place = 30 + 5 + array.count
    for at in place..<place + 16 {
      var bad = good
      bad[at] ^= 1
      #expect(throws: CheckpointError.self, "\(at)") { try Checkpoint(contents: bad, path: "p") }
    }
    // One that the member's flags do not announce.
    var bad = good
    bad[6] = 0
    let directory = good.count - 22 - 2 * (46 + 5)
    bad[directory + 8] = 0
    #expect(throws: CheckpointError.self) { try Checkpoint(contents: bad, path: "p") }
    archive.members[0].descriptor = .none
    #expect(try archive.read().arrays.count == 2)
  }

  @Test func nothingIsNotACheckpointButOfNumPy() throws {
    #expect(try ForeignArchive(members: []).read().arrays.isEmpty)
    #expect(throws: CheckpointError.missingMember(path: "f.npz", member: "metadata.json")) {
      try ForeignArchive(members: [Member(name: "word/document.xml", contents: [1])]).read()
    }
  }

  @Test func damagedLongEndsAreRefused() throws {
    let members = [Member(name: "a.npy", contents: array)]
    let good = ForeignArchive(members: members, hasLongEnd: true).bytes
    let start = good.count - 22 - 20 - 56
    // Signatures, the size of the record, both counts, size and start of the directory, the place of the record; and what the
    // short end says of the same.
    for at in [0, 4, 24, 32, 40, 48, 47, 55, 56, 64, 86, 88, 92].map({ start + $0 }) {
      var bad = good
      bad[at] ^= 1
      #expect(throws: CheckpointError.self, "\(at - start)") {
        try Checkpoint(contents: bad, path: "p")
      }
    }
  }

  @Test func whatIsPackedOtherwiseIsNotCalledDamaged() throws {
    for (flags, method, said) in [
      (0x800, 14, "packed by method 14"), (0x801, 0, "encrypted"), (0x800, 12, "method 12"),
    ] as [(UInt16, UInt16, String)] {
      do {
        _ = try ForeignArchive(members: [
          Member(name: "größe.npy", contents: array, flags: flags, method: method)
        ]).read()
        Issue.record("it was read")
      } catch let error as CheckpointError {
        let message = error.description
        #expect(message.contains("array \"größe\"") && message.contains(said), "\(message)")
        #expect(message.contains("numpy.savez") && !message.contains("damaged"))
      }
    }
    // Without the mark the letters may be any.
    #expect(throws: CheckpointError.self) {
      try ForeignArchive(members: [Member(name: "ä.npy", contents: array, flags: 0)]).read()
    }
    #expect(
      try ForeignArchive(members: [Member(name: "a.npy", contents: array, flags: 0)]).read()
        .arrays.count == 1)
  }

  @Test func namesThatWouldNotBeWrittenAreNotRead() throws {
    for name in ["../a", "a\u{1B}[2J", "C:\\a", "\u{202E}gnp", "/a"] {
      do {
        _ = try ForeignArchive(members: [Member(name: name + ".npy", contents: array)]).read()
        Issue.record("\(name.printable) was read")
      } catch CheckpointError.unsupportedArray(_, let array, _, let remedy) {
        #expect(array == name && remedy == "give it another name")
      }
    }
    #expect(throws: CheckpointError.self) {
      try ForeignArchive(members: [
        Member(name: "\u{E4}.npy", contents: array), Member(name: "a\u{308}.npy", contents: array),
      ]).read()
    }
  }

  /// Elements of a byte take four as floats: counted before memory is taken.
  @Test func floatsAreCountedToo() throws {
    let truths = npy("'|b1'", [UInt8](repeating: 1, count: 4000), shape: "(4000,)")
    let archive = ForeignArchive(members: [
      Member(name: "a.npy", contents: truths), Member(name: "b.npy", contents: truths),
    ])
    #expect(throws: Never.self) { try archive.read(limits: .init(totalBytes: 32_000)) }
    #expect(
      throws: CheckpointError.tooLarge(
        path: "f.npz", member: "b.npy", bytes: 32_000, limit: 31_999)
    ) { try archive.read(limits: .init(totalBytes: 31_999)) }
    #expect(throws: CheckpointError.tooManyMembers(path: "f.npz", count: 2, limit: 1)) {
      try archive.read(limits: .init(members: 1))
    }
  }

  @Test func claimsThatDeflateCannotHoldAreRefused() throws {
    let good = ForeignArchive(members: [
      Member(name: "a.npy", contents: array, isDeflated: true, hasLongEntry: true)
    ]).bytes
    #expect(try Checkpoint(contents: good, path: "p").arrays.count == 1)
    // The claimed size, and then that of the packed bytes, follow name and head of the directory's ZIP64 field.
    let place = good.count - 22 - 28 + 4
    for (byte, value) in [(7, 0x80), (7, 0x7F), (5, 1), (2, 1), (8, 1), (15, 0x80), (15, 0x7F)] {
      var bad = good
      bad[place + byte] ^= UInt8(value)
      do {
        _ = try Checkpoint(contents: bad, path: "p")
        Issue.record("\(byte) was read")
      } catch CheckpointError.malformed {
        continue
      }
    }
  }

  /// Names are not read into more memory than the arrays might take, or 32 MiB.
  @Test func namesTakeNoMoreThanTheLimits() throws {
    let archive = ForeignArchive(
      members: (0..<600).map {
        Member(name: "\($0)" + String(repeating: "n", count: 60_000) + ".npy", contents: array)
      })
    #expect(try archive.read().arrays.count == 600)
    do {
      _ = try archive.read(limits: .init(totalBytes: 32 << 20))
      Issue.record("it was read")
    } catch CheckpointError.tooLarge(_, let member, _, _) { #expect(member == "(names)") }
  }

  @Test func theTextIsBounded() throws {
    let text = [UInt8](repeating: 0x20, count: 32 << 20)
    for (more, isRead) in [([], true), ([0x20], false)] as [([UInt8], Bool)] {
      let archive = ForeignArchive(members: [
        Member(name: "metadata.json", contents: text + more, isDeflated: true)
      ])
      #expect(((try? archive.read()) != nil) == isRead)
    }
  }

  @Test func nothingStandsBetweenTheMembers() throws {
    var archive = ForeignArchive(members: [
      Member(name: "a.npy", contents: array, isDeflated: true, padding: [0])
    ])
    #expect(throws: CheckpointError.checksumMismatch(path: "f.npz", member: "a.npy")) {
      try archive.read()
    }
    archive.members[0].padding = []
    let good = archive.bytes
    #expect(try archive.read().arrays.count == 1)
    // A byte before all, of which the end of the file and the directory know.
    var bad = [0] + good
    bad[bad.count - 6] += 1
    bad[bad.count - 22 - 5 - 4] += 1
    #expect(throws: CheckpointError.self) { try Checkpoint(contents: bad, path: "p") }
    // One in the directory.
    bad = good
    bad[bad.count - 10] += 1
    bad.insert(0, at: bad.count - 22)
    #expect(throws: CheckpointError.self) { try Checkpoint(contents: bad, path: "p") }
  }
}
