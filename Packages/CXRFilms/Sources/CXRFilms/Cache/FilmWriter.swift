import CXRImage
import Foundation

/// Finds a film in a cache's files or prepares it and writes it there. Threads may share a writer: each
/// film has slots of its own.
struct FilmWriter: Sendable {
  let preparation: FilmPreparation
  let check: FilmCache.SourceCheck
  let index: CacheIndex
  let indexFile: CacheFile
  let pixelFile: CacheFile

  /// What became of a film.
  enum Outcome: Sendable {
    case ready(Film, isReused: Bool)
    case unreadable(UnreadableFilm)
  }

  /// A film in the cache.
  struct Film: Sendable {
    let slot: Int
    let moments: PixelMoments
    let content: FilmContent
    /// Of the slot's bytes.
    let checksum: UInt64
  }

  /// The film's slot as it is, where its source has not changed by its stamp; `nil` otherwise.
  /// - Throws: ``FilmError/cacheFailed(path:reason:)``.
  func kept(_ film: (name: String, path: String)) throws -> Outcome? {
    try known(film).flatMap(whole)
  }

  /// Whether there is a slot of a film that others need not prepare: its source has not changed by its stamp, or is compared byte by
  /// byte when the film is asked for.
  func has(_ film: (name: String, path: String)) -> Bool {
    switch check {
    case .stamp: known(film) != nil
    case .content: index.record(of: CacheIndex.digest(ofPath: film.path)) != nil
    }
  }

  /// A film's slot and what is known of it, where its source has not changed by its stamp; `nil` otherwise.
  private func known(
    _ film: (name: String, path: String)
  ) -> (slot: Int, record: CacheIndex.Record)? {
    guard let known = index.record(of: CacheIndex.digest(ofPath: film.path)),
      let stamp = try? SourceStamp(path: film.path), isSame(known.record, stamp, nil)
    else { return nil }
    return known
  }

  /// A film and its pixels, where its source has not changed by its stamp; `nil` otherwise.
  /// - Throws: ``FilmError/cacheFailed(path:reason:)``.
  func record(
    ofKept film: (name: String, path: String)
  ) throws -> (record: CacheIndex.Record, pixels: [UInt8])? {
    guard let known = known(film), let pixels = try pixels(of: known) else { return nil }
    return (known.record, pixels)
  }

  /// A slot's pixels; `nil` where they are not what its record says.
  private func pixels(of known: (slot: Int, record: CacheIndex.Record)) throws -> [UInt8]? {
    let kept = try pixelFile.read(
      count: preparation.byteCount, at: known.slot * preparation.byteCount)
    let isWhole =
      kept.count == preparation.byteCount
      && known.record.pixelChecksum == kept.withUnsafeBytes { $0.checksum64 }
    return isWhole ? kept : nil
  }

  /// A slot whose pixels are what its record says; `nil` where they are not.
  private func whole(_ known: (slot: Int, record: CacheIndex.Record)) throws -> Outcome? {
    guard try pixels(of: known) != nil else { return nil }
    return .ready(
      Film(
        slot: known.slot, moments: known.record.moments(preparation),
        content: known.record.content, checksum: known.record.pixelChecksum),
      isReused: true)
  }

