import CXRFiles
import CXRCheckpoint
import Foundation
import Testing

@testable import CXRTraining

/// When a run writes, in what order, when it stops, and what it keeps of an earlier one.
@Suite struct RunRuleTests {
  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  @Test func intervalsAreOver() {
    #expect(CheckpointInterval.standard == .seconds(5 * 60))
    #expect(CheckpointInterval.seconds(300).isDue(seconds: 300, steps: 0))
    #expect(!CheckpointInterval.seconds(300).isDue(seconds: 299.9, steps: 9999))
    #expect(CheckpointInterval.steps(3).isDue(seconds: 0, steps: 3))
    #expect(!CheckpointInterval.steps(3).isDue(seconds: 9999, steps: 2))
  }

  @Test func theReferencesSettings() {
    let options = TrainingOptions()
    #expect(options.loss == .weightedBCE && options.epochs == 20 && options.batchSize == 32)
    #expect(options.learningRate == 0.001 && options.decay == 0.95 && options.patience == 5)
    #expect(options.augments && options.clipNorm == nil && options.seed == 0)
    #expect(options.preparation.imageSize == 224 && options.operatingRule == .youden)
  }

  /// A folder in the place of a file lets it not be written: what comes before it is there, what comes after is not.
  @Test(arguments: ["best.npz", "history.csv", "last.npz"])
  func filesOfAnEpochAreWrittenInTheirOrder(blocked: String) throws {
    let set = try SmallSet(patients: 12)
    defer { set.remove() }
    var trainer = try set.trainer("run", set.options)
    let run = set.folder + "/run/"
    try FileManager.default.createDirectory(
      atPath: run + blocked, withIntermediateDirectories: true)
    #expect(throws: FileError.self) { try trainer.run { _ in } }
    let order = ["best.npz", "history.csv", "last.npz"]
    let place = try #require(order.firstIndex(of: blocked))
    for (i, name) in order.enumerated() where i != place {
      #expect(exists(run + name) == (i < place), "\(name)")
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: run)
    #expect(!names.contains { AtomicFile.isTemporary($0) })
  }

