import CXRFiles
import Foundation

/// A file of a film cache, read and written at places, by one process at a time.
final class CacheFile: Sendable {
  let path: String
  private let descriptor: Int32

  /// Opens or makes a file.
  /// - Throws: ``FilmError/cacheFailed(path:reason:)``.
  init(path: String) throws {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure() }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  private func failure() -> FilmError {
    .cacheFailed(path: path, reason: String(cString: strerror(errno)))
  }

  /// Keeps other processes out until ``unlock()`` or the end of this process.
  ///
  /// - Parameter waiting: called once if another process must be waited for.
  func lock(waiting: () -> Void) {
    FileLock.take(descriptor, waiting: waiting)
  }

  /// Lets the next process in.
  func unlock() { FileLock.release(descriptor) }

  /// The file's size, in bytes.
  func size() throws -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure() }
    return Int(status.st_size)
  }

  /// Makes the file as large as `size`, or leaves it larger.
  func grow(to size: Int) throws {
    guard try self.size() < size else { return }
    guard ftruncate(descriptor, off_t(size)) == 0 else { throw failure() }
  }

  /// Empties the file.
  func clear() throws { guard ftruncate(descriptor, 0) == 0 else { throw failure() } }

  /// Up to `count` bytes; fewer where the file ends.
  func read(count: Int, at offset: Int) throws -> [UInt8] {
    var hasFailed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, got in
      while got < count {
        let more = pread(
          descriptor, buffer.baseAddress.map { $0 + got }, count - got, off_t(offset + got))
        if more < 0, errno == EINTR { continue }
        hasFailed = more < 0
        if more <= 0 { break }
        got += more
      }
    }
    guard !hasFailed else { throw failure() }
    return bytes
  }

  /// Asks for bytes from the disk; without them nothing is lost but time.
  func willNeed(count: Int, at offset: Int) {
    #if os(Linux)
      _ = posix_fadvise(descriptor, off_t(offset), off_t(count), POSIX_FADV_WILLNEED)
    #endif
  }

  /// Writes bytes; the file grows where it must.
  func write(_ bytes: [UInt8], at offset: Int) throws {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { raw in
        raw.baseAddress.map {
          pwrite(descriptor, $0 + written, bytes.count - written, off_t(offset + written))
        } ?? -1
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure() }
      written += count
    }
  }
}
