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
    try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      let target = UnsafeMutableRawBufferPointer(
        rebasing: UnsafeMutableRawBufferPointer(buffer)[..<range.count])
      try read(from: range.lowerBound, into: target)
      count = range.count
    }
  }

  /// Fills `target` with the bytes from `start`, which lie within ``count``.
  /// - Throws: ``CheckpointError/unreadable(path:reason:)``, also where the file has become shorter.
  func read(from start: Int, into target: UnsafeMutableRawBufferPointer) throws {
    precondition(
      start >= 0 && start + target.count <= count, "ArchiveBytes: \(target.count) from \(start)")
    guard descriptor >= 0 else {
      target.copyBytes(from: memory[start..<start + target.count])
      return
    }
    var got = 0
    while got < target.count, let base = target.baseAddress {
      let more = pread(descriptor, base + got, target.count - got, off_t(start + got))
      if more < 0, errno == EINTR { continue }
      guard more > 0 else {
        throw CheckpointError.unreadable(
          path: path,
          reason: more < 0 ? String(cString: strerror(errno)) : "it became shorter while being read"
        )
      }
      got += more
    }
  }
}
