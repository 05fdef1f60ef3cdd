import CXRFilms
import CXRCheckpoint
import CXRTraining
import Foundation
import Testing

/// What programs say of themselves to other programs, and how a run goes on. Kills, full disks and changing files are
/// `make faults`.
@Suite(.serialized) struct SurvivalTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.addSmallFilms()
  }

  /// Run in the folder, with relative paths.
  private func shell(_ command: String) throws -> Program.Result {
    try Program.run(
      URL(fileURLWithPath: "/bin/bash"),
      ["-c", "cd '\(folder.path)'; PATH='\(Program.folder.path)':$PATH; \(command)"])
  }

  private let options = "--csv labels.csv --images films --labels Mass --image-size 106"

  @Test func aRunGoesOnFromItsRecord() throws {
    let whole = try shell("cxr-train \(options) --epochs 2 --output whole --seed 5 --clip-norm 3")
    #expect(whole.status == 0, "\(whole.errors)")
    let first = try shell("cxr-train \(options) --epochs 1 --output run --seed 5 --clip-norm 3")
    #expect(first.status == 0, "\(first.errors)")
    try expectRecord(of: "run")
    // With a copy of its record in an empty folder the same command repeats it.
    let copied = try shell(
      "mkdir copy && cp run/run.json copy && cxr-train --resume --output copy")
    #expect(copied.status == 0, "\(copied.errors)")
    #expect(
      copied.errors.contains("no last.npz in copy: the run starts from the beginning"),
      "\(copied.errors)")
    #expect(
      try Checkpoint(path: folder.path + "/copy/last.npz").arrays
        == Checkpoint(path: folder.path + "/run/last.npz").arrays)
    // What was changed in the history does not matter.
    try "changed\n".write(
      toFile: folder.path + "/run/history.csv", atomically: true, encoding: .utf8)
    // From another folder, with the paths of the first.
    let next = try shell(
      "cd /; cxr-train --resume --output '\(folder.path)/run' --epochs 2 --threads 1")
    #expect(next.status == 0, "\(next.errors)")
    #expect(next.errors.contains("threads: 1 ") && next.errors.contains("goes on in epoch 2 after"))
    #expect(try history("run") == history("whole"))
    #expect(try history("run").count == 3)
    #expect(
      try Checkpoint(path: folder.path + "/run/last.npz").arrays
        == Checkpoint(path: folder.path + "/whole/last.npz").arrays)

    let before = try FileManager.default.attributesOfItem(atPath: folder.path + "/run/last.npz")
    let finished = try shell("cxr-train --resume --output run --epochs 2")
    #expect(finished.status == 0 && finished.output.contains("finished"), "\(finished.errors)")
    let after = try FileManager.default.attributesOfItem(atPath: folder.path + "/run/last.npz")
    #expect(before[.modificationDate] as? Date == after[.modificationDate] as? Date)
    try FileManager.default.removeItem(atPath: folder.path + "/run/report.html")
    let again = try shell("cxr-train --resume --output run --epochs 2")
    #expect(
      again.status == 0 && again.errors.contains("report, which was missing"), "\(again.errors)")

    let other = try shell("cxr-train --resume --output run --epochs 3 --seed 6 --decay 0.5")
    #expect(other.status == 1, "\(other.errors)")
    for difference in ["seed: was 5, is 6", "decay: was 0.95, is 0.5"] {
      #expect(other.errors.contains(difference), "\(other.errors)")
    }
    let device = try shell("CXR_VECTORS=portable cxr-train --resume --output run --epochs 3")
    #expect(
      device.status == 1 && device.errors.contains("\nto accept another device: --other-device"),
      "\(device.errors)")
    let accepted = try shell(
      "CXR_VECTORS=portable cxr-train --resume --output run --epochs 3 --other-device")
    #expect(accepted.status == 0, "\(accepted.errors)")
    #expect(
      accepted.errors.contains("vectors: portable") && !accepted.errors.contains("not to be had"))

    let nothing = try shell("cxr-train --resume --output nowhere")
    #expect(nothing.status == 64 && nothing.errors.contains("run.json"), "\(nothing.errors)")
    let record = folder.path + "/run/run.json"
    let text = try String(contentsOfFile: record, encoding: .utf8)
    try text.replacingOccurrences(of: "\"seed\": 5", with: "\"force\": true")
      .write(toFile: record, atomically: true, encoding: .utf8)
    let hostile = try shell("cxr-train --resume --output run --epochs 4")
    #expect(hostile.status == 1 && hostile.errors.contains("force"), "\(hostile.errors)")
    try "{".write(toFile: record, atomically: true, encoding: .utf8)
    let broken = try shell("cxr-train --resume --output run --epochs 4")
    #expect(broken.status == 1 && broken.errors.contains("run.json"), "\(broken.errors)")
  }

  /// The history of a run, without its times.
  private func history(_ run: String) throws -> [[Substring]] {
    let text = try String(contentsOfFile: "\(folder.path)/\(run)/history.csv", encoding: .utf8)
    return text.split(separator: "\n").map { line in
      Array(line.split(separator: ",", omittingEmptySubsequences: false).prefix(12))
    }
  }

  /// What the record says of a run of one epoch with no options but seed and clipping.
  private func expectRecord(of run: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(run)/run.json"))
    let record = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let options = try #require(record["options"] as? [String: Any])
    for (name, expected) in [
      ("loss", "weighted-bce"), ("augment", "on"), ("operating-point", "youden"),
      ("checkpoint-every", "300s"), ("uncertain", "ignore"), ("cache-check", "stamp"),
    ] { #expect(options[name] as? String == expected, "\(name)") }
    for (name, expected) in [
      ("epochs", 1), ("batch-size", 32), ("learning-rate", 0.001), ("decay", 0.95),
      ("patience", 5), ("seed", 5), ("split-seed", 0), ("clip-norm", 3),
    ] { #expect((options[name] as? NSNumber)?.doubleValue == expected, "\(name)") }
    for (name, end) in [("csv", "/labels.csv"), ("images", "/films")] {
      let path = try #require(options[name] as? String)
      #expect(path.hasPrefix("/") && path.hasSuffix(end), "\(path)")
    }
  }

  /// Ctrl-C, SIGTERM and a closed terminal: the step is finished and kept, and the exit code says which it was.
  @Test func aSignalFinishesTheStep() throws {
    let result = try shell(
      """
      for signal in INT TERM HUP; do
        env --default-signal=INT,TERM,HUP cxr-train \(options) --epochs 9999 --patience 9999 \
          --output $signal --metrics-fd 3 3>$signal.jsonl 2>$signal.txt &
        for i in $(seq 600); do grep -q '"step"' $signal.jsonl && break; sleep 0.05; done
        kill -$signal $!
        wait $!
        echo $signal $?
      done
      """)
    #expect(result.output == "INT 130\nTERM 143\nHUP 129\n", "\(result.output)")
    for signal in ["INT", "TERM", "HUP"] {
      let run = folder.path + "/" + signal
      let text = try String(contentsOfFile: run + ".txt", encoding: .utf8)
      #expect(text.contains("go on with cxr-train --resume --output \(signal)"), "\(text)")
      #expect(!FileManager.default.fileExists(atPath: run + "/report.html"))
      let place = try #require(
        text.firstMatch(of: /stopped in epoch (\d+) after step (\d+) of (\d+)/))
      let (epoch, step) = (Int(place.output.1), Int(place.output.2))
      // What is kept is of that step.
      let metadata = try #require(
        try objects(
          Checkpoint(path: run + "/last.npz").metadata.split(separator: "\n").joined()
        ).first)
      #expect(metadata["epoch"] as? Int == epoch.map { $0 - 1 })
      let steps = (metadata["unfinished_epoch"] as? [String: Any])?["steps"] as? Int
      #expect((steps ?? 0) == step)
      let told = try objects(String(contentsOfFile: run + ".jsonl", encoding: .utf8))
        .last { $0["event"] as? String == "step" }
      guard step != 0 else { continue }
      #expect(told?["epoch"] as? Int == epoch && told?["step"] as? Int == step)
    }
  }

  /// A unit that is not there is not chosen, and that is said.
  @Test func unknownVectorsAreSaid() throws {
    let result = try shell(
      "CXR_VECTORS=sse9 cxr-train --csv none.csv --images films --output v --log-level info")
    #expect(
      result.errors.contains("CXR_VECTORS=sse9 is not to be had here"), "\(result.errors)")
  }

  private func objects(_ text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map {
      try #require(
        try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any], "\($0)")
    }
  }

  @Test func logsAndMetricsAreForPrograms() throws {
    let run = try shell(
      "cxr-train \(options) --epochs 2 --batch-size 8 --output run --log-format json --log-level debug "
        + "--checkpoint-every 2steps --metrics-fd 3 3>metrics.jsonl")
    #expect(run.status == 0, "\(run.errors)")
    let log = try objects(run.errors)
    for key in ["time", "level", "program", "message"] {
      #expect(log.allSatisfy { $0[key] is String }, "\(key)")
    }
    #expect(log.filter { $0["val_loss"] is Double }.compactMap { $0["epoch"] as? Int } == [1, 2])
    #expect(log.contains { $0["level"] as? String == "debug" && $0["seconds"] is Double })
    let metrics = try objects(
      String(contentsOfFile: folder.path + "/metrics.jsonl", encoding: .utf8))
    let kinds = Dictionary(grouping: metrics) { $0["event"] as? String ?? "" }.mapValues(\.count)
    let steps = try #require(metrics.first?["steps"] as? Int)
    #expect(kinds["step"] == 2 * steps && kinds["epoch"] == 2, "\(kinds)")
    #expect((kinds["checkpoint"] ?? 0) >= 2 + 2 * (steps / 2), "\(kinds)")
    #expect(
      metrics.allSatisfy { $0["event"] as? String != "step" || $0["gradient_norm"] is Double })

    // The loss of a step is the mean over the epoch's films so far; the batches before the last have as many.
    for epoch in [1, 2] {
      let steps = metrics.filter {
        $0["event"] as? String == "step" && $0["epoch"] as? Int == epoch
      }
      var sum = 0.0
      for (place, step) in steps.dropLast().enumerated() {
        sum += try #require(step["batch_loss"] as? Double)
        let loss = try #require(step["loss"] as? Double)
        #expect(abs(loss * Double(place + 1) - sum) < 1e-5 * sum, "epoch \(epoch), step \(place)")
      }
      try #require(steps.count > 2)
    }

    let quiet = try shell(
      "cxr-train \(options) --epochs 1 --output quiet --log-level error --clip-norm 2")
    #expect(quiet.status == 0 && quiet.errors.isEmpty, "\(quiet.errors)")
    // What was asked for is what the run was trained with.
    let other = try shell(
      "cxr-train \(options) --epochs 2 --output quiet --clip-norm 7 --resume")
    #expect(
      other.status == 1 && other.errors.contains("clip-norm: was 2.0, is 7.0"), "\(other.errors)")
    let record = try #require(
      try JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(fileURLWithPath: folder.path + "/quiet/run.json")))
        as? [String: Any])
    let films = try #require(record["films"] as? [String: Any])
    let collection = try FilmCollection(
      FilmCollection.Options(labelFile: folder.path + "/labels.csv", labels: ["Mass"]))
    #expect(films["training"] as? Int == collection.rows(of: .train).count)
    #expect(films["validation"] as? Int == collection.rows(of: .validation).count)
    let failed = try shell(
      "cxr-explore --csv none.csv --output e --log-format json --log-level error")
    let message = try objects(failed.errors)
    #expect(
      failed.status == 1 && message.count == 1 && message.first?["level"] as? String == "error")
    // A reader that goes away is no reason to stop.
    let deaf = try shell(
      "cxr-train \(options) --epochs 1 --output deaf --metrics-fd 3 3> >(head -c 1 >/dev/null)")
    #expect(
      deaf.status == 0 && FileManager.default.fileExists(atPath: folder.path + "/deaf/report.html"))
  }

  @Test func namesFromFilesMoveNoCursor() throws {
    let text = try String(contentsOfFile: folder.path + "/labels.csv", encoding: .utf8)
    try (text + "ev\u{1B}[2Jil\u{202E}.png,Mass,99\n")
      .write(toFile: folder.path + "/hostile.csv", atomically: true, encoding: .utf8)
    let result = try shell("cxr-train --csv hostile.csv --images films --labels Mass --output h")
    #expect(
      result.status == 1 && result.errors.contains("ev\\u{1b}[2Jil\\u{202e}"), "\(result.errors)")
    #expect(!result.errors.contains("\u{1B}") && !result.errors.contains("\u{202E}"))
  }

  /// The estimate is never under the peak, and at most twice it.
  @Test(arguments: [(1, 112), (16, 112), (8, 224), (48, 224), (4, 400)])
  func memoryIsEstimatedFromAbove(batch: Int, size: Int) throws {
    let result = try shell(
      "cxr-benchmark train --batch \(batch) --image-size \(size) --steps 1 --warmup 1")
    let line = try #require(objects(result.output).first)
    let (peak, estimate) = try (
      #require(line["peak_rss_bytes"] as? Int), #require(line["estimated_bytes"] as? Int)
    )
    #expect(estimate >= peak && estimate < 2 * peak, "\(batch) \(size): \(peak), \(estimate)")
  }

  @Test func littleMemoryIsRefusedAtOnce() throws {
    let result = try shell("ulimit -v 300000; cxr-train \(options) --output m")
    #expect(result.status == 1, "\(result.status) \(result.errors)")
    for word in ["not enough memory", "106 × 106", "--batch-size", "ulimit -v"] {
      #expect(result.errors.contains(word), "\(word): \(result.errors)")
    }
  }
}
