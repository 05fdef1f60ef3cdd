/// The contents of one member of an archive, unpacked as they are asked for and checked at the end.
final class ArchiveMember {
  let entry: ZipArchive.Entry
  let path: String
  private let reader: Deflate.Reader?
  /// Of a member that is not packed.
  private let plain: [UInt8]
  private(set) var position = 0
  private var sum: UInt32 = 0

  /// - Parameter most: how many packed bytes to read; the first few are enough for a header.
  init(_ entry: ZipArchive.Entry, of archive: ArchiveBytes, most: Int = .max) throws {
    (self.entry, path) = (entry, archive.path)
    let end = min(entry.data.upperBound, entry.data.lowerBound &+ min(most, entry.data.count))
    let bytes = try archive(entry.data.lowerBound..<end)
    plain = entry.isPacked ? [] : bytes
    reader = entry.isPacked ? Deflate.Reader(bytes) : nil
    if entry.isPacked, reader == nil {
      throw CheckpointError.unreadable(path: path, reason: "zlib has no memory left")
    }
  }

  private var damaged: CheckpointError { .checksumMismatch(path: path, member: entry.name) }

  /// Fills `target` with the next bytes.
  /// - Throws: ``CheckpointError/checksumMismatch(path:member:)`` where there are not as many.
  func read(into target: UnsafeMutableRawBufferPointer) throws {
    guard position + target.count <= entry.size else { throw damaged }
    if let reader {
      guard reader.fill(target) else { throw damaged }
    } else {
      guard position + target.count <= plain.count else { throw damaged }
      target.copyBytes(from: plain[position..<position + target.count])
    }
    position += target.count
    sum = Deflate.crc32(sum, UnsafeRawBufferPointer(target))
  }

  /// The next `count` bytes.
  func read(_ count: Int) throws -> [UInt8] {
    guard position + count <= entry.size else { throw damaged }
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBytes { try read(into: $0) }
    return bytes
  }

  /// Checks that nothing follows, and that all that came has the right sum.
  /// - Throws: ``CheckpointError/checksumMismatch(path:member:)``.
  func finish() throws {
    guard position == entry.size, sum == entry.checksum, reader?.isAtEnd ?? true else {
      throw damaged
    }
  }

  /// All bytes, checked.
  static func contents(_ entry: ZipArchive.Entry, of archive: ArchiveBytes) throws -> [UInt8] {
    let member = try ArchiveMember(entry, of: archive)
    let bytes = try member.read(entry.size)
    try member.finish()
    return bytes
  }
}