  /// In a run of two epochs, checkpoints every two steps: where they are, how long is left at each step.
  @Test func checkpointsAndStepsAreToldWhereTheyAre() throws {
    let set = try SmallSet(patients: 12)
    defer { set.remove() }
    var options = set.options
    options.batchSize = 4
    var trainer = try set.trainer("run", options)
    trainer.checkpointInterval = .steps(2)
    let steps = (try set.data(options).samples.count + 3) / 4
    try #require(steps > 3)
    let samples = try set.data(options).samples.count
    var (places, told) = ([Trainer.Place](), [StepFigures]())
    _ = try trainer.run { event in
      switch event {
      case .checkpoint(let place, _): places.append(place)
      case .step(let figures): told.append(figures)
      case .epoch: break
      }
    }
    #expect(
      places
        == (1...2).flatMap { epoch in
          (Array(stride(from: 2, through: steps, by: 2)) + [steps]).map {
            Trainer.Place(epoch: epoch, step: $0, steps: steps)
          }
        })
    #expect(told.map(\.step) == Array(1...steps) + Array(1...steps))
    for figures in told {
      let films = Double(min(figures.step * 4, samples))
      let spent = films / figures.imagesPerSecond
      let left = spent / Double(figures.step) * Double(steps - figures.step)
      #expect(abs(figures.secondsLeft - left) <= 1e-9 * left, "\(figures.step)")
    }
    #expect(told.last?.secondsLeft == 0)
  }

  /// After one step Adam's first moments are a tenth of the gradient that was followed.
  @Test func aLongGradientIsFollowedShortened() throws {
    let set = try SmallSet(patients: 12)
    defer { set.remove() }
    func firstStep(_ name: String, clip: Double?) throws -> (told: Double, followed: Double) {
      var options = set.options
      options.clipNorm = clip
      var trainer = try set.trainer(name, options)
      var (asked, told) = (0, Double.nan)
      let outcome = try trainer.run(
        until: {
          asked += 1
          return asked == 2
        }, { if case .step(let figures) = $0 { told = figures.gradientNorm } })
      let steps = (try set.data(options).samples.count + 15) / 16
      #expect(outcome.stoppedAt == Trainer.Place(epoch: 1, step: 1, steps: steps))
      let moments = try Checkpoint(path: "\(set.folder)/\(name)/last.npz").arrays
        .filter { $0.name.hasPrefix("optimizer/first/") }.flatMap(\.scalars)
      try #require(moments.count > 500_000)
      return (told, 10 * moments.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot())
    }
    let free = try firstStep("free", clip: nil)
    #expect(abs(free.followed - free.told) < 1e-4 * free.told)
    for (name, share) in [("short", 0.25), ("long", 4)] {
      let clipped = try firstStep(name, clip: share * free.told)
      // The length that is told is the one before.
      #expect(clipped.told == free.told)
      let expected = free.told * min(1, share)
      #expect(abs(clipped.followed - expected) < 1e-4 * expected, "\(name)")
    }
  }

  /// At this rate the second epoch is worse than the first: the run ends after so many epochs as it has patience.
  @Test(arguments: [1, 2]) func patienceRunsOut(patience: Int) throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.options
    (options.epochs, options.patience, options.decay) = (5, patience, 1)
    let outcome = try set.train("run", options)
    let losses = outcome.history.rows.map(\.validation.loss)
    try #require(losses.count > 1 && losses.dropFirst().allSatisfy { $0 > losses[0] })
    #expect(losses.count == 1 + patience)
    #expect(outcome.stoppedEarly && outcome.bestEpoch == 1 && !outcome.wasFinished)
    // More epochs do not make it go on.
    options.epochs = 9
    let last = set.folder + "/run/last.npz"
    let bytes = try Data(contentsOf: URL(fileURLWithPath: last))
    #expect(
      try CheckpointMetadata(Checkpoint(path: last), path: last).progress.isFinished)
    do {
      let folder = try OutputFolder(set.folder + "/run", for: .trainingRun, reusing: true)
      let resumption = try #require(try Resumption(folder))
      #expect(resumption.isFinished(options) && resumption.epoch == 1 + patience)
      #expect(resumption.step == 0)
    }
    let again = try set.train("run", options, resuming: true)
    #expect(again.wasFinished && again.history == outcome.history && again.bestEpoch == 1)
    #expect(try Data(contentsOf: URL(fileURLWithPath: last)) == bytes)
  }

  /// A run that is to be replaced is kept under other names, each once.
  @Test func anEarlierRunIsSetAside() throws {
    let set = try SmallSet(patients: 2)
    defer { set.remove() }
    let folder = try OutputFolder(set.folder + "/run", for: .trainingRun, reusing: false)
    let names = ["run.json", "best.npz", "last.npz", "history.csv", "report.html"]
    func text(_ name: String) throws -> String {
      try String(contentsOfFile: folder.file(name), encoding: .utf8)
    }
    for name in names + ["films-1.cache"] { try folder.write("first " + name, to: name) }
    #expect(!Trainer.isUntouched(folder))
    try Trainer.setAsideEarlierRun(in: folder, except: "run.json")
    #expect(Trainer.isUntouched(folder))
    #expect(folder.has("run.json") && folder.has("films-1.cache") && !folder.has("run.json.old"))
    for name in names.dropFirst() {
      #expect(!folder.has(name))
      #expect(try text(name + ".old") == "first " + name)
    }
    for name in names { try folder.write("second " + name, to: name) }
    try Trainer.setAsideEarlierRun(in: folder)
    for name in names.dropFirst() {
      #expect(try text(name + ".old") == "first " + name)
      #expect(try text(name + ".old-2") == "second " + name)
    }
    #expect(try text("run.json.old") == "second run.json" && !folder.has("run.json"))
    #expect(try text("films-1.cache") == "first films-1.cache")
  }

  /// What a killed program left half written goes, of pictures too; what only looks like it stays.
  @Test func halfWrittenFilesAreRemoved() throws {
    let set = try SmallSet(patients: 2)
    defer { set.remove() }
    let path = set.folder + "/run"
    try FileManager.default.createDirectory(
      atPath: path + "/plots", withIntermediateDirectories: true)
    let gone = ["best.npz.12.tmp", "plots/loss-1.tsv.4711.tmp"]
    let kept = ["plots/loss-1.tsv", "a.tmp", "a.b.tmp", "best.npz.12"]
    for name in gone + kept {
      try "x".write(toFile: "\(path)/\(name)", atomically: false, encoding: .utf8)
    }
    _ = try OutputFolder(path, for: .trainingRun, reusing: true)
    for name in gone { #expect(!exists("\(path)/\(name)"), "\(name)") }
    for name in kept { #expect(exists("\(path)/\(name)"), "\(name)") }
  }

  /// A need of so many bytes fits where exactly as many are left, beside what the process has already.
  @Test func aNeedFitsToTheByte() throws {
    func limit(_ left: Int, _ name: String) -> MemoryLimits.Limit {
      MemoryLimits.Limit(name: name, remedy: "mend \(name)", left: left)
    }
    let need = try MemoryNeed(films: 2, side: 112, threads: 3)
    let held = 1 << 20
    let more = need.resident - held
    let room = 1 << 40
    func fits(
      space: Int = room, container: Int = room, free: Int = room, beforePreparation: Bool = false
    ) throws -> String? {
      let limits = MemoryLimits(
        addressSpace: limit(space, "space"),
        resident: [limit(free, "free"), limit(container, "container")], residentNow: held)
      do {
        try need.check(limits, isBeforePreparation: beforePreparation)
        return nil
      } catch TrainingError.notEnoughMemory(_, _, let name, let left, let remedy) {
        #expect(remedy == "mend \(name)" && [space, container, free].contains(left))
        return name
      }
    }
    #expect(try fits(free: more) == nil && fits(free: more - 1) == "free")
    #expect(try fits(container: more) == nil && fits(container: more - 1) == "container")
    // BLAS takes 136 MiB of addresses a thread and 64 MiB once, threads that prepare films 192 MiB.
    let reserved = (136 * 3 + 64) << 20
    #expect(try fits(space: more + reserved) == nil)
    #expect(try fits(space: more + reserved - 1) == "space")
    let withFilms = more + reserved + (192 << 20)
    #expect(try fits(space: withFilms, beforePreparation: true) == nil)
    #expect(try fits(space: withFilms - 1, beforePreparation: true) == "space")
    // More films, pixels and threads take more.
    for (batch, size, threads) in [(3, 112, 3), (2, 113, 3), (2, 112, 4)] {
      #expect(
        try MemoryNeed(films: batch, side: size, threads: threads).resident > need.resident)
    }
  }
}
