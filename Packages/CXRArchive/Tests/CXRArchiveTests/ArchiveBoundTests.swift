import Foundation
import Testing

@testable import CXRArchive

/// What archives are held to: sizes, names, and messages that name the archive and the member.
extension ArchiveReaderTests {
  private func run(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  private func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
    let path = folder.path + "/" + UUID().uuidString
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    try run(["gzip", path])
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + ".gz")))
  }

  /// 64 MiB a member: as much is read, and a byte more is not, though what follows is.
  @Test func membersAreOfUpTo64MiB() throws {
    #expect(ArchiveReader.largestMember == 67_108_864)
    let path = folder.path + "/large.tar"
    try Data().write(to: URL(fileURLWithPath: path))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    var place: UInt64 = 0
    // Their noughts are holes of the file.
    for (name, size) in [("most.png", 64 << 20), ("more.png", 64 << 20 + 1)] {
      try file.seek(toOffset: place)
      try file.write(contentsOf: Data(member(name, [], size: size)))
      place += 512 + UInt64((size + 511) / 512 * 512)
    }
    try file.seek(toOffset: place)
    try file.write(contentsOf: Data(member("last.png", [7]) + [UInt8](repeating: 0, count: 1024)))
    try file.close()
    let reader = try ArchiveReader(path: path)
    #expect(try reader.next() == "most.png")
    #expect(try reader.contents().count == 64 << 20)
    #expect(try reader.next() == "more.png")
    let reason = "unpacks to more than 64 MiB, which no film has"
    #expect(
      throws: ArchiveError.tooLarge(archive: path, member: "more.png", reason: reason)
    ) { try reader.contents() }
    #expect(try reader.next() == "last.png")
    #expect(try reader.contents() == [7])
    #expect(try reader.next() == nil)
  }

  /// Five members of 60 MiB of noughts, at a thousandth, are more than two hundred times the size and a MiB.
  @Test func archivesThatUnpackToFarMoreAreRefused() throws {
    #expect(ArchiveReader.largestRatio == 200)
    let piece = try gzip([UInt8](repeating: 0, count: 1 << 20))
    let head = try gzip(member("a.png", [], size: 60 << 20))
    let last = try gzip(member("last.png", [7]) + [UInt8](repeating: 0, count: 1024))
    var bytes: [UInt8] = []
    for _ in 0..<5 {
      bytes += head
      for _ in 0..<60 { bytes += piece }
    }
    let path = folder.path + "/hostile.tar.gz"
    // Passed over as the last member too.
    for end in [last, try gzip([UInt8](repeating: 0, count: 1024))] {
      try Data(bytes + end).write(to: URL(fileURLWithPath: path))
      let reader = try ArchiveReader(path: path)
      do {
        while try reader.next() != nil {}
        Issue.record("an archive that unpacks to a thousand times its size was taken")
      } catch ArchiveError.expands(let archive, _, let reason) {
        #expect(archive == path && reason.contains("more than 200 times its size"))
      }
    }
  }

  @Test func encryptedMembersAreRefusedByName() throws {
    let script = """
      import sys, zipfile
      with zipfile.ZipFile(sys.argv[1], "w") as archive:
          for name in "first", "second", "third":
              archive.writestr(name + ".png", name)
      whole = bytearray(open(sys.argv[1], "rb").read())
      # The second member's flag of encryption, in its own header and in the directory.
      for signature, place in (b"PK\\x03\\x04", 6), (b"PK\\x01\\x02", 8):
          whole[whole.index(signature, whole.index(signature) + 4) + place] |= 1
      open(sys.argv[1], "wb").write(whole)
      """
    let path = folder.path + "/secret.zip"
    try run(["python3", "-c", script, path])
    let reader = try ArchiveReader(path: path)
    var found: [String] = []
    while let name = try reader.next() {
      do {
        found.append(String(decoding: try reader.contents(), as: UTF8.self))
      } catch ArchiveError.unsafeMember(let archive, let member, let reason) {
        #expect(archive == path && member == "second.png" && name == member)
        #expect(reason.hasPrefix("is encrypted"))
      }
    }
    #expect(found == ["first", "third"])
    // Nothing is written.
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["secret.zip"])
  }

  /// Names that lead elsewhere on Windows too; its backslashes part names.
  @Test func namesAreParted() throws {
    let path = try archive(
      [
        "C:/x.png", "C:\\y.png", "\\z.png", "a\\..\\w.png", "images\\a.png", "./b/./c.png",
      ].map { member($0, [7]) })
    var refused = 0
    let reader = try ArchiveReader(path: path)
    var names: [String] = []
    while true {
      do {
        guard let name = try reader.next() else { break }
        names.append(name)
      } catch ArchiveError.unsafeMember { refused += 1 }
    }
    #expect(names == ["images/a.png", "b/c.png"] && refused == 4)
    // What nobody wants is passed over.
    let other = try ArchiveReader(path: path)
    #expect(try other.next { $0.hasPrefix("images") } == "images/a.png")
  }

  /// An archive that is cut within a member is damaged there, by name; what came before was whole.
  @Test func damageNamesArchiveAndMember() throws {
    let film = [UInt8](repeating: 5, count: 3000)
    let path = folder.path + "/cut.tar"
    let whole = member("first.png", film) + member("second.png", film)
    try Data(whole.prefix(512 + 3072 + 512 + 1024)).write(to: URL(fileURLWithPath: path))
    let reader = try ArchiveReader(path: path)
    #expect(try reader.next() == "first.png")
    #expect(try reader.contents() == film)
    #expect(try reader.next() == "second.png")
    do {
      _ = try reader.contents()
      Issue.record("a member that is cut was taken")
    } catch let error as ArchiveError {
      #expect(error.archive == path && error.reasonOfMember == nil)
      #expect("\(error)".hasPrefix("\(path) is damaged or not whole after second.png ("))
    }
  }

  @Test func messagesNameArchiveAndMember() {
    for (error, words, isOfMember) in [
      (
        ArchiveError.unreadable(archive: "a.tar", reason: "no such file"), "a.tar: no such file",
        false
      ),
      (
        .noArchive(archive: "a.tar", reason: "it is empty"),
        "a.tar is no archive that can be read (it is empty); .tar, .tar.gz, .tgz and .zip are",
        false
      ),
      (
        .damaged(archive: "a.tar", member: nil, reason: "cut"),
        "a.tar is damaged or not whole from its beginning (cut)", false
      ),
      (
        .damagedMember(archive: "a.tar", member: "b.png", reason: "cannot be unpacked"),
        "a.tar: its member b.png cannot be unpacked. Fetch the archive again", true
      ),
      (
        .unsafeMember(archive: "a.tar", member: "b.png", reason: "is a link"),
        "a.tar: its member b.png is a link. Unpack the archive and look at it", true
      ),
      (
        .tooLarge(archive: "a.tar", member: "b.png", reason: "is large"),
        "a.tar: its member b.png is large. Unpack the archive, if you trust it", true
      ),
      (
        .expands(archive: "a.tar", member: "b.png", reason: "expands"),
        "a.tar: its member b.png expands. Unpack the archive, if you trust it", false
      ),
    ] {
      #expect("\(error)".hasPrefix(words), "\(error)")
      #expect(error.archive == "a.tar" && (error.reasonOfMember != nil) == isOfMember)
    }
    #expect(
      ArchiveError.unsafeMember(archive: "a.tar", member: "b.png", reason: "is a link")
        .reasonOfMember == "in its archive it is a link")
  }

  /// No file can lie below a file: the first part that is an archive's file holds the rest.
  @Test func pathsBelowArchivesNameMembers() throws {
    #expect(["a.tar", "a.tar.gz", "a.tgz", "a.ZIP"].allSatisfy(ArchivedPath.isArchive))
    #expect(
      !["a.gz", "a.tar.bz2", "a.7z", "tar", "a.zip.png"].contains(where: ArchivedPath.isArchive))
    for name in ["a.tar", "b.tar.gz", "c.tgz", "d.zip"] {
      let path = folder.path + "/" + name
      try Data([1]).write(to: URL(fileURLWithPath: path))
      let found = try #require(ArchivedPath(path + "/inner.zip/x.png"))
      #expect(found.archive == path && found.member == "inner.zip/x.png")
      #expect(ArchivedPath(path + "/") == nil)
      #expect(ArchivedPath(path + "/images\\x.png")?.member == "images/x.png")
    }
  }
}
