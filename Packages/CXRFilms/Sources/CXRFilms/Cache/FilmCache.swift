import CXRParallel
import CXRArchive
import CXRData
import CXRImage
import Foundation
import Synchronization

/// Prepared films in a file, so that a film is decoded once, not once an epoch, and memory does not grow with
/// their number.
///
/// Two files in the folder belong together: `films-KEY.cache` has the pixels, a slot of one size a film, and
/// `films-KEY.index` says what is in each slot. The key is a hash of everything that changes pixels, so runs
/// that prepare films alike share them, whichever films they need. A film whose source changed, or whose
/// pixels or record fail their checksum, is decoded again; the others are taken as they are. A preparation
/// that was interrupted goes on where it stopped.
///
/// A film is read when it is asked for, and its checksum compared each time: what another program does to the
/// file, or a disk, is an error that names the film, never other numbers. The file is read, not mapped into
/// memory: a mapped file that becomes shorter ends the process.
public final class FilmCache: Sendable {
  /// What tells whether a film is still the one that was prepared.
  public enum SourceCheck: String, Sendable, CaseIterable {
    /// The file's size and time of change.
    case stamp
    /// The file's bytes, which takes as long as reading all films.
    case content
  }

  /// How the films were prepared.
  public let preparation: FilmPreparation
  /// The file of pixels.
  public let path: String
  /// Films in the order given that could not be decoded.
  public let unreadable: [UnreadableFilm]
  /// How many films were taken from an earlier run.
  public let reusedCount: Int
  /// The number of films that were asked for.
  public var count: Int { names.count }
  /// The films that could be decoded, in the order given.
  public var readableFilms: [CachedFilm] {
    slots.indices.filter { slots[$0] >= 0 }.map { CachedFilm($0) }
  }
  private let pixels: CacheFile
  private let names: [String]
  /// By film: its slot, or −1 where it cannot be decoded.
  private let slots: [Int32]
  private let moments: [PixelMoments]
  private let checksums: [UInt64]
  private let sizes: [(width: Int32, height: Int32)]
  /// By place.
  private let failures: [Int: UnreadableFilm]

  /// Whether a file in a folder is of such a cache, which a later run may use.
  public static func isCacheFile(_ name: String) -> Bool {
    name.hasPrefix("films-")
      && [".cache", ".index", ".list", ".rank"].contains { name.hasSuffix($0) }
  }

