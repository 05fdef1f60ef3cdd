import Foundation

/// Keeps a file that is open to one process at a time; the others wait. Where a process ends, so does its lock.
public enum FileLock {
  /// Keeps other processes out until ``release(_:)`` or the end of this process.
  ///
  /// - Parameters:
  ///   - descriptor: of the open file.
  ///   - waiting: called once if another process must be waited for.
  public static func take(_ descriptor: Int32, waiting: () -> Void) {
    guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return }
    if errno == EWOULDBLOCK { waiting() }
    while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
  }

  /// Lets the next process in.
  public static func release(_ descriptor: Int32) { flock(descriptor, LOCK_UN) }
}
