import CXRTestSupport
import Foundation
import Testing

@testable import CXRCheckpoint

/// What is written can be read; all else is refused before anything is written, by an error that says which array and
/// what to do.
@Suite struct WritingTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path + "/a.npz" }

  init() throws { folder = try TemporaryFolder() }

  private func array(_ name: String, shape: [Int] = [1]) -> NamedArray {
    NamedArray(
      name: name, shape: shape, scalars: [Float](repeating: 1, count: shape.reduce(1, *)))
  }

  /// The message of the refusal; there is no file, nor a part of one.
  private func refusal(
    _ arrays: [NamedArray], metadata: String = "{}",
    limits: Checkpoint.Limits = Checkpoint.Limits()
  ) throws -> (array: String?, message: String) {
    do {
      try Checkpoint(arrays: arrays, metadata: metadata).write(to: path, limits: limits)
      Issue.record("it was written")
      return (nil, "")
    } catch let error as CheckpointError {
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
      guard case .unwritable(_, let array, _, _) = error else {
        Issue.record("\(error)")
        return (nil, "")
      }
      return (array, error.description)
    }
  }

  @Test(arguments: [
    "a b", "conv:0", "w:0", "größe", "日本語", "🩻", "a\\b", "a//b", ".", "./a", "a..b", "", " ",
    ".npy",
    "\u{600}.npy", "C:", "1:/a", String(repeating: "n", count: 65_531),
  ])
  func whatNumPyTakesIsTaken(name: String) throws {
    try Checkpoint(arrays: [array(name)], metadata: "").write(to: path)
    let back = try Checkpoint(path: path)
    #expect(back.arrays == [array(name)] && back.metadata == "")
  }

  @Test(arguments: [
    ("a\u{1B}[2J", "a\\u{1B}[2J", "control character"), ("a\nb", "a\\u{A}b", "control character"),
    ("\u{202E}gnp", "\\u{202E}gnp", "direction"), ("a\u{2028}", "a\\u{2028}", "control"),
    ("../x", "../x", "out of a folder"), ("a/..", "a/..", "out of a folder"),
    ("/x", "/x", "out of a folder"), ("..\\x", "..\\x", "out of a folder"),
    ("C:\\x", "C:\\x", "out of a folder"), ("c:/x", "c:/x", "out of a folder"),
    ("metadata.json", "metadata.json", "the checkpoint's text"),
    (
      String(repeating: "n", count: 70_000), String(repeating: "n", count: 200) + "…",
      "70000 bytes, more than the 65531"
    ),
  ])
  func namesThatReadersRefuseAreNotWritten(name: String, printed: String, reason: String) throws {
    let refused = try refusal([array("good"), array(name)])
    #expect(refused.array == name)
    #expect(refused.message.contains("array \"\(printed)\": "), "\(refused.message)")
    #expect(refused.message.contains(reason), "\(refused.message)")
    #expect(refused.message.hasSuffix("; give it another name"))
  }

  @Test func oneNameIsOfOneArray() throws {
    let twice = try refusal([array("a"), array("b"), array("a", shape: [2])])
    #expect(twice.array == "a" && twice.message.contains("two have this name"))
    // The same letters, composed and not.
    #expect(try refusal([array("\u{E4}"), array("a\u{308}")]).message.contains("two have"))
    // NumPy would give the first for the second's name.
    let suffix = try refusal([array("a.npy"), array("a")])
    #expect(suffix.array == "a.npy" && suffix.message.contains("NumPy would find array \"a\""))
    #expect(throws: CheckpointError.self) {
      try Checkpoint([("a", [1], [1]), ("a", [1], [2])]).arrays(
        matching: [(name: "a", shape: [1])], path: "p")
    }
  }

  @Test func asManyAsTheFormatCounts() throws {
    let arrays = (0..<65_534).map { array("a\($0)") }
    try Checkpoint(arrays: arrays, metadata: "{}").write(to: path)
    #expect(try Checkpoint(path: path).arrays == arrays)
    try FileManager.default.removeItem(atPath: path)
    for limits in [Checkpoint.Limits(), Checkpoint.Limits(members: .max)] {
      let refused = try refusal(arrays + [array("more")], limits: limits)
      #expect(refused.array == nil && refused.message.contains("65535 arrays"))
    }
  }

  @Test func sizesBeyondTheLimitsAreNotWritten() throws {
    let axes = [Int](repeating: 1, count: 65)
    #expect(try refusal([array("a", shape: axes)]).message.contains("65 axes, more than 64"))
    let uncountable = NamedArray(name: "a", shape: [1 << 62, 0], scalars: [])
    #expect(try refusal([uncountable]).message.contains("no machine can count"))
    // A header takes 128 bytes, an element four, the text two.
    let limits = Checkpoint.Limits(totalBytes: 2 + 128 + 4)
    try Checkpoint(arrays: [array("a")], metadata: "{}").write(to: path, limits: limits)
    #expect(try Checkpoint(path: path, limits: limits).arrays.count == 1)
    try FileManager.default.removeItem(atPath: path)
    let large = try refusal([array("a", shape: [2])], limits: limits)
    #expect(large.array == "a" && large.message.contains("138 bytes where 134"))
    #expect(try refusal([], metadata: "{        }", limits: .init(totalBytes: 9)).array == nil)
    let text = String(repeating: " ", count: 32 << 20)
    #expect(try refusal([], metadata: text + " ").message.contains("33554433 bytes"))
    // What shrinks too much to be read within the limits.
    let zeros = NamedArray(
      name: "a", shape: [9_000_000], scalars: [Float](repeating: 0, count: 9_000_000))
    let shrunk = try refusal([zeros], limits: Checkpoint.Limits(expansion: 16))
    #expect(shrunk.message.contains("unpack to"), "\(shrunk.message)")
  }

  @Test func sixtyFourAxesComeBack() throws {
    let deep = array("a", shape: [Int](repeating: 1, count: 62) + [2, 3])
    try Checkpoint(arrays: [deep], metadata: "{}").write(to: path)
    #expect(try Checkpoint(path: path).arrays == [deep])
  }
}