  /// Prepares films, on all threads, or takes them from an earlier run's files.
  ///
  /// - Parameters:
  ///   - films: names and paths; their order is the order of ``plane(_:)``.
  ///   - preparation: how they become pixels.
  ///   - folder: where the files are kept; it is made where it is not there.
  ///   - check: what tells whether a film has changed; size and time of its file unless said otherwise.
  ///   - ranks: processes that prepare the same films for folders of theirs, each a part of them; none unless said otherwise.
  ///   - waiting: called once if another process is preparing films there; it is waited for.
  ///   - progress: called now and then, on any thread, with the number of films done; of several ranks once more from the beginning.
  /// - Throws: ``FilmError/cacheFailed(path:reason:)`` when a file cannot be written,
  ///   ``FilmError/preparedDifferently(film:rank:)``. A film that cannot be decoded is listed in ``unreadable``.
  public convenience init(
    films: [(name: String, path: String)], preparation: FilmPreparation, folder: String,
    check: SourceCheck = .stamp, ranks: (any Ranks)? = nil, waiting: () -> Void = {},
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws {
    let together = try DividedPreparation(
      ranks, asked: films.map { "\($0.name)\n\($0.path)" }, preparation: preparation,
      folder: folder, check: check, waiting: waiting)
    if let together {
      defer { together.close() }
      try together.prepare(films, progress: progress)
    }
    try self.init(
      films: films, preparation: preparation, folder: folder, check: check, waiting: waiting,
      inspect: nil, progress: progress)
  }

  /// The same, and every film that is not known is decoded and shown to `inspect`, on any thread.
  init(
    films: [(name: String, path: String)], preparation: FilmPreparation, folder: String,
    check: SourceCheck, waiting: () -> Void,
    inspect: (@Sendable (_ place: CachedFilm, PreparedFilm) -> Void)?,
    isKnown: @Sendable (_ place: CachedFilm) -> Bool = { _ in false },
    progress: @Sendable (Int) -> Void
  ) throws {
    self.preparation = preparation
    let store = try CacheStore(preparation, folder: folder, check: check, waiting: waiting)
    defer { store.close() }
    (pixels, path) = (store.pixels, store.pixels.path)
    let results = Mutex([FilmWriter.Outcome?](repeating: nil, count: films.count))
    let done = Atomic<Int>(0)
    @Sendable func keep(_ place: Int, _ outcome: FilmWriter.Outcome) {
      results.withLock { $0[place] = outcome }
      progress(done.add(1, ordering: .relaxed).newValue)
    }
    @Sendable func inspector(_ place: Int) -> ((PreparedFilm) -> Void)? {
      guard let inspect, !isKnown(CachedFilm(place)) else { return nil }
      return { inspect(CachedFilm(place), $0) }
    }
    let archived = Mutex([(place: Int, path: ArchivedPath)]())
    try Parallel.forEach(films.count) { i in
      guard let path = ArchivedPath(films[i].path) else {
        keep(i, try store.prepare(films[i], inspect: inspector(i)))
        return
      }
      if inspector(i) == nil, check == .stamp, let kept = try store.kept(films[i]) {
        keep(i, kept)
      } else {
        archived.withLock { $0.append((i, path)) }
      }
    }
    // What is in no cache yet, in one pass over the archives that hold it.
    let places = Dictionary(grouping: archived.withLock { $0 }, by: \.path.archive).mapValues {
      Dictionary(grouping: $0, by: \.path.member).mapValues { $0.map(\.place) }
    }
    let archives = places.keys.sorted()
    let contents = try ArchivePass(
      archives.map { archive in
        let members = places[archive] ?? [:]
        return ArchivePass.Source(path: archive, count: members.count) { members[$0] != nil }
      }
    ).run { archive, member in
      for place in places[archives[archive]]?[member.name] ?? [] {
        switch member.bytes {
        case .success(let bytes):
          keep(
            place,
            try store.prepare(
              films[place], source: (bytes, member.stamp), inspect: inspector(place)))
        case .failure(let error):
          keep(place, .unreadable(UnreadableFilm(name: films[place].name, error)))
        }
      }
    }
    if let failure = contents.lazy.compactMap(\.failure).first { throw failure }
    let outcomes = results.withLock { outcomes in
      zip(outcomes, films).map { outcome, film in
        outcome
          ?? .unreadable(
            UnreadableFilm(name: film.name, reason: "it is no longer in its archive"))
      }
    }
    failures = Dictionary(
      uniqueKeysWithValues: outcomes.enumerated().compactMap { place, outcome in
        if case .unreadable(let film) = outcome { (place, film) } else { nil }
      })
    unreadable = failures.sorted { $0.key < $1.key }.map(\.value)
    reusedCount = outcomes.reduce(0) {
      if case .ready(_, isReused: true) = $1 { $0 + 1 } else { $0 }
    }
    let ready = outcomes.map {
      if case .ready(let film, _) = $0 { film } else { nil as FilmWriter.Film? }
    }
    slots = ready.map { $0.map { Int32($0.slot) } ?? -1 }
    moments = ready.map { $0?.moments ?? PixelMoments() }
    sizes = ready.map {
      (Int32(clamping: $0?.content.width ?? 0), Int32(clamping: $0?.content.height ?? 0))
    }
    checksums = ready.map { $0?.checksum ?? 0 }
    names = films.map(\.name)
  }

  private func offset(_ film: CachedFilm) -> Int {
    guard slots[film.index] >= 0 else {
      preconditionFailure("FilmCache: film \(film.index) is among the unreadable")
    }
    return Int(slots[film.index]) * preparation.byteCount
  }

  /// A film's bytes, as they were prepared.
  private func stored(_ film: CachedFilm) throws -> [UInt8] {
    let bytes = try pixels.read(count: preparation.byteCount, at: offset(film))
    guard bytes.count == preparation.byteCount,
      bytes.withUnsafeBytes({ $0.checksum64 }) == checksums[film.index]
    else { throw FilmError.cacheChanged(path: path, film: names[film.index]) }
    return bytes
  }

  /// A prepared film, in grey levels; one that is readable.
  /// - Throws: ``FilmError/cacheChanged(path:film:)``, ``FilmError/cacheFailed(path:reason:)``.
  public func plane(_ film: CachedFilm) throws -> FilmPlane {
    preparation.plane(try stored(film))
  }

  /// A number that tells a prepared film's pixels from others.
  public func checksum(_ film: CachedFilm) -> UInt64 { checksums[film.index] }

  /// Why a film could not be decoded; `nil` where it could.
  public func reason(ofUnreadable film: CachedFilm) -> String? { failure(of: film)?.reason }

  /// A film that could not be decoded; `nil` where it could.
  func failure(of film: CachedFilm) -> UnreadableFilm? { failures[film.index] }

  /// Asks the system to have a film's pixels in memory soon.
  public func willNeed(_ film: CachedFilm) {
    pixels.willNeed(count: preparation.byteCount, at: offset(film))
  }

  /// Writes a prepared film's pixels as (grey level − mean) / deviation.
  public func writeStandardised(
    _ film: CachedFilm, mean: Float, deviation: Float, to target: UnsafeMutablePointer<Float>
  ) throws {
    try stored(film).withUnsafeBytes {
      preparation.storage.standardise($0, mean: mean, deviation: deviation, to: target)
    }
  }

  /// The size of a film as stored, and the mean and the standard deviation of its prepared grey levels.
  public func look(of film: CachedFilm) -> (width: Int, height: Int, mean: Double, contrast: Double)
  {
    (
      Int(sizes[film.index].width), Int(sizes[film.index].height), moments[film.index].mean,
      moments[film.index].standardDeviation
    )
  }

  /// The moments of the pixels of `films`, in that order.
  public func moments(of films: [CachedFilm]) -> PixelMoments {
    films.reduce(into: PixelMoments()) { $0.add(moments[$1.index]) }
  }
}
