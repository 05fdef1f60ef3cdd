import Foundation

/// Keeps a folder to one process at a time: a lock on a file in it, which ends with the process that holds it,
/// however that ends.
public final class FolderLock: Sendable {
  /// The usual file's name.
  public static let file = ".lock"
  private let descriptor: Int32

  /// Takes the lock, which lives as long as this value.
  ///
  /// - Parameters:
  ///   - folder: a folder that can be written.
  ///   - file: the name of the file in it that is locked.
  /// - Throws: ``FileError/folderInUse(path:process:)``, ``FileError/folderUnusable(path:reason:)``.
  public init(folder: String, file: String = FolderLock.file) throws {
    let path = folder + "/" + file
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else {
      throw FileError.folderUnusable(path: path, reason: String(cString: strerror(errno)))
    }
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      // A file system that knows no locks keeps nobody out; that is no reason to refuse work.
      guard errno == EWOULDBLOCK else { return }
      throw FileError.folderInUse(path: folder, process: Self.holder(descriptor))
    }
    let text = Array("\(getpid())\n".utf8)
    // For messages only: without the number the lock holds all the same.
    if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.count, 0) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  private static func holder(_ descriptor: Int32) -> Int? {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    return Int(String(decoding: bytes[..<count], as: UTF8.self).prefix { $0.isNumber })
  }
}
