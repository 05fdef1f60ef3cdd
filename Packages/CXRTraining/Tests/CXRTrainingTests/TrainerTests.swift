import CXREvaluation
import CXRFilms
import CXRFiles
import CXRParallel
import CXRData
import CXRCheckpoint
import CXRImage
import CXRTensor
import Foundation
import Testing

@testable import CXRTraining

/// Serialized: some tests change the number of threads, which is the process's.
@Suite(.serialized) struct TrainerTests {
  /// Names, shapes and sums of the bits: −0 differs from 0.
  private func arrays(_ path: String) throws -> [String] {
    try Checkpoint(path: path).arrays.map { array in
      "\(array.name) \(array.shape) \(array.scalars.withUnsafeBytes { $0.checksum64 })"
    }
  }

  @Test func learnsAndWritesItsFiles() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let outcome = try set.train("run")
    try #require(outcome.history.rows.count == 2 && !outcome.stoppedEarly)
    let losses = outcome.history.rows.map(\.training.loss)
    #expect(losses[1] < losses[0])
    #expect(try History(path: set.folder + "/run/history.csv") == outcome.history)
    let best = try ChestClassifier(path: set.folder + "/run/best.npz")
    #expect(best.metadata.labels == ["Edema", "Mass"] && best.metadata.epoch == outcome.bestEpoch)
    #expect(best.metadata.split.trainPatientDigests.count == 17)
    let text = try Checkpoint(path: set.folder + "/run/best.npz").metadata
    for key in [
      "format_version", "library_version", "architecture", "labels", "image", "loss",
      "class_weights", "split", "label_file_sha256", "seed", "epoch", "step", "jpeg_dct", "depth",
      "lists_sha256", "train_patients_sha256",
    ] { #expect(text.contains("\"\(key)\""), "\(key)") }
  }

