import CXRCheckpoint
import Foundation
import Testing

@testable import CXRTraining

/// The rate that a run tells is the one that its steps take.
@Suite struct LearningRateTests {
  /// The fields of a column of `history.csv`.
  private func column(_ name: String, of path: String) throws -> [String] {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let column = try #require(History.columns.firstIndex(of: name))
    return try text.split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      try #require(fields.count == History.columns.count)
      return String(fields[column])
    }
  }

  /// An epoch at 10⁻³⁰ moves no weight by a bit, but does take its steps.
  @Test func theRatePrintedIsTheRateUsed() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.options
    options.decay = 1e-27
    options.epochs = 1
    let fresh = try set.trainer("one", options).model.arrays()
    let one = try set.train("one", options, resuming: true)
    options.epochs = 2
    var told: [[Float]] = [[], []]
    var trainer = try set.trainer("two", options)
    let two = try trainer.run { event in
      guard case .step(let figures) = event, (1...2).contains(figures.epoch) else { return }
      told[figures.epoch - 1].append(figures.learningRate)
    }
    #expect(try column("learning_rate", of: set.folder + "/two/history.csv") == ["0.001", "1e-30"])
    #expect(two.history.rows.map(\.learningRate) == [0.001, 1e-30])
    #expect(one.history.rows.map(\.learningRate) == [0.001])
    #expect(told.allSatisfy { $0.count > 1 })
    #expect(Set(told[0]) == [0.001] && Set(told[1]) == [1e-30])

    let (first, second) = (
      try ArrayBits("\(set.folder)/one/last.npz"), try ArrayBits("\(set.folder)/two/last.npz")
    )
    #expect(first.weights == second.weights)
    #expect(first.statistics != second.statistics && first.optimizer != second.optimizer)
    // The first epoch's rate has not decayed: another decay ends it in the same bits.
    (options.epochs, options.decay) = (1, 1)
    try set.train("undecayed", options)
    let undecayed = try ArrayBits("\(set.folder)/undecayed/last.npz")
    #expect(undecayed.weights == first.weights && undecayed.optimizer == first.optimizer)
    let before = ArrayBits(fresh)
    #expect(before.weights.count == first.weights.count)
    for (name, bits) in before.weights { #expect(first.weights[name] != bits, "\(name)") }
  }
}
