#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whole files, written so that a crash leaves the old file or the new one.
public enum AtomicFile {
  private static let temporarySuffix = ".tmp"

  /// Whether a file's name is one that ``write(_:to:)-([UInt8],_)`` gives while it writes: `NAME.PROCESS.tmp`.
  public static func isTemporary(_ name: String) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count >= 3 && parts.last == "tmp" && Int(parts[parts.count - 2]) != nil
  }

  /// Writes beside the target, flushes, renames, flushes the folder.
  /// - Throws: ``FileError/unwritable(path:reason:)``; the earlier file stays.
  public static func write(_ bytes: [UInt8], to path: String) throws {
    try write(to: path) { try $0(bytes) }
  }

  /// Writes what `body` gives, part after part, as ``write(_:to:)-([UInt8],_)``: nobody holds the whole.
  /// - Throws: ``FileError/unwritable(path:reason:)``, what `body` throws; the earlier file stays.
  public static func write(
    to path: String, _ body: (_ append: (_ bytes: [UInt8]) throws -> Void) throws -> Void
  ) throws {
    let temporary = "\(path).\(getpid())\(temporarySuffix)"
    func fail(_ descriptor: Int32? = nil) -> FileError {
      let reason = String(cString: strerror(errno))
      if let descriptor { close(descriptor) }
      unlink(temporary)
      return .unwritable(path: path, reason: reason)
    }
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw fail() }
    var isOpen = true
    do {
      try body { bytes in
        var written = 0
        while written < bytes.count {
          let count = bytes.withUnsafeBytes { raw in
            raw.baseAddress.map { platformWrite(descriptor, $0 + written, bytes.count - written) }
              ?? 0
          }
          if count < 0, errno == EINTR { continue }
          guard count > 0 else {
            isOpen = false
            throw fail(descriptor)
          }
          written += count
        }
      }
    } catch {
      if isOpen { close(descriptor) }
      unlink(temporary)
      throw error
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
}

// The enum's own `write` hides the system's.
private func platformWrite(_ file: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  write(file, bytes, count)
}
