/// Why files cannot be fetched.
public enum FetchError: Error, Equatable, CustomStringConvertible {
  /// A catalogue with a row, or a header, that is none; `nil` where all of it is.
  case invalidCatalogue(path: String, line: Int?, reason: String)
  /// A folder whose disk has not the room for what is missing; bytes.
  case noRoom(path: String, needed: Int, free: Int)
  /// A file that was not fetched.
  case failed(file: String, FetchFault)
  /// A label file that cannot be read.
  case unreadable(path: String, reason: String)
  /// A label file that is none of NIH's.
  case strangeLabels(source: String, reason: String)

  /// The message a person reads.
  public var description: String {
    switch self {
    case .invalidCatalogue(let path, let line, let reason):
      "\(path): " + (line.map { "line \($0): " } ?? "") + reason
    case .noRoom(let path, let needed, let free):
      "\(path): \(needed.inLargeUnits) are needed for what is missing, \(free.inLargeUnits) are free; make room, name a "
        + "folder on another disk, or fetch fewer parts"
    case .failed(let file, let fault): "\(file): \(fault)"
    case .unreadable(let path, let reason): "\(path): \(reason)"
    case .strangeLabels(let source, let reason): "\(source): \(reason)"
    }
  }
}
