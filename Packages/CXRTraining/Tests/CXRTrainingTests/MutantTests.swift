import CXRFilms
import CXRFiles
import CXRParallel
import CXRData
import CXRTensor
import CXRTestSupport
import Foundation
import Testing

@testable import CXRCheckpoint
@testable import CXRTraining

/// Damaged and hostile files: each is taken or refused with a typed error, within a second and 64 MB.
///
/// `CXR_MUTANTS` says how many of each kind; `make chaos` asks for ten thousand.
@Suite(.serialized) struct MutantTests {
  private static let count =
    ProcessInfo.processInfo.environment["CXR_MUTANTS"].flatMap { Int($0) } ?? 400
  private static let mostSeconds = 1.0
  private static let mostBytes = 64 << 20

  @Test func checkpointsAreTakenOrRefused() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.options
    options.epochs = 1
    let data = try set.data(options)
    try set.train("run", options)
    var asked = 0
    try set.train(
      "stopped", options,
      until: {
        asked += 1
        return asked == 2
      })
    let fresh = try Trainer(
      data: data, options: options, folder: OutputFolder(set.folder + "/fresh", reusing: false))
    let sources = try ["run/best.npz", "stopped/last.npz"].map { name in
      try CheckpointMutator(path: "\(set.folder)/\(name)")
    }
    let target = try OutputFolder(set.folder + "/mutant", reusing: false)
    let path = target.file(Trainer.lastFile)
    var tally = Tally()
    for i in 0..<Self.count {
      let mutant = sources[i % 2].mutant(RandomStream(seed: 6).child("checkpoint").child(i))
      try Data(mutant).write(to: URL(fileURLWithPath: path))
      try tally.judge("checkpoint \(i)") {
        do {
          if i % 2 == 0 {
            _ = try ChestClassifier(path: path)
          } else {
            var trainer = fresh
            try Resumption(target)?.apply(to: &trainer)
          }
        } catch let error as CheckpointError {
          return error.description
        } catch let error as TrainingError {
          return error.description
        }
        return nil
      }
    }
    tally.report("checkpoints")
  }

  @Test func labelFilesAreTakenOrRefused() throws {
    let folder = try TemporaryFolder()
    var nih =
      "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position\n"
    var chexpert = "Path,Sex,Age,Frontal/Lateral,AP/PA,Mass,Edema\n"
    for i in 0..<200 {
      nih +=
        "0000\(i / 3)_00\(i % 3).png,\"\(i % 4 == 0 ? "Mass|Edema" : "No Finding")\",\(i % 3),\(i / 3),0\(30 + i % 40)Y,\(i % 2 == 0 ? "F" : "M"),PA\n"
      chexpert +=
        "C/train/patient\(10_000 + i / 2)/study1/view\(i % 2).jpg,Male,\(30 + i % 50),Frontal,AP,\(i % 3 - 1).0,\n"
    }
    let sources = [Array(nih.utf8), Array(chexpert.utf8)]
    var tally = Tally()
    for i in 0..<Self.count {
      var random = RandomStream(seed: 6).child("labels").child(i)
      var bytes = sources[i % 2]
      for _ in 0...Int.random(in: 0..<4, using: &random) {
        ByteMutation.apply(to: &bytes, tokens: ByteMutation.labelTokens, using: &random)
      }
      let path = try folder.write(bytes, to: "labels.csv")
      try tally.judge("label file \(i)") {
        do {
          let collection = try FilmCollection(
            FilmCollection.Options(labelFile: path, labels: ["Mass", "Edema"]))
          _ = collection.remarks
          _ = ClassWeight.weights(of: collection.matrix, rows: collection.rows(of: .train))
        } catch let error as DataError {
          return error.description
        } catch let error as TrainingError {
          return error.description
        }
        return nil
      }
    }
    tally.report("label files")
  }

  /// Time and memory of each, and what became of it.
  private struct Tally {
    private var (taken, refused, slowest, largest) = (0, 0, 0.0, 0)

    /// - Parameter load: gives the message of a typed error, `nil` where the file is taken; another error is thrown.
    mutating func judge(_ name: String, _ load: () throws -> String?) throws {
      let before = PeakMemory.reset()
      let start = ContinuousClock.now
      let message = try load()
      let seconds = start.duration(to: .now).seconds
      let bytes = PeakMemory.peak() - before
      #expect(seconds < MutantTests.mostSeconds, "\(name): \(seconds) s")
      #expect(bytes < MutantTests.mostBytes, "\(name): \(bytes) bytes")
      if let message {
        refused += 1
        #expect(message.count > 20, "\(name): \(message)")
      } else {
        taken += 1
      }
      (slowest, largest) = (max(slowest, seconds), max(largest, bytes))
    }

    func report(_ what: String) {
      #expect(taken > 0 && refused > 0, "\(taken) \(what) taken, \(refused) refused")
      print(
        "mutants: \(taken + refused) \(what): \(taken) taken, \(refused) refused; slowest "
          + "\((slowest * 1000).rounded()) ms, most memory \(largest >> 20) MiB")
    }
  }
}

