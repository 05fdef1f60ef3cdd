import CXRFiles
import CXRTraining
import Foundation
import Synchronization

/// A line of JSON an event, on a file descriptor that another program reads.
public final class MetricsLines: Sendable {
  private let descriptor: Int32
  private let isOpen = Mutex(true)

  /// - Parameter descriptor: open for writing.
  public init(descriptor: Int32) { self.descriptor = descriptor }

  /// Whether something can be written there.
  public static func canWrite(to descriptor: Int32) -> Bool {
    let flags = fcntl(descriptor, F_GETFL)
    return flags >= 0 && flags & O_ACCMODE != O_RDONLY
  }

  /// Writes a line; a reader that went away is told of once, and the work goes on.
  public func write(_ document: JSONValue) {
    let bytes = Array((document.line + "\n").utf8)
    let problem: String? = isOpen.withLock { isOpen in
      var written = 0
      while isOpen, written < bytes.count {
        let count = bytes[written...].withUnsafeBytes {
          Foundation.write(descriptor, $0.baseAddress, $0.count)
        }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else {
          isOpen = false
          return String(cString: strerror(errno))
        }
        written += count
      }
      return nil
    }
    if let problem {
      Console.warn("--metrics-fd \(descriptor): \(problem); no more metrics are written there")
    }
  }
}
