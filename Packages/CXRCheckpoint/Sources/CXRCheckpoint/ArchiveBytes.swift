#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of a file or of memory, read where they are asked for, so that a large foreign file costs no
/// more memory than the parts that were looked at.
final class ArchiveBytes {
  /// The number of bytes.
  let count: Int
  /// For messages.
  let path: String
  private let memory: [UInt8]
  private let descriptor: Int32

  /// Bytes in memory.
  init(_ bytes: [UInt8], path: String) {
    (memory, count, descriptor, self.path) = (bytes, bytes.count, -1, path)
  }

  /// A file's bytes.
  /// - Throws: ``CheckpointError/unreadable(path:reason:)``.
  init(path: String) throws {
    (memory, self.path) = ([], path)
    // Not blocked by a pipe of that name.
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    var status = stat()
    guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
      count = 0
      throw CheckpointError.unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    count = Int(status.st_size)
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw CheckpointError.unreadable(path: path, reason: "it is not a file")
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The bytes of a range that lies within ``count``.
  /// - Throws: ``CheckpointError/unreadable(path:reason:)``, also where the file has become shorter.
  func callAsFunction(_ range: Range<Int>) throws -> [UInt8] {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "ArchiveBytes: \(range)")
    guard descriptor >= 0 else { return Array(memory[range]) }
    var problem: String?
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, got in
      while got < range.count, let base = buffer.baseAddress {
        let more = pread(
          descriptor, base + got, range.count - got, off_t(range.lowerBound + got))
        if more < 0, errno == EINTR { continue }
        guard more > 0 else {
          problem =
            more < 0 ? String(cString: strerror(errno)) : "it became shorter while being read"
          return
        }
        got += more
      }
    }
    if let problem { throw CheckpointError.unreadable(path: path, reason: problem) }
    return bytes
  }
}