  /// Takes the film's slot as it is, or prepares the film.
  ///
  /// - Parameters:
  ///   - film: its name and path.
  ///   - given: its bytes, where they have been read, and the stamp of what they were read from.
  ///   - inspect: sees the film, decoded, whether or not it is in the cache; of no use to most.
  ///   - freeSlot: gives a slot to a film that has none yet. A changed film takes a new one too,
  ///     since another process may be reading the old one.
  /// - Throws: ``FilmError/cacheFailed(path:reason:)``.
  func prepare(
    _ film: (name: String, path: String), source given: (bytes: [UInt8], stamp: SourceStamp)?,
    inspect: ((PreparedFilm) -> Void)?, freeSlot: () -> Int
  ) throws -> Outcome {
    let known = index.record(of: CacheIndex.digest(ofPath: film.path))
    do {
      let stamp = try given?.stamp ?? SourceStamp(path: film.path)
      var prepared: PreparedFilm?
      var source = given?.bytes
      func preparedFilm() throws -> PreparedFilm {
        try prepared
          ?? PreparedFilm(path: film.path, source: source, preparation: preparation)
      }
      if let inspect {
        let film = try preparedFilm()
        inspect(film)
        (prepared, source) = (film, film.source)
      }
      if check == .content, known?.record.sourceSize == stamp.size {
        source = try source ?? filmBytes(path: film.path)
      }
      var slot: Int?
      if let known, isSame(known.record, stamp, source) {
        if let whole = try whole(known) { return whole }
        slot = known.slot
      }
      let new = try preparedFilm()
      let target = slot ?? freeSlot()
      let record = CacheIndex.Record(new, of: film, stamp: stamp)
      try write(record, new.stored, slot: target)
      if slot == nil, let known { try forget(slot: known.slot) }
      return .ready(
        Film(
          slot: target, moments: new.moments, content: record.content,
          checksum: record.pixelChecksum), isReused: false)
    } catch let error as ImageError {
      return .unreadable(UnreadableFilm(name: film.name, error))
    }
  }

  /// Whether the source is the one that the record is of.
  private func isSame(_ record: CacheIndex.Record, _ stamp: SourceStamp, _ source: [UInt8]?) -> Bool
  {
    guard record.sourceSize == stamp.size else { return false }
    return switch check {
    case .stamp: record.sourceTime == stamp.time
    case .content: record.sourceChecksum == source?.withUnsafeBytes { $0.checksum64 }
    }
  }

  /// Keeps a film that was prepared elsewhere and is not kept yet.
  ///
  /// - Parameters:
  ///   - parcel: the film.
  ///   - stamp: of its source here, which has the same bytes.
  ///   - freeSlot: gives a slot to a film.
  /// - Throws: ``FilmError/cacheFailed(path:reason:)``.
  func adopt(_ parcel: FilmParcel, source stamp: SourceStamp, freeSlot: () -> Int) throws {
    guard !has((parcel.record.name, parcel.path)) else { return }
    var record = parcel.record
    record.pathDigest = CacheIndex.digest(ofPath: parcel.path)
    record.sourceTime = stamp.time
    try write(record, parcel.pixels, slot: freeSlot())
    if let earlier = index.record(of: record.pathDigest) { try forget(slot: earlier.slot) }
  }

  private func write(_ record: CacheIndex.Record, _ pixels: [UInt8], slot: Int) throws {
    try pixelFile.write(pixels, at: slot * preparation.byteCount)
    try indexFile.write(record.bytes, at: CacheIndex.offset(ofSlot: slot))
  }

  private func forget(slot: Int) throws {
    try indexFile.write(
      [UInt8](repeating: 0, count: CacheIndex.recordSize), at: CacheIndex.offset(ofSlot: slot))
  }
}

extension CacheIndex.Record {
  /// Of a film that was prepared.
  init(_ prepared: PreparedFilm, of film: (name: String, path: String), stamp: SourceStamp) {
    self.init(
      pathDigest: CacheIndex.digest(ofPath: film.path), sourceSize: stamp.size,
      sourceTime: stamp.time,
      sourceChecksum: prepared.source.withUnsafeBytes { $0.checksum64 },
      pixelChecksum: prepared.stored.withUnsafeBytes { $0.checksum64 },
      content: FilmContent(prepared.decoded), mean: prepared.moments.mean,
      squaredDeviations: prepared.moments.squaredDeviations, name: film.name)
  }

  fileprivate func moments(_ preparation: FilmPreparation) -> PixelMoments {
    PixelMoments(
      count: preparation.pixelCount, mean: mean, squaredDeviations: squaredDeviations)
  }
}
