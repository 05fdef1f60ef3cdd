import CXRData
import CXRFiles
import Foundation
import Synchronization

/// A film cache's two files, this process's alone from here to ``close()``.
final class CacheStore: Sendable {
  /// How films are prepared.
  let preparation: FilmPreparation
  /// The pixels.
  let pixels: CacheFile
  private let index: CacheFile
  private let writer: FilmWriter
  private let slotCount: Atomic<Int>

  /// Opens the files of a preparation in a folder, or makes them, and the folder where there is none.
  ///
  /// - Parameter waiting: called once if another process must be waited for.
  /// - Throws: ``FilmError/cacheFailed(path:reason:)``.
  init(
    _ preparation: FilmPreparation, folder: String, check: FilmCache.SourceCheck,
    waiting: () -> Void
  ) throws {
    self.preparation = preparation
    try Self.makeFolder(folder)
    let key = SHA256.hexDigest(of: preparation.signature.joined(separator: "\n"))
    let stem = (folder as NSString).appendingPathComponent("films-\(key.prefix(16))")
    let path = stem + ".cache"
    index = try CacheFile(path: stem + ".index")
    index.lock(waiting: waiting)
    let header = CacheIndex.header(key: key, preparation: preparation.signature)
    let isNew = try index.read(count: header.count, at: 0) != header
    if isNew {
      try index.clear()
      // Removed, not emptied: another process may have the old pixels open, and keeps them.
      unlink(path)
    }
    pixels = try CacheFile(path: path)
    if isNew { try index.write(header, at: 0) }
    let records = CacheIndex(try index.read(count: index.size(), at: 0))
    writer = FilmWriter(
      preparation: preparation, check: check, index: records, indexFile: index, pixelFile: pixels)
    slotCount = Atomic<Int>(records.slotCount)
    try pixels.grow(to: preparation.byteCount * records.slotCount)
  }

  /// Makes the folder of a cache, where it is not there.
  /// - Throws: ``FilmError/cacheFailed(path:reason:)``.
  static func makeFolder(_ path: String) throws {
    do {
      try OutputFolder.make(path)
    } catch FileError.folderUnusable(let path, let reason) {
      throw FilmError.cacheFailed(path: path, reason: reason)
    }
  }

  /// Lets the next process in.
  func close() { index.unlock() }

  /// A film as it was prepared earlier, where its source has not changed; `nil` otherwise.
  func kept(_ film: (name: String, path: String)) throws -> FilmWriter.Outcome? {
    try writer.kept(film)
  }

  /// Whether a film is there that others need not prepare; its pixels are not looked at.
  func has(_ film: (name: String, path: String)) -> Bool { writer.has(film) }

  /// A film as it was prepared earlier: what is known of it, and its pixels; `nil` where its source has changed.
  func record(
    ofKept film: (name: String, path: String)
  ) throws -> (record: CacheIndex.Record, pixels: [UInt8])? {
    try writer.record(ofKept: film)
  }

  /// Keeps a film that another rank has prepared.
  func adopt(_ parcel: FilmParcel, source: SourceStamp) throws {
    try writer.adopt(parcel, source: source, freeSlot: freeSlot)
  }

  private func freeSlot() -> Int { slotCount.add(1, ordering: .relaxed).oldValue }

  /// Takes a film's slot as it is, or prepares the film.
  ///
  /// - Parameters:
  ///   - film: its name and path.
  ///   - source: its bytes, where they have been read, and the stamp of what they were read from.
  ///   - inspect: sees the film, decoded, whether or not it was prepared before.
  func prepare(
    _ film: (name: String, path: String), source: (bytes: [UInt8], stamp: SourceStamp)? = nil,
    inspect: ((PreparedFilm) -> Void)? = nil
  ) throws -> FilmWriter.Outcome {
    try writer.prepare(film, source: source, inspect: inspect, freeSlot: freeSlot)
  }
}
