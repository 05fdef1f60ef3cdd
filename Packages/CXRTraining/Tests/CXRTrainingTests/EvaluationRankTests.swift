import CXRData
import CXREvaluation
import CXRFilms
import CXRParallel
import Foundation
import Testing

@testable import CXRTraining

/// An evaluation on several ranks says what one process says.
@Suite struct EvaluationRankTests {
  /// A network on all films of a set, of which one cannot be decoded: a rank alone finds out.
  private static func spoiled(_ set: SmallSet) throws -> (Evaluation.Options, film: String) {
    try set.train("run")
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: set.images).sorted().last)
    try set.write([1, 2, 3], to: "films/\(name)")
    let options = Evaluation.Options(
      checkpoints: [set.folder + "/run/best.npz"],
      collection: FilmCollection.Options(labelFile: set.csv, images: set.images), subset: nil)
    return (options, name)
  }

  @Test func answersAreThoseOfOneProcess() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let (given, name) = try Self.spoiled(set)
    var options = given
    options.skipsUnreadable = true
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
    #expect(facts.count == 12 && facts.allSatisfy { !$0.value.isEmpty })
    // What a rank must not have otherwise.
    var other = options
    other.dicomModalities = [.radiofluoroscopy]
    #expect(zip(facts, other.facts(one.collection)).count { $0.value != $1.value } == 1)
  }

  @Test func aFilmThatNobodyReadsEndsAllRanksAlike() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let (options, name) = try Self.spoiled(set)
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
