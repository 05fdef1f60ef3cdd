/// What happens while files are fetched.
public enum FetchEvent: Sendable, Equatable, CustomStringConvertible {
  /// A file's transfer failed and is tried again after so many seconds.
  case retrying(file: String, reason: String, seconds: Int)
  /// What has come of a file is of no use; it is fetched from its beginning.
  case begunAnew(file: String, reason: String)
  /// What had a file's name was not that file, and is fetched again.
  case removed(file: String, reason: String)
  /// What had a file's name is shorter than the file, and is taken for its beginning.
  case takenAsPart(file: String, bytes: Int)
  /// A file is whole.
  case whole(file: String, bytes: Int)
  /// A file was given up.
  case failed(file: String, FetchFault)

  /// The message a person reads.
  public var description: String {
    switch self {
    case .retrying(let file, let reason, let seconds):
      "\(file): \(reason); again in \(seconds) s"
    case .begunAnew(let file, let reason): "\(file): \(reason); it is fetched from its beginning"
    case .removed(let file, let reason): "\(file): \(reason); it is fetched again"
    case .takenAsPart(let file, let bytes):
      "\(file): it has \(bytes.inBytes) only; the rest is fetched"
    case .whole(let file, let bytes): "\(file): whole, \(bytes.inLargeUnits)"
    case .failed(let file, let fault): "\(file): \(fault)"
    }
  }
}
