import CXREvaluation
import CXRCheckpoint
import Foundation
import Testing

/// Bad input: one clear message, a nonzero exit, and nothing earlier is lost.
@Suite(.serialized) struct BadInputTests {
  private let folder: TemporaryFolder
  private var csv: String { folder.path + "/labels.csv" }
  private var films: String { folder.path + "/films" }

  init() throws {
    folder = try TemporaryFolder()
    try folder.addSmallFilms()
  }

  private func expect(
    _ program: String, _ arguments: [String], status: Int32 = 1, says words: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let result = try Program.run(program, arguments)
    #expect(result.status == status, "\(result.errors)", sourceLocation: sourceLocation)
    for word in words {
      #expect(
        result.errors.contains(word), "\(word): \(result.errors)", sourceLocation: sourceLocation)
    }
    let count = result.errors.components(separatedBy: "Error:").count - 1
    #expect(count == 1, "\(result.errors)", sourceLocation: sourceLocation)
  }

  private func train(_ extra: [String] = [], output: String = "run") -> [String] {
    [
      "--csv", csv, "--images", films, "--output", "\(folder.path)/\(output)", "--labels", "Mass",
      "--image-size", "106", "--epochs", "1",
    ] + extra
  }

  @Test func labelFiles() throws {
    let output = ["--output", folder.path + "/e"]
    try expect(
      "cxr-explore", ["--csv", "/no/such.csv"] + output, says: ["/no/such.csv", "no such file"])
    func write(_ text: String) throws -> [String] {
      try text.write(toFile: folder.path + "/bad.csv", atomically: true, encoding: .utf8)
      return ["--csv", folder.path + "/bad.csv", "--force"] + output
    }
    try expect(
      "cxr-explore", try write("Image Index,Labels,Patient ID\n"),
      says: ["bad.csv", "line 1", "\"Finding Labels\"", "\"Labels\""])
    try expect(
      "cxr-explore", try write("Image Index,Finding Labels,Patient ID\na.png,Mass,1\nb.png,Mass\n"),
      says: ["bad.csv", "line 3", "2 fields"])
    try expect(
      "cxr-explore", try write("Image Index,Finding Labels,Patient ID\na.png,\"Mass,1\n"),
      says: ["line 2", "quoted"])
    try expect(
      "cxr-explore", try write("Image Index,Finding Labels,Patient ID\na.png,Mass,1\n"),
      says: ["empty"])
  }

  @Test func missingAndUnreadableFilms() throws {
    try FileManager.default.removeItem(atPath: films + "/3.png")
    try expect(
      "cxr-train", train(), says: ["3.png", "to go on without them: --allow-missing", films])
    for i in 0..<40 where i != 3 {
      let film = try Data(contentsOf: URL(fileURLWithPath: "\(films)/\(i).png"))
      if i == 4 || i == 5 {
        try film.prefix(60).write(to: URL(fileURLWithPath: "\(films)/\(i).png"))
      }
    }
    try expect(
      "cxr-train", train(["--allow-missing"], output: "other"),
      says: ["cannot be decoded", ".png", "ends early", "to go on without them: --skip-unreadable"])
    let result = try Program.run(
      "cxr-train", train(["--allow-missing", "--skip-unreadable"], output: "other"))
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test func outputFoldersAndCheckpoints() throws {
    let done = try Program.run("cxr-train", train())
    #expect(done.status == 0, "\(done.errors)")
    let best = "\(folder.path)/run/best.npz"
    let before = try Data(contentsOf: URL(fileURLWithPath: best))
    try expect("cxr-train", train(), says: ["is not empty", "--force"])
    try expect(
      "cxr-train", train(["--resume", "--batch-size", "4"]), says: ["batch-size: was 32, is 4"])
    #expect(try Data(contentsOf: URL(fileURLWithPath: best)) == before)

    func evaluate(_ checkpoint: String, _ output: String, _ csv: String? = nil) -> [String] {
      [
        "--checkpoint", checkpoint, "--csv", csv ?? self.csv, "--images", films, "--output",
        "\(folder.path)/\(output)",
      ]
    }
    try expect("cxr-evaluate", evaluate("/no/best.npz", "a"), says: ["/no/best.npz"])
    try before.dropLast(100).write(to: URL(fileURLWithPath: folder.path + "/cut.npz"))
    try expect(
      "cxr-evaluate", evaluate(folder.path + "/cut.npz", "b"), says: ["cut.npz", "damaged"])

    let file = try Checkpoint(path: best)
    func rewritten(_ from: String, _ to: String) throws -> String {
      let path = folder.path + "/rewritten.npz"
      let metadata = file.metadata.replacingOccurrences(of: from, with: to)
      #expect(metadata != file.metadata)
      try Checkpoint(arrays: file.arrays, metadata: metadata).write(to: path)
      return path
    }
    try expect(
      "cxr-evaluate",
      evaluate(try rewritten("\"format_version\": 1", "\"format_version\": 9"), "c"),
      says: ["format 9"])
    try expect(
      "cxr-evaluate", evaluate(try rewritten("\"Mass\"\n", "\"Mass\", \"Edema\"\n"), "d"),
      says: ["head/kernel", "[128, 1]", "[128, 2]"])
    let others = folder.path + "/others.csv"
    let text = try String(contentsOfFile: csv, encoding: .utf8)
    try (text + "0.png,Mass,0\n").write(toFile: others, atomically: true, encoding: .utf8)
    try expect(
      "cxr-evaluate", evaluate(best, "f", others),
      says: ["others.csv", "or evaluate all films", "to evaluate them: --subset all"])
    try expect(
      "cxr-evaluate",
      evaluate(best, "g") + ["--checkpoint", try rewritten("\"Mass\"", "\"Edema\"")],
      says: ["one label set"])
  }

  @Test func wrongUsage() throws {
    try expect("cxr-train", train(["--threads", "0"]), status: 64, says: ["--threads 0"])
    try expect(
      "cxr-train", train(["--epochs", "0"]), status: 64, says: ["--epochs 0: at least 1 is needed"])
    try expect(
      "cxr-train", train(["--image-size", "90"]), status: 64,
      says: ["--image-size 90: the network takes films of at least 106 pixels a side"])
    try expect("cxr-train", train(["--loss", "mse"]), status: 64, says: ["weighted-bce"])
    try expect("cxr-train", train(["--labels", "Mass,Mass"]), status: 64, says: ["--labels"])
    try expect("cxr-train", train(["--train-list", "x"]), status: 64, says: ["--test-list"])
    try expect(
      "cxr-synth", ["--output", folder.path + "/s", "--patients", "2"], status: 64,
      says: ["--patients 2: at least 24 are needed"])
    for program in ["cxr-synth", "cxr-explore", "cxr-train", "cxr-evaluate"] {
      let help = try Program.run(program, ["--help"])
      #expect(help.status == 0 && help.output.contains("Example"), "\(program)")
      #expect(try Program.run(program, ["--version"]).output.hasPrefix("0."), "\(program)")
    }
  }

  @Test func labelsWithoutPositives() throws {
    try expect(
      "cxr-train", train(["--labels", "Mass,Hernia"]), says: ["Hernia", "--skip-empty-labels"])
  }

  @Test func aFullDisk() throws {
    guard FileManager.default.fileExists(atPath: "/bin/bash") else { return }
    // A file-size limit of 100 KiB stands for a full disk: the cache does not fit.
    let app = Program.folder.appendingPathComponent("cxr-train").path
    let quoted = ([app] + train()).map { "'\($0)'" }.joined(separator: " ")
    let result = try Program.run(
      URL(fileURLWithPath: "/bin/bash"),
      ["-c", "trap '' XFSZ; ulimit -f 100; exec \(quoted)"])
    #expect(result.status == 1, "\(result.status) \(result.errors)")
    #expect(result.errors.contains(".cache") && result.errors.contains("File too large"))
  }

  @Test func withoutGnuplotTheDataIsWritten() throws {
    let result = try Program.run(
      "cxr-explore", ["--csv", csv, "--output", folder.path + "/e", "--labels", "Mass"],
      environment: ["PATH": "/nowhere"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("gnuplot") && result.errors.contains("make setup"))
    for file in [
      "explore.json", "report.html", "plots/label-counts-1.tsv", "plots/label-counts.gp",
    ] {
      #expect(FileManager.default.fileExists(atPath: "\(folder.path)/e/\(file)"), "\(file)")
    }
  }

  /// gnuplot outlives the program that started it; it must not write into the folder then, which may
  /// be gone, or another run's.
  @Test func nothingIsWrittenAfterAKill() throws {
    let bin = folder.path + "/bin"
    try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let fake = "#!/bin/sh\nkill -9 $PPID\nPATH='\(path)'\ngnuplot \"$@\"\n: >'\(bin)/ended'\n"
    try fake.write(toFile: bin + "/gnuplot", atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: bin + "/gnuplot")
    let result = try Program.run(
      "cxr-explore", ["--csv", csv, "--output", folder.path + "/k", "--labels", "Mass"],
      environment: ["PATH": "\(bin):\(path)"])
    #expect(result.status == 9, "\(result.status) \(result.errors)")
    let deadline = Date(timeIntervalSinceNow: 30)
    while !FileManager.default.fileExists(atPath: bin + "/ended"), Date() < deadline {
      usleep(10_000)
    }
    #expect(FileManager.default.fileExists(atPath: bin + "/ended"))
    let plots = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/k/plots")
    #expect(
      plots.contains("label-counts.gp") && plots.allSatisfy { !$0.hasSuffix(".svg") }, "\(plots)")
  }
}
