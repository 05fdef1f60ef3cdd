import CXRImage
import CXRParallel
import CXRTestSupport
import Foundation
import Testing

@testable import CXRFilms
@testable import CXRTraining

/// What several ranks find in films together is what one finds alone.
@Suite struct ExplorationRankTests {
  private let set: SmallSet
  private let preparation = FilmPreparation(imageSize: 48)

  init() throws {
    set = try SmallSet()
    // A film that cannot be decoded, one that is another's double, one of colours and one that is dark.
    let files = FileManager.default
    try Data("no film".utf8).write(to: URL(fileURLWithPath: set.images + "/f3.png"))
    try files.removeItem(atPath: set.images + "/f5.png")
    try files.copyItem(atPath: set.images + "/f4.png", toPath: set.images + "/f5.png")
    let colours = WrittenPNG.bytes(
      width: 40, height: 30, colour: 2, samples: (0..<3600).map { $0 * 7 % 256 }, orientation: 6)
    try Data(colours).write(to: URL(fileURLWithPath: set.images + "/f6.png"))
    let dark = WrittenPNG.bytes(
      width: 60, height: 60, depth: 16, samples: (0..<3600).map { $0 % 4096 })
    try Data(dark).write(to: URL(fileURLWithPath: set.images + "/f7.png"))
  }

  private func outcome(_ exploration: Exploration) -> [String] {
    ["\(exploration.json)", exploration.problems.auditCSV, "\(exploration.trainingPixels as Any)"]
  }

  private func explored(
    _ ranks: any Ranks, _ options: FilmCollection.Options, cache: String?
  ) throws -> [String]? {
    guard ranks.rank > 0 else {
      return outcome(
        try Exploration(options, cacheFolder: cache, preparation: preparation, ranks: ranks))
    }
    try Exploration.assist(options, cacheFolder: cache, preparation: preparation, ranks: ranks)
    return nil
  }

  /// - Parameter options: of a set in a folder or in archives.
  private func check(_ options: FilmCollection.Options, withoutCache: Bool) throws {
    let expected = outcome(
      try Exploration(options, cacheFolder: set.folder + "/alone", preparation: preparation))
    #expect(expected[1].contains("unreadable") && expected[1].contains("duplicate_pixels"))
    #expect(expected[1].contains("not_grey") && expected[1].contains("unused_bits"))
    for cache in ["/own", "/one"] + (withoutCache ? [nil] : []) {
      let (folder, suite) = (set.folder, self)
      // Once from the films, once from what is kept.
      for _ in 0..<(cache == nil ? 1 : 2) {
        let found = LocalRanks.run(3) { ranks in
          let name = cache.map { $0 == "/own" ? "\(folder)/own-\(ranks.rank)" : folder + $0 }
          return Result { try suite.explored(ranks, options, cache: name) }
        }
        #expect(try found.compactMap { try $0.get() } == [expected], "\(cache ?? "none")")
      }
    }
  }

  @Test func ofAFolder() throws { try check(set.collection, withoutCache: true) }

  /// Two archives of the films; their folder.
  private func packed() throws -> String {
    let packed = set.folder + "/packed"
    try FileManager.default.createDirectory(atPath: packed, withIntermediateDirectories: true)
    for (archive, films) in [(0, 0..<25), (1, 25..<60)] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments =
        ["tar", "czf", "\(packed)/films-\(archive).tar.gz", "-C", set.images]
        + films.map { "f\($0).png" }
      try process.run()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0)
    }
    return packed
  }

  @Test func ofArchives() throws {
    var options = set.collection
    options.images = try packed()
    try check(options, withoutCache: false)
  }

  /// One of them asks the others what its archives hold, which have none: nobody waits.
  @Test(arguments: [true, false]) func ranksWithOtherFilesWorkAlone(isFirstPacked: Bool) throws {
    let (packed, options, folder) = (try packed(), set.collection, set.folder)
    let preparation = preparation
    let found = LocalRanks.run(3) { ranks in
      Result {
        var options = options
        let isPacked = (ranks.rank == 0) == isFirstPacked
        if isPacked { options.images = packed }
        let looker = FilmLooker(
          preparation: preparation, cacheFolder: isPacked ? "\(folder)/\(ranks.rank)" : nil,
          ranks: ranks, waiting: {}, progress: { _, _ in })
        return try looker.collection(options).rows(of: nil).count
      }
    }
    #expect(try found.map { try $0.get() } == [60, 60, 60])
  }

  @Test func whatIsToldOfAFilmIsWhatWasSeen() throws {
    for film in 4..<9 {
      let seen = FilmExamination(
        try PreparedFilm(path: set.images + "/f\(film).png", preparation: preparation),
        preparation: preparation)
      let told = try PropertyListDecoder().decode(
        FilmExamination.self, from: FilmLooker.encoder.encode(seen))
      #expect(told.isAlike(seen) && told.header == seen.header && told.colour == seen.colour)
      #expect(told.usedBits == seen.usedBits && told.stretched == seen.stretched)
      #expect(told.ignoresOrientation == seen.ignoresOrientation)
    }
  }
}
