import Foundation
import Testing

/// What `cxr-fetch` says and does with files that lie there already; no address is asked.
@Suite struct FetchConsoleTests {
  /// MD5 of "abcdef".
  private let sum = "e80b5017098950fc58aad83c8c14978e"

  private struct Room {
    let folder: TemporaryFolder
    let catalogue: String
    let output: String
  }

  /// A catalogue of two files, of which both lie in the output folder.
  private func room(_ name: String = "films") throws -> Room {
    let folder = try TemporaryFolder()
    let room = Room(
      folder: folder, catalogue: folder.path + "/set.csv", output: folder.path + "/" + name)
    let rows = ["a.zip", "b.zip"].map { "\($0),http://127.0.0.1:1/\($0),6,\(sum)\n" }
    try ("file,url,bytes,md5\n" + rows.joined()).write(
      toFile: room.catalogue, atomically: true, encoding: .utf8)
    try FileManager.default.createDirectory(
      atPath: room.output, withIntermediateDirectories: true)
    for name in ["a.zip", "b.zip"] { try put("abcdef", name, room) }
    return room
  }

  private func put(_ text: String, _ name: String, _ room: Room) throws {
    try text.write(toFile: "\(room.output)/\(name)", atomically: true, encoding: .utf8)
  }

  private func fetch(_ room: Room, _ arguments: [String] = []) throws -> Program.Result {
    try Program.run("cxr-fetch", [room.catalogue, "--output", room.output] + arguments)
  }

  @Test func whatIsWholeIsNotFetched() throws {
    let room = try room()
    let all = try fetch(room)
    #expect(
      all.status == 0 && all.output.contains("2 files in \(room.output), whole and as published\n"),
      "\(all.output) \(all.errors)")
    let one = try fetch(room, ["--parts", "2"])
    #expect(one.output.contains("1 file in \(room.output), whole and as published\n"))
    let beyond = try fetch(room, ["--parts", "1,3"])
    #expect(
      beyond.status != 0 && beyond.errors.contains("there is no part 3; the catalogue has 2"))
  }

  /// A file that cannot be had is named with how many of all, and the program fails.
  @Test func whatIsMissingIsNamed() throws {
    let room = try room()
    try FileManager.default.removeItem(atPath: room.output + "/b.zip")
    try FileManager.default.createDirectory(
      atPath: room.output + "/b.zip", withIntermediateDirectories: true)
    let one = try fetch(room)
    #expect(one.status == 1 && !one.output.contains("whole and as published"))
    #expect(one.errors.contains("b.zip: it is a folder; remove it"), "\(one.errors)")
    #expect(one.errors.contains("1 of 2 files is missing: b.zip;"), "\(one.errors)")
    #expect(!one.output.contains("next:"))
    try FileManager.default.removeItem(atPath: room.output + "/a.zip")
    try FileManager.default.createDirectory(
      atPath: room.output + "/a.zip", withIntermediateDirectories: true)
    #expect(try fetch(room).errors.contains("2 of 2 files are missing: a.zip, b.zip;"))
  }

  /// The command that follows names what lies there: the newer label file, and the official lists where both do.
  @Test func theNextCommandNamesWhatLiesThere() throws {
    let room = try room("my films")
    func next() throws -> String {
      let output = try fetch(room).output.split(separator: "\n").map(String.init)
      return try #require(output.last { $0.hasPrefix("next: cxr-explore --csv ") })
    }
    func word(_ name: String) -> String { "'\(room.output)\(name)'" }
    let rest = " --cache cache --output explore"
    let none = try next()
    #expect(none.contains("--csv LABELS --images \(word(""))\(rest), where LABELS is"), "\(none)")
    for name in ["Data_Entry_2017.csv", "Data_Entry_2017_v2020.csv"] {
      try put("x", name, room)
      #expect(
        try next() == "next: cxr-explore --csv \(word("/" + name)) --images \(word(""))\(rest)")
    }
    let labels = word("/Data_Entry_2017_v2020.csv")
    let start = "next: cxr-explore --csv \(labels) --images \(word(""))"
    try put("x", "test_list.txt", room)
    #expect(try next() == start + rest)
    try put("x", "train_val_list.txt", room)
    let lists =
      " --train-list \(word("/train_val_list.txt")) --test-list \(word("/test_list.txt"))"
    #expect(try next() == start + lists + rest)
    try FileManager.default.removeItem(atPath: room.output + "/test_list.txt")
    #expect(try next() == start + rest)
  }

  /// A list is known by its films, whatever it is called; what is none of NIH's is said and not kept.
  @Test func labelFilesAreKnownByWhatIsInThem() throws {
    let room = try room()
    let films = (1...25_596).map { number in
      String(repeating: "0", count: 8 - "\(number)".count) + "\(number)_000.png\n"
    }
    let (list, short) = (room.folder.path + "/mine", room.folder.path + "/short")
    try films.joined().write(toFile: list, atomically: true, encoding: .utf8)
    try films.dropLast().joined().write(toFile: short, atomically: true, encoding: .utf8)
    let wrong = try fetch(room, ["--labels-from", short])
    #expect(
      wrong.status == 1 && wrong.errors.contains("25595 films, not the 86524"), "\(wrong.errors)")
    #expect(!FileManager.default.fileExists(atPath: room.output + "/test_list.txt"))
    let right = try fetch(room, ["--labels-from", list])
    #expect(right.status == 0, "\(right.errors)")
    #expect(
      right.errors.contains("test_list.txt: the official list of 25596 films for the test"),
      "\(right.errors)")
    #expect(
      FileManager.default.contentsEqual(atPath: list, andPath: room.output + "/test_list.txt"))
  }

  @Test func numbersBeyondTheirBoundsAreRefused() throws {
    let room = try room()
    for (arguments, words) in [
      (["--connections", "0"], "--connections 0: a number from 1 to 16"),
      (["--connections", "17"], "--connections 17: a number from 1 to 16"),
      (["--stall", "0"], "--stall 0.0: a number of seconds above 0"),
      (["--parts", "2-1"], "--parts: \"2-1\" names no parts"),
    ] {
      let result = try fetch(room, arguments)
      #expect(result.status == 64 && result.errors.contains(words), "\(result.errors)")
    }
    #expect(try fetch(room, ["--connections", "16"]).status == 0)
  }
}
