import Foundation

/// A file that is being fetched, open to be written and read.
final class PartFile {
  let descriptor: Int32
  let path: String

  /// Opens a part, or makes an empty one.
  /// - Throws: ``FetchFault/storage(path:reason:)``.
  init(path: String) throws(FetchFault) {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    self.path = path
    guard descriptor >= 0 else { throw FetchFolder.fault(path) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Its size in bytes.
  func size() throws(FetchFault) -> Int {
    var about = stat()
    guard fstat(descriptor, &about) == 0 else { throw FetchFolder.fault(path) }
    return Int(about.st_size)
  }

  /// Throws away what has come.
  func empty() throws(FetchFault) {
    guard ftruncate(descriptor, 0) == 0 else { throw FetchFolder.fault(path) }
  }

  /// Writes all of it to the disk.
  func flush() throws(FetchFault) {
    while fsync(descriptor) != 0 {
      if errno != EINTR { throw FetchFolder.fault(path) }
    }
  }
}
