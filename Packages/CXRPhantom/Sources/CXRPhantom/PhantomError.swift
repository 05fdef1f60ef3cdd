/// Why a phantom set cannot be made.
public enum PhantomError: Error, Equatable, CustomStringConvertible {
  /// A number is out of range.
  case invalidOption(String)
  /// A file cannot be written.
  case unwritable(path: String, reason: String)

  /// The message a person reads.
  public var description: String {
    switch self {
    case .invalidOption(let text): text
    case .unwritable(let path, let reason):
      "\(path): cannot be written (\(reason)); free space or choose another folder"
    }
  }
}
