import ArgumentParser
import CXRCommandLine
import CXRNet
import CXRParallel
import CXRTensor
import CXRTraining
import Foundation

/// What a rank of many computes and sends in a step.
struct RankCommand: Program {
  static let configuration = CommandConfiguration(
    commandName: "rank",
    abstract:
      "The trainer's step as one of many ranks has it, without the others: its work and its messages.",
    discussion: """
      Others are taken to answer at once, so that the time is of this rank's work alone. Prints a JSON line: seconds of the median \
      step, and its events, each [seconds since the one before, number of the transfer, [bytes of each message sent]], without \
      bytes where the transfer is waited for; and the seconds after the last.
      """)
  @OptionGroup var options: MeasureOptions
  @Option(help: "Ranks, 2 or more; at most as many as shares.")
  var ranks = 2
  var common: CommonOptions { options.common }

  func validate() throws {
    guard ranks >= 2, ranks <= min(options.shares, options.batch) else {
      throw ValidationError(
        "--ranks \(ranks) --shares \(options.shares) --batch \(options.batch): from 2 to the smaller of shares and films is possible"
      )
    }
  }

  func work() throws {
    _ = common.start()
    let others = StandInRanks(count: ranks)
    let own = BatchShares(images: options.batch, count: options.shares).places(
      ofRank: 0, of: ranks)
    let batch = options.films(at: own)
    var step = TrainingStep(
      model: try options.model(), loss: .binaryCrossEntropy, shares: options.shares)
    step.ranks = others
    var found: [(seconds: Double, events: [StandInRanks.Event], rest: Double)] = []
    for number in 0..<options.warmup + options.steps {
      _ = others.takeEvents()
      let start = ContinuousClock.now
      _ = step(batch, learningRate: 1e-3, random: RandomStream(seed: 0).child(step.count))
      let seconds = start.duration(to: .now).seconds
      let (events, rest) = others.takeEvents()
      if number >= options.warmup { found.append((seconds, events, rest)) }
    }
    found.sort { $0.seconds < $1.seconds }
    let median = found[found.count / 2]
    let events = median.events.map { event in
      "[\(event.seconds), \(event.number)\(event.bytes.map { ", \($0)" } ?? "")]"
    }
    print(
      "{\"ranks\": \(ranks), \"seconds\": \(median.seconds), \"peak_rss_bytes\": \(PeakMemory.bytes), \"rest\": \(median.rest), "
        + "\"events\": [\(events.joined(separator: ", "))]}")
  }
}
