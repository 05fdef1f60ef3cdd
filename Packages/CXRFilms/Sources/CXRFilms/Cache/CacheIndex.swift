import CXRData
import CXRImage
import Foundation

/// What a film cache's index says: a record a slot, found by the path of the film's source.
///
/// The file begins with a header of 256 bytes: the format, a hash of all that changes pixels, and that in
/// words. Record i, of 256 bytes too, stands at 256 (i + 1) and describes slot i of the pixel file; it is
/// written after the slot's pixels, so that whatever is in the index is in the cache.
struct CacheIndex {
  /// One film.
  struct Record: Equatable {
    /// The first 16 bytes of the SHA-256 of the source's absolute path.
    var pathDigest: [UInt8]
    /// Of the source file, in bytes.
    var sourceSize: UInt64
    /// When the source file was changed, in nanoseconds since 1970.
    var sourceTime: UInt64
    /// The checksum of the source file's bytes.
    var sourceChecksum: UInt64
    /// The checksum of the slot.
    var pixelChecksum: UInt64
    /// Of the decoded film, before resizing.
    var content: FilmContent
    /// Of the prepared pixels.
    var mean: Double
    /// Of the prepared pixels.
    var squaredDeviations: Double
    /// The film's name, for people who look into the file.
    var name: String
  }

  static let recordSize = 256

  /// Records by slot; `nil` where a slot is free, or its record damaged.
  private(set) var records: [Record?]
  private(set) var slots: [[UInt8]: Int]

  /// The index's header.
  static func header(key: String, preparation: [String]) -> [UInt8] {
    let text = "CXRFILM2\n\(key)\n" + preparation.joined(separator: " ") + "\n"
    return Array((Array(text.utf8) + [UInt8](repeating: 0, count: recordSize)).prefix(recordSize))
  }

  /// Where slot `slot`'s record stands.
  static func offset(ofSlot slot: Int) -> Int { recordSize * (slot + 1) }

  /// Reads the records that follow the header.
  init(_ bytes: [UInt8]) {
    records = stride(from: Self.recordSize, to: bytes.count, by: Self.recordSize).map {
      Record(Array(bytes[$0..<min(bytes.count, $0 + Self.recordSize)]))
    }
    slots = [:]
    for (slot, record) in records.enumerated() {
      if let record { slots[record.pathDigest] = slot }
    }
  }

  /// The slot of a film and what is known of it.
  func record(of pathDigest: [UInt8]) -> (slot: Int, record: Record)? {
    guard let slot = slots[pathDigest], let record = records[slot] else { return nil }
    return (slot, record)
  }

  /// The number of slots, free ones among them.
  var slotCount: Int { records.count }

  /// The digest by which a film is found.
  static func digest(ofPath path: String) -> [UInt8] {
    let absolute = URL(fileURLWithPath: path).standardizedFileURL.path
    return Array(SHA256.digest(of: Array(absolute.utf8)).prefix(16))
  }
}

extension CacheIndex.Record {
  /// The record in bytes, closed by its own checksum.
  var bytes: [UInt8] {
    var bytes = pathDigest
    for word in [
      sourceSize, sourceTime, sourceChecksum, pixelChecksum, content.hash,
      UInt64(content.width) << 32 | UInt64(content.height), mean.bitPattern,
      squaredDeviations.bitPattern,
    ] { bytes += Self.bytes(of: word) }
    bytes += Array(
      (Array(name.utf8) + [UInt8](repeating: 0, count: Self.nameSize)).prefix(Self.nameSize))
    return bytes + Self.bytes(of: bytes.withUnsafeBytes { $0.checksum64 })
  }

  /// What 16 bytes of digest, eight words and the checksum leave.
  private static let nameSize = CacheIndex.recordSize - 16 - 8 * 9

  private static func bytes(of word: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
  }

  /// Reads a record; `nil` where it is damaged or none was written.
  init?(_ bytes: [UInt8]) {
    guard bytes.count == CacheIndex.recordSize else { return nil }
    let words = stride(from: 0, to: bytes.count, by: 8).map { start in
      (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
    }
    guard words[31] == bytes.prefix(248).withUnsafeBytes({ $0.checksum64 }) else { return nil }
    pathDigest = Array(bytes[0..<16])
    (sourceSize, sourceTime, sourceChecksum, pixelChecksum) = (
      words[2], words[3], words[4], words[5]
    )
    content = FilmContent(
      hash: words[6], height: Int(words[7] & 0xFFFF_FFFF), width: Int(words[7] >> 32))
    mean = Double(bitPattern: words[8])
    squaredDeviations = Double(bitPattern: words[9])
    name = String(decoding: bytes[80..<248].prefix { $0 != 0 }, as: UTF8.self)
  }
}
