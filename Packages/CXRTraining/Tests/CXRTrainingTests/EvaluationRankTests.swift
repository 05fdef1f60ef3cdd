import CXRData
import CXREvaluation
import CXRFilms
import CXRParallel
import Foundation
import Testing

@testable import CXRTraining

/// An evaluation on several ranks says what one process says.
@Suite struct EvaluationRankTests {
  @Test func answersAreThoseOfOneProcess() throws {
    let set = try SmallSet()
    defer { set.remove() }
    try set.train("run")
    // One film cannot be decoded; a rank alone finds out.
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: set.images).sorted().last)
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: "\(set.images)/\(name)"))
    var options = Evaluation.Options(
      checkpoints: [set.folder + "/run/best.npz"],
      collection: FilmCollection.Options(labelFile: set.csv, images: set.images), subset: nil,
      skipsUnreadable: true)
    options.exampleSide = 32
    let one = try Evaluation(options)
    #expect(one.skippedFilms.map(\.name) == [name] && one.rows.count > 32)
    let asked = options
    for count in [2, 3] {
      let all = LocalRanks.run(count) { ranks -> Result<Evaluation, any Error> in
        Result {
          var own = asked
          own.ranks = ranks
          return try Evaluation(own)
        }
      }
      for (rank, found) in try all.map({ try $0.get() }).enumerated() {
        #expect(found.models[0].scores == one.models[0].scores)
        #expect(found.models[0].probabilities == one.models[0].probabilities)
        #expect(found.models[0].baselineScores == one.models[0].baselineScores)
        #expect(found.skippedFilms == one.skippedFilms && found.rows == one.rows)
        #expect(found.predictionsCSV(of: 0) == one.predictionsCSV(of: 0))
        // Who writes the page has its pictures.
        let pictures = found.models[0].examples.map(\.picture)
        #expect(pictures == (rank == 0 ? one.models[0].examples.map(\.picture) : []))
      }
    }
    #expect(!one.models[0].examples.isEmpty)
    let facts = options.facts(one.collection)
    #expect(facts.count == 9 && facts.allSatisfy { !$0.value.isEmpty })
  }

  @Test func aFilmThatNobodyReadsEndsAllRanksAlike() throws {
    let set = try SmallSet()
    defer { set.remove() }
    try set.train("run")
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: set.images).sorted().last)
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: "\(set.images)/\(name)"))
    let options = Evaluation.Options(
      checkpoints: [set.folder + "/run/best.npz"],
      collection: FilmCollection.Options(labelFile: set.csv, images: set.images), subset: nil)
    let errors = LocalRanks.run(2) { ranks -> String in
      var own = options
      own.ranks = ranks
      do {
        _ = try Evaluation(own)
        return ""
      } catch { return "\(error)" }
    }
    #expect(errors[0].contains(name) && errors[0] == errors[1])
  }
}
