import CXRFiles
import CXRImage
import CXRParallel
import Foundation
import Synchronization

/// Looks at films while they are prepared: of folders and archives, alone or together with other ranks.
final class FilmLooker: Sendable {
  let preparation: FilmPreparation
  /// Where prepared films are kept; `nil` for nowhere.
  let cacheFolder: String?
  let waiting: @Sendable () -> Void
  let progress: @Sendable (_ done: Int, _ total: Int) -> Void
  private let ranks: (any Ranks)?
  private let found = Mutex([String: FilmExamination]())

  /// - Parameters:
  ///   - preparation: how films become pixels.
  ///   - cacheFolder: where they are kept; `nil` for nowhere.
  ///   - ranks: processes that look at films together; `nil` where this one is alone.
  ///   - waiting: called once if another process is preparing films there.
  ///   - progress: called with films done and films in all, on any thread.
  init(
    preparation: FilmPreparation, cacheFolder: String?, ranks: (any Ranks)?,
    waiting: @escaping @Sendable () -> Void,
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
  ) {
    (self.preparation, self.cacheFolder, self.ranks) = (preparation, cacheFolder, ranks)
    (self.waiting, self.progress) = (waiting, progress)
  }

  /// What was seen so far, by path.
  var examinations: [String: FilmExamination] { found.withLock { $0 } }

  /// What looks at films that others prepare.
  private var inspection: FilmInspection {
    let preparation = preparation
    return FilmInspection(
      see: { [self] path, film in
        let examination = FilmExamination(film, preparation: preparation)
        found.withLock { $0[path] = examination }
      },
      told: { try Array(Self.encoder.encode(FilmExamination($0, preparation: preparation))) },
      hear: { [self] path, told in
        let examination = try PropertyListDecoder().decode(FilmExamination.self, from: Data(told))
        found.withLock { $0[path] = examination }
      })
  }

  /// Which keeps every bit of a number.
  static var encoder: PropertyListEncoder {
    let encoder = PropertyListEncoder()
    encoder.outputFormat = .binary
    return encoder
  }

  /// Reads the label file and finds the films; what is in archives is looked at while they are read.
  /// - Throws: `DataError`, ``FilmError``.
  func collection(_ options: FilmCollection.Options) throws -> FilmCollection {
    try FilmCollection(
      options, tolerateMissing: true,
      archives: cacheFolder.map {
        ArchiveShelf(
          cacheFolder: $0, preparation: preparation, check: .stamp, waiting: waiting,
          inspection: inspection, progress: progress)
      }, ranks: ranks)
  }

  /// Looks at this rank's part of films, and keeps for a cache what others have prepared; the first rank hears what they have seen.
  /// Alone nothing is looked at.
  /// - Throws: ``FilmError``.
  func lookTogether(at films: [(name: String, path: String)]) throws {
    let together = try DividedPreparation(
      ranks, asked: films.map { "\($0.name)\n\($0.path)" }, preparation: preparation,
      folder: cacheFolder, check: .stamp, inspection: inspection, waiting: waiting)
    guard let together else { return }
    defer { together.close() }
    let seen = examinations
    try together.prepare(films, isSeen: { seen[films[$0].path] != nil }) { [progress] in
      progress($0, films.count)
    }
  }
}
