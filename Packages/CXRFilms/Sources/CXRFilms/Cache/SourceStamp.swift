import CXRArchive
import CXRImage
import Foundation

/// A source file's size and time of change; of a film in an archive, the archive's.
struct SourceStamp {
  /// In bytes.
  let size: UInt64
  /// In nanoseconds since 1970.
  let time: UInt64
  /// What tells files apart, whatever names lead to them.
  let file: [UInt64]

  /// The file's number on its disk.
  var number: UInt64 { file.last ?? 0 }

  /// As it was told.
  init(size: UInt64, time: UInt64) { (self.size, self.time, file) = (size, time, []) }

  /// Of an archive that is being read, as it was when it was opened.
  init(_ archive: ArchiveReader) {
    (size, time, file) = (UInt64(archive.size), archive.modified, [])
  }

  /// - Throws: `ImageError.unreadable`.
  init(path: String) throws {
    var status = stat()
    let isThere =
      stat(path, &status) == 0
      // No file lies below another: where a path says so, that is an archive.
      || (errno == ENOTDIR && ArchivedPath(path).map { stat($0.archive, &status) } == 0)
    guard isThere else {
      throw ImageError.unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    #if canImport(Darwin)
      let changed = status.st_mtimespec
    #else
      let changed = status.st_mtim
    #endif
    let seconds = UInt64(bitPattern: Int64(changed.tv_sec))
    // Darwin's numbers of devices have a sign.
    file = [UInt64(truncatingIfNeeded: status.st_dev), UInt64(status.st_ino)]
    size = UInt64(status.st_size)
    time = seconds &* 1_000_000_000 &+ UInt64(changed.tv_nsec)
  }
}