/// This process's memory, as Linux counts it; elsewhere 0.
enum PeakMemory {
  /// Begins to count anew, and gives what is taken now, in bytes.
  static func reset() -> Int {
    // What earlier files took and gave back counts for the next one again.
    if let symbol = dlsym(nil, "malloc_trim") {
      _ = unsafeBitCast(symbol, to: (@convention(c) (Int) -> CInt).self)(0)
    }
    if let file = fopen("/proc/self/clear_refs", "w") {
      fputs("5", file)
      fclose(file)
    }
    return value("VmRSS:")
  }

  /// The most since then, in bytes.
  static func peak() -> Int { value("VmHWM:") }

  private static func value(_ key: String) -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(key) }
    return 1024
      * (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0)
  }
}

/// Changes to bytes, blind or with words that readers know.
enum ByteMutation {
  static let labelTokens = [
    "\"", "\n", "\r\n", ",", "|", "\u{0}", "\u{FEFF}", "-1", "1e999", "99999999999999999999",
    "\"\"", "Patient ID", "No Finding", "\u{202E}", String(repeating: "9", count: 5000),
    String(repeating: ",", count: 3000), String(repeating: "\"", count: 999), "../../etc/passwd",
  ]
  static let jsonTokens = [
    "-1", "0", "1e999", "NaN", "null", "true", "[]", "{}", "9223372036854775807",
    "18446744073709551615", "0.00001", "\"\"", "\"\\u0000\"", String(repeating: "[", count: 2000),
    "4096", "-9223372036854775808", String(repeating: "\"a\",", count: 3000),
  ]

  static func apply(to bytes: inout [UInt8], tokens: [String], using random: inout RandomStream) {
    guard !bytes.isEmpty else { return }
    let place = Int.random(in: 0..<bytes.count, using: &random)
    let length = min(bytes.count - place, Int.random(in: 1...64, using: &random))
    switch Int.random(in: 0..<8, using: &random) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: bytes.removeLast(bytes.count - place)
    case 2: bytes.removeSubrange(place..<place + length)
    case 3:
      for i in place..<place + length { bytes[i] = .random(in: 0...255, using: &random) }
    case 4: bytes.insert(contentsOf: bytes[place..<place + length], at: place)
    case 5:
      let extreme = [UInt8](
        repeating: [0, 0x7F, 0xFF].randomElement(using: &random) ?? 0, count: 4)
      bytes.replaceSubrange(place..<min(bytes.count, place + 4), with: extreme)
    default:
      let token = Array((tokens.randomElement(using: &random) ?? "").utf8)
      // In place of a number or a word, where one is near.
      let start = bytes[place...].firstIndex { $0 > 0x2F } ?? place
      let end = bytes[start...].firstIndex { $0 < 0x2E } ?? start
      bytes.replaceSubrange(start..<max(start, end), with: token)
    }
  }
}

