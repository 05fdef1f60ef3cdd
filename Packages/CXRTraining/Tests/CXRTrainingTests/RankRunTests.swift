import CXRCheckpoint
import CXRFiles
import CXRNet
import CXRParallel
import Foundation
import Synchronization
import Testing

@testable import CXRTraining

/// A run on several ranks ends in the bits of one process.
@Suite(.serialized) struct RankRunTests {
  /// What a run wrote: history without seconds, and arrays.
  private struct Written: Equatable {
    let history: [String]
    let arrays: [String: [String: [UInt8]]]

    init(_ folder: String) throws {
      history = try String(contentsOfFile: folder + "/history.csv", encoding: .utf8)
        .split(separator: "\n").map { row in
          row.split(separator: ",", omittingEmptySubsequences: false).dropLast(2)
            .joined(separator: ",")
        }
      var arrays: [String: [String: [UInt8]]] = [:]
      for name in [Trainer.bestFile, Trainer.lastFile] {
        let kept = try Checkpoint(path: folder + "/" + name)
        arrays[name] = Dictionary(
          uniqueKeysWithValues: kept.arrays.map { ($0.name, $0.scalars.bytes) })
      }
      self.arrays = arrays
    }
  }

  private func options(_ set: SmallSet, _ network: String) -> TrainingOptions {
    var options = set.options
    options.shares = 8
    if network == "densenet121" {
      options.architecture = Architecture(
        network, ["growth": .integer(8), "blocks": .integers([1, 2])])
      options.recalibratesNorm = true
      options.clipNorm = 0.5
      options.preparation.imageSize = 64
    } else {
      options.accumulate = 2
    }
    return options
  }

  /// Trains on so many ranks; each stops before the step at which it is told to. What the ranks threw.
  private func run(
    _ set: SmallSet, _ options: TrainingOptions, _ data: TrainingData, ranks count: Int,
    name: String, resuming: Bool = false, stopping step: Int? = nil
  ) -> [String] {
    LocalRanks.run(count) { ranks -> String in
      do {
        // Other ranks than the first have a folder of their own, which stays empty.
        let folder =
          ranks.rank == 0
          ? try OutputFolder("\(set.folder)/\(name)", for: .trainingRun, reusing: resuming)
          : try OutputFolder("\(set.folder)/\(name)-\(ranks.rank)", reusing: true)
        let last = try OutputFolder("\(set.folder)/\(name)", reusing: true)
        let resumption = resuming ? try Resumption(last) : nil
        var trainer = try Trainer(data: data, options: options, folder: folder, ranks: ranks)
        try resumption?.apply(to: &trainer)
        var steps = 0
        // One rank's wish stops all.
        _ = try trainer.run(until: {
          defer { steps += 1 }
          return step.map { ranks.rank == count - 1 && steps >= $0 } ?? false
        }) { _ in }
        return ""
      } catch {
        return "\(error)"
      }
    }
  }

  @Test(arguments: ["chest-cnn", "densenet121"]) func bitsAreThoseOfOneProcess(network: String)
    throws
  {
    let set = try SmallSet()
    defer { set.remove() }
    let options = options(set, network)
    let data = try set.data(options)
    #expect(run(set, options, data, ranks: 1, name: "one") == [""])
    let one = try Written(set.folder + "/one")
    #expect(one.history.count == 3)
    for count in [2, 3, 4] {
      let name = "ranks-\(count)"
      let words = run(set, options, data, ranks: count, name: name)
      #expect(words == [String](repeating: "", count: count))
      let written = try Written("\(set.folder)/\(name)")
      #expect(written == one, "\(count) ranks")
      for rank in 1..<count {
        let left = try FileManager.default.contentsOfDirectory(
          atPath: "\(set.folder)/\(name)-\(rank)")
        #expect(left.isEmpty)
      }
    }
    // Stopped on three ranks, gone on with on two, then on one.
    for (count, step) in [(3, 1), (2, 2), (4, nil)] as [(Int, Int?)] {
      let words = run(
        set, options, data, ranks: count, name: "moved", resuming: step != 1, stopping: step)
      #expect(words == [String](repeating: "", count: count))
    }
    let moved = try Written(set.folder + "/moved")
    #expect(moved == one)
  }

  @Test func ranksNeedShares() throws {
    let two = TrainingOptions()
    try two.validate(ranks: 2)
    #expect(throws: TrainingError.self) { try two.validate(ranks: 3) }
    var most = two
    most.shares = 64
    let many = most
    #expect(throws: TrainingError.self) { try many.validate(ranks: 3) }
    try many.validate(ranks: 1)
  }
}