  @Test func sameBitsOnAnyNumberOfThreads() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let before = Parallel.threads
    defer { Parallel.threads = before }
    for threads in [1, 2, 3] {
      Parallel.threads = threads
      try set.train("t\(threads)")
    }
    for file in ["best.npz", "last.npz"] {
      let one = try arrays("\(set.folder)/t1/\(file)")
      #expect(try arrays("\(set.folder)/t2/\(file)") == one)
      #expect(try arrays("\(set.folder)/t3/\(file)") == one)
    }
  }

  @Test func aResumedRunEndsInTheSameBits() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var (short, long) = (set.options, set.options)
    short.epochs = 1
    long.epochs = 3
    try set.train("whole", long)
    try set.train("parts", short)
    let outcome = try set.train("parts", long, resuming: true)
    #expect(outcome.history.rows.count == 3)
    for file in ["best.npz", "last.npz"] {
      #expect(
        try arrays("\(set.folder)/whole/\(file)") == arrays("\(set.folder)/parts/\(file)"))
    }
    let (whole, parts) = (
      try History(path: set.folder + "/whole/history.csv"),
      try History(path: set.folder + "/parts/history.csv")
    )
    #expect(whole.rows.map(\.validation) == parts.rows.map(\.validation))
    #expect(whole.rows.map(\.training) == parts.rows.map(\.training))
    let again = try set.train("parts", long, resuming: true)
    #expect(again.wasFinished)
  }

  /// Every place at which a run can be asked to stop: before each step, and before each validation batch.
  @Test func aRunStoppedAnywhereEndsInTheSameBits() throws {
    let set = try SmallSet(patients: 12)
    defer { set.remove() }
    var options = set.options
    options.batchSize = 6
    try set.train("whole", options)
    let whole = try contents("\(set.folder)/whole")
    var places = 0
    for stop in 1... {
      var asked = 0
      let name = "stopped\(stop)"
      let outcome = try set.train(
        name, options,
        until: {
          asked += 1
          return asked == stop
        })
      guard outcome.stoppedAt != nil else { break }
      places = stop
      #expect(!FileManager.default.fileExists(atPath: "\(set.folder)/\(name)/report.html"))
      let resumed = try set.train(name, options, resuming: true)
      #expect(resumed.stoppedAt == nil && !resumed.wasFinished)
      #expect(try contents("\(set.folder)/\(name)") == whole, "stopped at \(stop)")
    }
    // 2 epochs of 3 steps and a validation batch at the least.
    #expect(places >= 8)
  }

  /// Killed between any two writes: the files that a run leaves are those of some moment, best.npz and
  /// history.csv perhaps ahead of last.npz.
  @Test func filesAheadOfTheLastCheckpointDoNoHarm() throws {
    let set = try SmallSet(patients: 12)
    defer { set.remove() }
    var seen: [(last: Data, best: Data?, history: Data?)] = []
    func file(_ name: String) -> Data? {
      FileManager.default.contents(atPath: "\(set.folder)/whole/\(name)")
    }
    var options = set.options
    options.batchSize = 6
    try set.train(
      "whole", options,
      until: {
        if let last = file("last.npz") {
          seen.append((last, file("best.npz"), file("history.csv")))
        }
        return false
      }, { $0.checkpointInterval = .steps(1) })
    let whole = try contents("\(set.folder)/whole")
    let final = (file("best.npz"), file("history.csv"))
    for (i, state) in seen.enumerated() {
      for isAhead in [false, true] {
        let next = i + 1 < seen.count ? (seen[i + 1].best, seen[i + 1].history) : final
        let name = "\(i)-\(isAhead)"
        let folder = "\(set.folder)/\(name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (file, data) in [
          ("last.npz", state.last), ("best.npz", isAhead ? next.0 : state.best),
          ("history.csv", isAhead ? next.1 : nil),
        ] { try data?.write(to: URL(fileURLWithPath: "\(folder)/\(file)")) }
        try set.train(name, options, resuming: true)
        #expect(try contents(folder) == whole, "\(name)")
      }
    }
    #expect(seen.count >= 6)
  }

  /// Arrays of both checkpoints, and the history without its times.
  private func contents(_ folder: String) throws -> [String] {
    let rows = try History(path: folder + "/history.csv").rows.map {
      "\($0.epoch) \($0.training) \($0.validation) \($0.learningRate)"
    }
    let best = try Checkpoint(path: folder + "/best.npz").metadata
    return try arrays(folder + "/best.npz") + [best] + arrays(folder + "/last.npz") + rows
  }

  @Test func aResumedRunNeedsItsBestEpoch() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var (short, long) = (set.options, set.options)
    (short.epochs, long.epochs) = (1, 2)
    try set.train("run", short)
    let best = set.folder + "/run/best.npz"
    let kept = try Data(contentsOf: URL(fileURLWithPath: best))
    try FileManager.default.removeItem(atPath: best)
    #expect(throws: TrainingError.self) { try set.train("run", long, resuming: true) }
    try kept.dropLast(9).write(to: URL(fileURLWithPath: best))
    #expect(throws: CheckpointError.self) { try set.train("run", long, resuming: true) }
    long.seed = 1
    try set.train("other", long)
    long.seed = 0
    try FileManager.default.removeItem(atPath: best)
    try FileManager.default.copyItem(atPath: set.folder + "/other/best.npz", toPath: best)
    #expect(throws: TrainingError.self) { try set.train("run", long, resuming: true) }
    try kept.write(to: URL(fileURLWithPath: best))
    #expect(try set.train("run", long, resuming: true).history.rows.count == 2)
  }

  @Test func aResumedRunRefusesOtherFilms() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var (short, long) = (set.options, set.options)
    (short.epochs, long.epochs) = (1, 2)
    let data = try set.data(short)
    try set.train("run", short)
    // A validation film, so that mean and deviation of the training films stay what they were.
    let row = try #require(data.validationRows.first)
    let name = data.collection.file.records[row].name
    try set.write(
      GreyFilm(height: 40, width: 40, pixels: [UInt8](repeating: 90, count: 1600)).pngData(),
      to: "films/\(name)")
    do {
      try set.train("run", long, resuming: true)
      Issue.record("another film was accepted")
    } catch let error as TrainingError {
      guard case .resumeMismatch(_, let differences, _) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(differences.count == 1 && differences[0].contains("pixels"), "\(differences)")
    }
  }

  @Test func checkpointIntervalsAreRead() {
    #expect(CheckpointInterval("300") == .seconds(300) && CheckpointInterval("2m") == .seconds(120))
    #expect(
      CheckpointInterval("0.5s") == .seconds(0.5) && CheckpointInterval("1h") == .seconds(3600))
    #expect(CheckpointInterval("20steps") == .steps(20))
    for bad in ["", "0", "-1", "0steps", "steps", "s", "5x", "nan", "inf", "1e400"] {
      #expect(CheckpointInterval(bad) == nil, "\(bad)")
    }
    for interval in [CheckpointInterval.seconds(300), .seconds(0.25), .steps(7)] {
      #expect(CheckpointInterval(interval.description) == interval)
    }
  }

  @Test func aResumedRunRefusesOtherSettings() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.options
    options.epochs = 1
    try set.train("run", options)
    options.batchSize = 8
    options.learningRate = 0.01
    do {
      try set.train("run", options, resuming: true)
      Issue.record("other settings were accepted")
    } catch let error as TrainingError {
      #expect(
        error
          == .resumeMismatch(
            path: set.folder + "/run/last.npz",
            differences: [
              "batch-size: was 16, is 8", "learning-rate: was 0.001, is 0.01",
            ]))
    }
  }

  @Test func stopsWhenTheLossIsNoNumber() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.options
    options.learningRate = 1e30
    do {
      try set.train("run", options)
      Issue.record("a diverged run went on")
    } catch let error as TrainingError {
      guard case .notFinite(_, let epoch, _, let films) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(epoch >= 1 && !films.isEmpty)
    }
  }

  @Test func seedsAndLossesGiveOtherWeights() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.options
    options.epochs = 1
    try set.train("a", options)
    options.seed = 1
    try set.train("b", options)
    options.seed = 0
    options.loss = .bce
    try set.train("c", options)
    let files = try ["a", "b", "c"].map { try arrays("\(set.folder)/\($0)/best.npz") }
    #expect(files[0] != files[1] && files[0] != files[2])
  }
}
