import CXRTestSupport
import Foundation
import Testing

@testable import CXRArchive

@Suite struct ArchiveReaderTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A tar block for a member, in ustar's form.
  func member(
    _ name: String, _ bytes: [UInt8], kind: Character = "0", link: String = "", size: Int? = nil
  ) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at place: Int) {
      for (i, byte) in text.utf8.enumerated() { block[place + i] = byte }
    }
    func octal(_ value: Int, _ digits: Int) -> String {
      let text = String(value, radix: 8)
      return String(repeating: "0", count: digits - text.count) + text
    }
    put(name, at: 0)
    put(octal(0o644, 7), at: 100)
    put(octal(size ?? bytes.count, 11), at: 124)
    put(octal(0, 11), at: 136)
    put("        ", at: 148)
    put(String(kind), at: 156)
    put(link, at: 157)
    put("ustar\u{0}00", at: 257)
    put(octal(block.reduce(0) { $0 + Int($1) }, 6) + "\u{0} ", at: 148)
    return block + bytes
      + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
  }

  func archive(_ members: [[UInt8]], _ name: String = "a.tar") throws -> String {
    try folder.write(
      members.flatMap { $0 } + [UInt8](repeating: 0, count: 1024), to: name)
  }

  func all(_ path: String) throws -> [String: [UInt8]] {
    let reader = try ArchiveReader(path: path)
    var found: [String: [UInt8]] = [:]
    while let name = try reader.next() { found[name] = try reader.contents() }
    return found
  }

  @Test func readsMembersInOrder() throws {
    let long = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let path = try archive([
      member("./images/a.png", [1, 2, 3]), member("images/", [], kind: "5"),
      member("images/b.png", long), member("empty", []),
    ])
    #expect(try all(path) == ["images/a.png": [1, 2, 3], "images/b.png": long, "empty": []])
    let gzip = Process()
    gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    gzip.arguments = ["gzip", "-k", path]
    try gzip.run()
    gzip.waitUntilExit()
    #expect(try all(path + ".gz")["images/b.png"] == long)
    // gzip's own checksum and length, its last eight bytes.
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + ".gz")))
    for place in 1...8 {
      var damaged = whole
      damaged[damaged.count - place] ^= 1
      try Data(damaged).write(to: URL(fileURLWithPath: path + ".gz"))
      do {
        _ = try all(path + ".gz")
        Issue.record("a wrong checksum was taken")
      } catch ArchiveError.damaged(_, _, let reason) {
        #expect(reason.contains("checksum"))
      }
    }
  }

  @Test func refusesWhatLeadsElsewhere() throws {
    for (bytes, word) in [
      (member("../x.png", [1]), "elsewhere"), (member("/etc/x.png", [1]), "elsewhere"),
      (member("a/../../x.png", [1]), "elsewhere"), (member("a\u{1}.png", [1]), "elsewhere"),
      (member("l.png", [], kind: "2", link: "/etc/passwd"), "link"),
      (member("h.png", [], kind: "1", link: "other.png"), "link"),
    ] {
      do {
        _ = try all(archive([bytes]))
        Issue.record("a member that leads elsewhere was taken")
      } catch ArchiveError.unsafeMember(_, _, let reason) {
        #expect(reason.contains(word))
      }
    }
    // What nobody asks for does no harm.
    let reader = try ArchiveReader(
      path: archive([member("l.png", [], kind: "2", link: "/etc/passwd"), member("a.png", [7])]))
    #expect(try reader.next() == "l.png")
    #expect(throws: ArchiveError.self) { try reader.contents() }
    #expect(try reader.next() == "a.png")
    #expect(try reader.contents() == [7])
  }

  @Test func namesWhereItBreaksOff() throws {
    let whole = member("a.png", [UInt8](repeating: 5, count: 3000))
    let path = folder.path + "/cut.tar"
    try Data((member("first.png", [1]) + whole).prefix(2048)).write(to: URL(fileURLWithPath: path))
    #expect(throws: ArchiveError.self) { try all(path) }
    try Data(Array("no archive at all, but some text".utf8)).write(
      to: URL(fileURLWithPath: path))
    do {
      _ = try all(path)
      Issue.record("a text was taken for an archive")
    } catch ArchiveError.noArchive {}
    try Data().write(to: URL(fileURLWithPath: path))
    #expect(throws: ArchiveError.noArchive(archive: path, reason: "it is empty")) {
      try ArchiveReader(path: path)
    }
    #expect(throws: ArchiveError.unreadable(archive: "/no/a.tar", reason: "no such file")) {
      try ArchiveReader(path: "/no/a.tar")
    }
  }

  /// A member of a method that nobody knows, or of a wrong checksum, is alone in that.
  @Test(arguments: [(8, UInt8(99)), (14, UInt8(0xFF))])
  func oneMemberThatCannotBeUnpacked(place: Int, value: UInt8) throws {
    let script = """
      import sys, zipfile
      with zipfile.ZipFile(sys.argv[1], "w") as archive:
          for name in "first", "second", "third":
              archive.writestr(name + ".png", name)
      """
    let path = folder.path + "/a.zip"
    let python = Process()
    python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    python.arguments = ["python3", "-c", script, path]
    try python.run()
    python.waitUntilExit()
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    // Of the second member, in its own header and in the directory.
    func places(_ signature: [UInt8]) -> [Int] {
      bytes.indices.dropLast(3).filter { bytes[$0..<$0 + 4].elementsEqual(signature) }
    }
    bytes[places([0x50, 0x4B, 3, 4])[1] + place] ^= value
    bytes[places([0x50, 0x4B, 1, 2])[1] + place + 2] ^= value
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let reader = try ArchiveReader(path: path)
    var found: [String] = []
    while let name = try reader.next() {
      do {
        found.append(String(decoding: try reader.contents(), as: UTF8.self))
      } catch let error as ArchiveError {
        #expect(name == "second.png" && error.reasonOfMember != nil, "\(error)")
      }
    }
    #expect(found == ["first", "third"])
  }

  @Test func boundsWhatItUnpacks() throws {
    let reader = try ArchiveReader(
      path: archive([member("huge.png", [], size: ArchiveReader.largestMember + 1)]))
    #expect(try reader.next() == "huge.png")
    do {
      _ = try reader.contents()
      Issue.record("a member beyond the bound was taken")
    } catch ArchiveError.tooLarge {}
  }

  @Test func takesPathsApart() throws {
    let path = try archive([member("images/a.png", [1])])
    let found = try #require(ArchivedPath(path + "/images/a.png"))
    #expect(found.archive == path && found.member == "images/a.png")
    #expect(found.path == path + "/images/a.png")
    #expect(ArchivedPath(path + "/./images//a.png") == found)
    #expect(ArchivedPath(path) == nil && ArchivedPath("/no/a.tar/b.png") == nil)
    // A folder may be called so.
    let named = folder.path + "/folder.zip"
    try FileManager.default.createDirectory(atPath: named, withIntermediateDirectories: true)
    #expect(ArchivedPath(named + "/b.png") == nil)
    #expect(ArchivedPath.isArchive("X.TAR.GZ") && !ArchivedPath.isArchive("x.gz"))
  }
}
