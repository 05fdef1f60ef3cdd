/// The contents of one member of an archive, unpacked as they are asked for and checked at the end.
final class ArchiveMember {
  let entry: ZipArchive.Entry
  let path: String
  private let archive: ArchiveBytes
  private let reader: Deflate.Reader?
  /// In the contents.
  private(set) var position = 0
  private var sum: UInt32 = 0

  init(_ entry: ZipArchive.Entry, of archive: ArchiveBytes) throws {
    (self.entry, self.archive, path) = (entry, archive, archive.path)
    guard entry.isPacked else {
      reader = nil
      return
    }
    var rest = entry.data
    reader = Deflate.Reader(packed: rest.count) { target in
      let part = target.prefix(rest.count)
      try archive.read(from: rest.lowerBound, into: UnsafeMutableRawBufferPointer(rebasing: part))
      rest = rest.dropFirst(part.count)
      return part.count
    }
    if reader == nil {
      throw CheckpointError.unreadable(path: path, reason: "zlib has no memory left")
    }
  }

  private var damaged: CheckpointError { .checksumMismatch(path: path, member: entry.name) }

  /// Fills `target` with the next bytes.
  /// - Throws: ``CheckpointError/checksumMismatch(path:member:)`` where there are not as many.
  func read(into target: UnsafeMutableRawBufferPointer) throws {
    guard target.count <= entry.size - position else { throw damaged }
    if let reader {
      guard try reader.fill(target) else { throw damaged }
    } else {
      try archive.read(from: entry.data.lowerBound + position, into: target)
    }
    position += target.count
    sum = Deflate.crc32(sum, UnsafeRawBufferPointer(target))
  }

  /// The next `count` bytes.
  func read(_ count: Int) throws -> [UInt8] {
    guard count <= entry.size - position else { throw damaged }
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBytes { try read(into: $0) }
    return bytes
  }

  /// Checks that nothing follows, and that all that came has the right sum.
  /// - Throws: ``CheckpointError/checksumMismatch(path:member:)``.
  func finish() throws {
    guard position == entry.size, sum == entry.checksum, try reader?.isAtEnd() ?? true else {
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
