#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whole files, written so that a crash leaves the old file or the new one.
public enum AtomicFile {
  /// Writes beside the target, flushes, renames, flushes the folder.
  /// - Throws: ``CheckpointError/unwritable(path:reason:)``; the earlier file stays.
  public static func write(_ bytes: [UInt8], to path: String) throws {
    let temporary = "\(path).\(getpid()).tmp"
    func fail(_ descriptor: Int32? = nil) -> CheckpointError {
      let reason = String(cString: strerror(errno))
      if let descriptor { close(descriptor) }
      unlink(temporary)
      return .unwritable(path: path, reason: reason)
    }
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw fail() }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { raw in
        raw.baseAddress.map { platformWrite(descriptor, $0 + written, bytes.count - written) } ?? 0
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw fail(descriptor) }
      written += count
    }
    guard fsync(descriptor) == 0 else { throw fail(descriptor) }
    guard close(descriptor) == 0 else { throw fail() }
    guard rename(temporary, path) == 0 else { throw fail() }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let handle = open(folder, O_RDONLY | O_CLOEXEC)
    if handle >= 0 {
      fsync(handle)
      close(handle)
    }
  }

  /// Writes a text, as ``write(_:to:)-([UInt8],_)``.
  public static func write(_ text: String, to path: String) throws {
    try write([UInt8](text.utf8), to: path)
  }

  /// Reads a file of at most `limit` bytes.
  static func read(_ path: String, limit: Int) throws -> [UInt8] {
    func fail(_ reason: String = String(cString: strerror(errno))) -> CheckpointError {
      .unreadable(path: path, reason: reason)
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw fail() }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw fail() }
    guard status.st_mode & S_IFMT == S_IFREG else { throw fail("it is not a file") }
    let size = Int(status.st_size)
    guard size <= limit else { throw fail("it has \(size) bytes, over the limit of \(limit)") }
    var bytes = [UInt8](repeating: 0, count: size)
    var got = 0
    while got < size {
      let count = bytes.withUnsafeMutableBytes { raw in
        raw.baseAddress.map { platformRead(descriptor, $0 + got, size - got) } ?? 0
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw fail() }
      guard count > 0 else { throw fail("it became shorter while being read") }
      got += count
    }
    return bytes
  }
}

// The enum's own `write` and `read` hide the system's.
private func platformWrite(_ file: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  write(file, bytes, count)
}
private func platformRead(_ file: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int) -> Int {
  read(file, bytes, count)
}
