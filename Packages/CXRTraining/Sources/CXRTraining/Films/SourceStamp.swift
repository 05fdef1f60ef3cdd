import CXRImage
import Foundation

/// A source file's size and time of change.
struct SourceStamp {
  /// In bytes.
  let size: UInt64
  /// In nanoseconds since 1970.
  let time: UInt64
  /// What tells files apart, whatever names lead to them.
  let file: [UInt64]

  /// - Throws: `ImageError.unreadable`.
  init(path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw ImageError.unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    let seconds = UInt64(bitPattern: Int64(status.st_mtim.tv_sec))
    file = [UInt64(status.st_dev), UInt64(status.st_ino)]
    size = UInt64(status.st_size)
    time = seconds &* 1_000_000_000 &+ UInt64(status.st_mtim.tv_nsec)
  }
}
