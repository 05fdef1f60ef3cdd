import Foundation

extension FileHandle {
  /// What comes through a pipe, or stands in a file, until its end. Foundation's own way ends the process where a signal
  /// interrupts it.
  public func bytesToEnd() -> [UInt8] {
    var (all, part) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
    while true {
      let count = Foundation.read(fileDescriptor, &part, part.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return all }
      all += part[..<count]
    }
  }
}
