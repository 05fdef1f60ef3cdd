import CXRFiles
import CXRParallel
import ArgumentParser
import CXRCommandLine
import CXRNet
import CXRTensor
import CXRTraining
import Foundation

@main
struct Benchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cxr-benchmark",
    abstract: "Times networks on synthetic films, and what feeds them.",
    discussion: """
      Prints one JSON line: images_per_second (of the median step), seconds_per_step, \
      peak_rss_bytes and share_alone (of the time in which one thread worked alone). Films are random numbers, made before the clock runs.

      Example:
        cxr-benchmark train --batch 32 --image-size 224 --steps 10 --threads 2
      """,
    version: LibraryVersion.current,
    subcommands: [
      TrainCommand.self, InferCommand.self, LayersCommand.self, PeakCommand.self, PlanCommand.self,
      PrepareCommand.self, BatchesCommand.self, LabelsCommand.self, SumsCommand.self,
      RankCommand.self,
    ])
}

/// What every measurement is asked.
struct MeasureOptions: ParsableArguments {
  @Option(help: "Films a step.")
  var batch = 32
  @Option(help: "The side of the network's input, in pixels.")
  var imageSize = 224
  @Option(
    name: .customLong("model"),
    help: "The network: \(Architectures.standard.names.joined(separator: ", ")).")
  var network = Architectures.standard.names[0]
  @Option(parsing: .upToNextOption, help: "Settings of the network, KEY=VALUE.")
  var architecture: [String] = []
  @Option(help: "In how many shares sums over films are formed.")
  var shares = BatchShares.standard
  @Option(help: "Steps to time.")
  var steps = 10
  @Option(help: "Steps to take before.")
  var warmup = 2
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (1...4096).contains(batch) else {
      throw ValidationError("--batch \(batch): a number from 1 to 4096 is needed")
    }
    guard imageSize <= 4096, batch * imageSize * imageSize <= 1 << 28 else {
      throw ValidationError(
        "--batch \(batch) --image-size \(imageSize): sides up to 4096 and 2^28 pixels a step are possible"
      )
    }
    guard (1...BatchShares.most).contains(shares) else {
      throw ValidationError("--shares \(shares): a number from 1 to \(BatchShares.most) is needed")
    }
    guard steps > 0, warmup >= 0 else {
      throw ValidationError("--steps \(steps) --warmup \(warmup): at least one step is needed")
    }
    do { _ = try model() } catch { throw ValidationError("\(error)") }
  }

  func model() throws -> any FilmClassifier {
    try Architectures.standard.make(
      Architectures.standard.architecture(network, settings: architecture), side: imageSize,
      labels: LabelCount.nih,
      random: RandomStream(seed: 0).child("model"))
  }

  /// Films of mean 0 and deviation 1, and labels of which one in ten is positive.
  func films(at places: Range<Int>? = nil) -> Batch {
    var random = RandomStream(seed: 1)
    let spread = Float(3).squareRoot()
    let films = Tensor(shape: [batch, imageSize, imageSize, 1]) { pixels in
      for i in 0..<batch * imageSize * imageSize {
        pixels[i] = random.uniform(in: -spread..<spread)
      }
    }
    let labels = Tensor(
      (0..<batch * LabelCount.nih).map { _ in random.uniform() < 0.1 ? 1 : 0 },
      shape: [batch, LabelCount.nih])
    let names = (0..<batch).map { "synthetic-\($0)" }
    guard let places else { return Batch(films: films, labels: labels, names: names) }
    let area = imageSize * imageSize
    let own = Array(films.scalars[places.lowerBound * area..<places.upperBound * area])
    return Batch(
      films: Tensor(own, shape: [places.count, imageSize, imageSize, 1]), labels: labels,
      names: names, places: places)
  }

  /// Times `step` and prints the line.
  func measure(_ need: MemoryNeed, _ step: () throws -> Void) rethrows {
    for _ in 0..<warmup { try step() }
    var seconds: [Double] = []
    let together = Parallel.secondsTogether
    for _ in 0..<steps {
      let start = ContinuousClock.now
      try step()
      seconds.append(start.duration(to: .now).seconds)
    }
    let all = seconds.reduce(0, +)
    guard (JoinedRanks.current?.rank ?? 0) == 0 else { return }
    print(
      Measurement(images: batch, seconds: seconds)
        .json(estimate: need, shareAlone: 1 - (Parallel.secondsTogether - together) / all))
  }
}

enum LabelCount { static let nih = 14 }

/// What was timed.
struct Measurement {
  let images: Int
  let seconds: [Double]

  var median: Double {
    let sorted = seconds.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  var json: String {
    let list = seconds.map { "\($0)" }.joined(separator: ", ")
    return "{\"images_per_second\": \(Double(images) / median), \"seconds_per_step\": [\(list)], "
      + "\"peak_rss_bytes\": \(PeakMemory.bytes)}"
  }

  /// With what a training run would have said that it takes, and the share of the time in which one thread worked alone.
  func json(estimate: MemoryNeed, shareAlone: Double) -> String {
    "\(json.dropLast()), \"estimated_bytes\": \(estimate.resident), \"share_alone\": \(shareAlone)}"
  }
}

struct TrainCommand: Program {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "The trainer's step; under mpirun all ranks' together.")
  static let worksTogether = true
  @OptionGroup var options: MeasureOptions
  var common: CommonOptions { options.common }

  func work() throws {
    _ = common.start()
    let ranks = JoinedRanks.current
    guard (ranks?.count ?? 1) <= min(options.shares, options.batch) else {
      throw ValidationError("--shares \(options.shares): as many as ranks are needed, or more")
    }
    let labels = LabelCount.nih
    var step = TrainingStep(
      model: try options.model(),
      loss: .weightedBinaryCrossEntropy(
        negative: Tensor(repeating: 0.5, shape: [labels]),
        positive: Tensor(repeating: 10, shape: [labels])), shares: options.shares)
    step.ranks = ranks
    let batch = options.films(
      at: ranks.map {
        BatchShares(images: options.batch, count: options.shares)
          .places(ofRank: $0.rank, of: $0.count)
      })
    let random = RandomStream(seed: 2)
    defer { JoinedRanks.leave() }
    options.measure(
      MemoryNeed(training: step.model, batchSize: options.batch, shares: options.shares)
    ) {
      _ = step(batch, learningRate: 1e-3, random: random.child(step.count))
    }
  }
}

struct InferCommand: Program {
  static let configuration = CommandConfiguration(
    commandName: "infer", abstract: "The evaluator's step: probabilities of a batch.")
  @OptionGroup var options: MeasureOptions
  var common: CommonOptions { options.common }

  func work() throws {
    _ = common.start()
    let model = try options.model()
    let films = options.films().films
    options.measure(MemoryNeed(predicting: model, batchSize: options.batch)) {
      var pass = Pass.inference()
      _ = model.probabilities(films, in: &pass)
    }
  }
}

struct PeakCommand: Program {
  static let configuration = CommandConfiguration(
    commandName: "peak",
    abstract: "The vector unit's measured multiplications with addition a second.")
  @OptionGroup var common: CommonOptions

  func work() throws {
    let device = common.start()
    print(
      "{\"multiply_adds_per_second\": \(VectorUnit.measuredPeak()), "
        + "\"vector_unit\": \"\(device.vectorUnit)\", \"threads\": \(device.threads)}")
  }
}
