import Foundation

/// The pixel file of a film cache, mapped: its pages are the system's to keep or to drop.
final class FilmMap: Sendable {
  // Mapped once in init, with PROT_READ, and unmapped in deinit: threads only ever read through it.
  nonisolated(unsafe) private let base: UnsafeMutableRawPointer?
  private let count: Int

  /// Maps the first `count` bytes of a file that has them.
  /// - Throws: ``TrainingError/cacheFailed(path:reason:)``.
  init(path: String, count: Int) throws {
    self.count = count
    guard count > 0 else {
      base = nil
      return
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw TrainingError.cacheFailed(path: path, reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    guard let address = mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0),
      address != MAP_FAILED
    else { throw TrainingError.cacheFailed(path: path, reason: String(cString: strerror(errno))) }
    base = address
  }

  deinit { if let base { munmap(base, count) } }

  /// Asks for bytes from the disk; without them nothing is lost but time.
  func advise(_ range: Range<Int>) {
    guard let base else { return }
    let start = range.lowerBound / 4096 * 4096
    _ = madvise(base + start, min(count, range.upperBound) - start, MADV_WILLNEED)
  }

  func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    guard let base, range.lowerBound >= 0, range.upperBound <= count else {
      preconditionFailure("FilmCache: bytes \(range) are not in the file")
    }
    return UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
  }
}