/// Makes damaged and hostile files of a whole checkpoint.
struct CheckpointMutator {
  private let file: [UInt8]
  private let members: [ZipArchive.Member]
  /// A hundred million zeros, packed to a hundred thousand bytes.
  private let bomb: ZipArchive.Member

  init(path: String) throws {
    file = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    let checkpoint = try Checkpoint(path: path)
    try #require(!checkpoint.arrays.isEmpty)
    members =
      [ZipArchive.Member(name: "metadata.json", contents: Array(checkpoint.metadata.utf8))]
      + checkpoint.arrays.map {
        ZipArchive.Member(name: $0.name + ".npy", contents: $0.npyBytes, content: .floats)
      }
    let zeros = 25_000_000
    bomb = ZipArchive.Member(
      name: "block9/conv/kernel.npy",
      contents: NPYFormat.header(shape: [zeros]) + [UInt8](repeating: 0, count: 4 * zeros),
      content: .floats)
  }

  func mutant(_ stream: RandomStream) -> [UInt8] {
    var random = stream
    var bytes = file
    // The packed weights are most of the file and much alike; what is read first is at its end.
    let directory = max(0, bytes.count - 4000)
    switch Int.random(in: 0..<200, using: &random) {
    case 0..<60:
      for _ in 0...Int.random(in: 0..<3, using: &random) {
        ByteMutation.apply(to: &bytes, tokens: ByteMutation.jsonTokens, using: &random)
      }
    case 60..<110:
      var tail = Array(bytes[directory...])
      for _ in 0...Int.random(in: 0..<3, using: &random) {
        ByteMutation.apply(to: &tail, tokens: ["PK\u{1}\u{2}", "../x"], using: &random)
      }
      bytes.replaceSubrange(directory..., with: tail)
    case 110: return packed(members + [bomb])
    default: return packed(changed(using: &random))
    }
    return bytes
  }

  private func packed(_ members: [ZipArchive.Member]) -> [UInt8] {
    (try? ZipArchive.bytes(of: members, path: "mutant")) ?? []
  }

  /// Members whose sums are right and whose contents are not.
  private func changed(using random: inout RandomStream) -> [ZipArchive.Member] {
    var members = members
    let place = Int.random(in: 1..<members.count, using: &random)
    let (name, contents) = (members[place].name, members[place].contents)
    func replaced(_ name: String, _ contents: [UInt8]) -> ZipArchive.Member {
      ZipArchive.Member(name: name, contents: contents, content: .floats)
    }
    switch Int.random(in: 0..<8, using: &random) {
    case 0: members.remove(at: place)
    case 1:
      let tricks = [
        "../../\(name)", "/\(name)", "a\u{1B}[2J.npy", members[1].name, "", "metadata.json",
        String(repeating: "a/", count: 4000) + ".npy", "C:\\x.npy", "\u{202E}gnp.npy",
      ]
      members[place] = replaced(tricks.randomElement(using: &random) ?? "", contents)
    case 2:
      var header = Array(contents.prefix(128))
      for _ in 0..<2 {
        ByteMutation.apply(
          to: &header, tokens: ["99999999999", "-3", "0", "(", ")", "<f8", "True"], using: &random)
      }
      members[place] = replaced(name, header + contents.dropFirst(128))
    case 3:
      var changed = contents
      let numbers: [Float] = [.nan, .infinity, -.infinity, 1e38, -1e38, .leastNonzeroMagnitude]
      let bits = (numbers.randomElement(using: &random) ?? .nan).bitPattern
      for i in stride(from: 128, to: min(changed.count - 3, 4000), by: 4) {
        for byte in 0..<4 {
          changed[i + byte] = UInt8(truncatingIfNeeded: bits >> UInt32(8 * byte))
        }
      }
      members[place] = replaced(name, changed)
    default:
      var text = members[0].contents
      for _ in 0...Int.random(in: 0..<3, using: &random) {
        ByteMutation.apply(to: &text, tokens: ByteMutation.jsonTokens, using: &random)
      }
      members[0] = ZipArchive.Member(name: "metadata.json", contents: text)
    }
    return members
  }
}
