import CXRImage

/// A film that one rank has prepared, on its way to the others.
struct FilmParcel {
  /// Of its source, the same on every rank.
  let path: String
  /// The source file's number on its disk; of a film in an archive, the archive's.
  let file: UInt64
  /// What a cache's index says of the film.
  let record: CacheIndex.Record
  /// What an inspection tells of it; empty where there is none.
  let told: [UInt8]
  /// Its pixels, as they are kept; empty where nobody keeps them.
  let pixels: [UInt8]

  /// The stamp of the film's source on this rank, where that is the file that was prepared, or one of the same bytes; `nil` otherwise,
  /// and of a film in another archive.
  var source: SourceStamp? {
    guard let stamp = try? SourceStamp(path: path), stamp.size == record.sourceSize else {
      return nil
    }
    if stamp.number == file && stamp.time == record.sourceTime { return stamp }
    let checksum = try? filmBytes(path: path).withUnsafeBytes { $0.checksum64 }
    return checksum == record.sourceChecksum ? stamp : nil
  }

  /// To be sent.
  var bytes: [UInt8] {
    let path = Array(path.utf8)
    let head = [file, UInt64(path.count), UInt64(told.count), UInt64(pixels.count)]
    return head.withUnsafeBytes { Array($0) } + path + record.bytes + told + pixels
  }

  /// What was sent, one after another, by a rank of the same kind of machine.
  static func all(in bytes: [UInt8]) -> [FilmParcel] {
    var (parcels, place) = ([FilmParcel](), 0)
    func next(_ count: Int) -> [UInt8] {
      defer { place += count }
      return Array(bytes[place..<place + count])
    }
    while place < bytes.count {
      let head = next(32).withUnsafeBytes { head in
        (0..<4).map { head.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) }
      }
      let path = String(decoding: next(Int(head[1])), as: UTF8.self)
      guard let record = CacheIndex.Record(next(CacheIndex.recordSize)) else {
        preconditionFailure("FilmParcel: the record of \(path) was damaged on its way")
      }
      parcels.append(
        FilmParcel(
          path: path, file: head[0], record: record, told: next(Int(head[2])),
          pixels: next(Int(head[3]))))
    }
    return parcels
  }
}
