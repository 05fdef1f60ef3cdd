import Foundation
import Testing

/// A network that is not the reference's goes by its name through all programs, without another word.
@Suite struct OtherNetworkTests {
  private let folder: TemporaryFolder
  private var data: [String] {
    ["--csv", folder.path + "/labels.csv", "--images", folder.path + "/films"]
  }
  private var small: [String] {
    [
      "--model", "chest-resnet", "--architecture", "channels=4,6", "blocks=1", "--image-size", "48",
      "--batch-size", "8", "--labels", "Mass", "--cache", folder.path + "/cache",
    ]
  }

  init() throws {
    folder = try TemporaryFolder()
    try folder.addSmallFilms()
  }

  private func succeed(_ name: String, _ arguments: [String]) throws -> Program.Result {
    let result = try Program.run(name, arguments)
    #expect(result.status == 0, "\(name): \(result.errors)")
    return result
  }

  private func bytes(_ run: String, _ array: String) throws -> Data {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c",
      "import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))",
      "\(folder.path)/\(run)/last.npz", array,
    ]
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return data
  }

  @Test func throughAllPrograms() throws {
    let whole = folder.path + "/whole"
    let trained = try succeed("cxr-train", data + small + ["--output", whole, "--epochs", "2"])
    #expect(
      trained.errors.contains("stage2block1/body/conv1") && trained.errors.contains("Residual"))
    // Gone on with: the network is what run.json says.
    let parts = folder.path + "/parts"
    _ = try succeed("cxr-train", data + small + ["--output", parts, "--epochs", "1"])
    let more = try succeed("cxr-train", ["--resume", "--output", parts, "--epochs", "2"])
    #expect(more.errors.contains("goes on in epoch 2"))
    for array in ["stage1block1/body/conv1/kernel.npy", "optimizer/first/head/bias.npy"] {
      let (one, other) = (try bytes("whole", array), try bytes("parts", array))
      #expect(one == other && !one.isEmpty, "\(array)")
    }
    let other = try Program.run(
      "cxr-train", ["--resume", "--output", parts, "--epochs", "3", "--architecture", "blocks=2"])
    #expect(
      other.status != 0 && other.errors.contains("the network: was chest-resnet blocks=1"),
      "\(other.errors)")

    let evaluation = folder.path + "/evaluation"
    _ = try succeed(
      "cxr-evaluate",
      data + [
        "--checkpoint", whole + "/best.npz", "--output", evaluation, "--replicates", "100",
        "--cache", folder.path + "/cache",
      ])
    #expect(FileManager.default.fileExists(atPath: evaluation + "/metrics.json"))
    let answers = folder.path + "/answers"
    let predicted = try succeed(
      "cxr-predict",
      ["--checkpoint", whole + "/best.npz", "--maps", answers, folder.path + "/films/3.png"])
    #expect(predicted.output.contains("Mass"))
    let maps = try FileManager.default.contentsOfDirectory(atPath: answers)
    #expect(
      maps.contains { $0.hasSuffix(".svg") || $0.hasSuffix(".png") || $0.hasSuffix(".jpg") },
      "\(maps)")
  }

  /// A network of the field, trained, and tuned on other labels from its weights; killed and gone on with though the file is
  /// no longer there.
  @Test(arguments: [
    ["densenet121", "growth=3", "blocks=1-1-1", "bottleneck=2"],
    ["resnet50", "width=2", "blocks=1-1-1", "input_channels=3"],
  ]) func pretrainedAndTuned(network: [String]) throws {
    let small =
      [
        "--model", network[0], "--architecture",
      ] + network.dropFirst() + [
        "--image-size", "64", "--batch-size", "8", "--cache", folder.path + "/cache64", "--epochs",
        "2",
      ]
    let first = folder.path + "/first"
    let trained = try succeed(
      "cxr-train", data + small + ["--output", first, "--labels", "Mass", "--shares", "3"])
    #expect(
      trained.errors.contains("the averages that batch normalisation predicts with are still"))
    let tuned = folder.path + "/tuned"
    var rows = "Image Index,Finding Labels,Patient ID\n"
    for i in 0..<40 {
      rows += "\(i).png,\(i % 2 == 0 ? "Mass" : "No Finding")\(i % 4 == 0 ? "|Edema" : ""),\(i)\n"
    }
    let labels = folder.path + "/both.csv"
    try rows.write(toFile: labels, atomically: true, encoding: .utf8)
    let data = ["--csv", labels, "--images", folder.path + "/films"]
    let own =
      data + small + [
        "--labels", "Mass,Edema", "--output", tuned, "--initial-weights", first + "/best.npz",
        "--head-only", "--head-learning-rate", "0.01", "--accumulate", "2",
      ]
    let otherwise = try Program.run("cxr-train", own + ["--standardisation", "0.5,0.25"])
    #expect(
      otherwise.status == 1
        && otherwise.errors.contains("standardisation was training, is 0.5,0.25"),
      "\(otherwise.errors)")
    let result = try succeed("cxr-train", own + ["--epochs", "1", "--force"])
    let head = network[0] == "resnet50" ? "fc" : "classifier"
    #expect(
      result.errors.contains("arrays from \(first)/best.npz")
        && result.errors.contains("arrays are not trained")
        && result.errors.contains("batch normalisation normalises each by itself"),
      "\(result.errors)")
    #expect(result.errors.contains("fresh: \(head)/kernel (the file's is"), "\(result.errors)")
    try FileManager.default.removeItem(atPath: first)
    _ = try succeed("cxr-train", ["--resume", "--output", tuned, "--epochs", "2"])
    // What was taken stays on record, and the averages of a network that is trained whole are set exactly.
    let record = try String(contentsOfFile: tuned + "/run.json", encoding: .utf8)
    #expect(record.contains("\"sha256\":") && record.contains("the file's is ["), "\(record)")
    let whole = try succeed(
      "cxr-train",
      data + small + [
        "--labels", "Mass,Edema", "--output", folder.path + "/whole", "--initial-weights",
        tuned + "/best.npz", "--recalibrate-norm", "on", "--epochs", "1",
      ])
    #expect(whole.errors.contains("fresh: none"), "\(whole.errors)")
    let other = try Program.run(
      "cxr-train", ["--resume", "--output", tuned, "--epochs", "3", "--accumulate", "1"])
    #expect(
      other.status == 1 && other.errors.contains("accumulate: was 2, is 1"), "\(other.errors)")
    let evaluation = folder.path + "/evaluation"
    _ = try succeed(
      "cxr-evaluate",
      data + [
        "--checkpoint", tuned + "/best.npz", "--output", evaluation, "--replicates", "100",
        "--cache",
        folder.path + "/cache64",
      ])
    let predicted = try succeed(
      "cxr-predict", ["--checkpoint", tuned + "/best.npz", folder.path + "/films/3.png"])
    #expect(predicted.output.contains("Mass"))
  }

  /// Weights are counted before memory is taken for them.
  @Test func aNetworkThatFitsNowhereIsRefused() throws {
    let result = try Program.run(
      "cxr-train",
      data + [
        "--output", folder.path + "/huge", "--labels", "Mass", "--image-size", "400",
        "--architecture",
        "channels=4096,4096,4096", "kernel=43",
      ])
    #expect(
      result.status == 1 && result.errors.contains("weights of this network")
        && result.errors.contains("choose a smaller network"), "\(result.status) \(result.errors)")
  }

  @Test func whatIsNotUnderstoodIsRefusedAtOnce() throws {
    func refusal(_ arguments: [String]) throws -> String {
      let result = try Program.run(
        "cxr-train", data + ["--output", folder.path + "/none", "--labels", "Mass"] + arguments)
      #expect(result.status == 64, "\(result.status)")
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/none"))
      return result.errors
    }
    #expect(
      try refusal(["--model", "densenet-121"]).contains(
        "no network is called densenet-121; known are chest-cnn, chest-resnet"))
    #expect(
      try refusal(["--architecture", "depth=2"]).contains(
        "chest-cnn has no setting depth; it has channels, dropout, kernel"))
    #expect(try refusal(["--architecture", "kernel"]).contains("KEY=VALUE is needed"))
    #expect(
      try refusal(["--architecture", "kernel=0"]).contains("a whole number from 1 to 63"))
    #expect(
      try refusal(["--model", "chest-resnet", "--image-size", "32"]).contains("at least 33 pixels"))
    #expect(
      try refusal(["--model", "densenet121", "--image-size", "63"]).contains("at least 64 pixels"))
    #expect(try refusal(["--shares", "65"]).contains("--shares 65: a number from 1 to 64"))
    #expect(try refusal(["--accumulate", "0"]).contains("--accumulate 0: a number of batches"))
    #expect(try refusal(["--freeze", "a,,b"]).contains("--freeze: a name is empty"))
    #expect(try refusal(["--standardisation", "grey"]).contains("--standardisation"))
  }
}
