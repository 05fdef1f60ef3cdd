/// Why a phantom set cannot be made.
public enum PhantomError: Error, Equatable, CustomStringConvertible {
  /// A number is out of range: the name of an option as ``PhantomSet/Options`` has it, its value, and what is needed.
  case invalidOption(name: String, value: String, needed: String)
  /// A file cannot be written.
  case unwritable(path: String, reason: String)

  /// The message a person reads.
  public var description: String {
    switch self {
    case .invalidOption(let name, let value, let needed): "\(name) \(value): \(needed)"
    case .unwritable(let path, let reason):
      "\(path): cannot be written (\(reason)); free space or choose another folder"
    }
  }
}
