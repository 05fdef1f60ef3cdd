import CXRData

/// Why a phantom set cannot be made.
public enum PhantomError: Error, Equatable, CustomStringConvertible {
  /// An option of ``PhantomSet/Options`` is out of range.
  case invalidOption(InvalidOption)
  /// A file cannot be written.
  case unwritable(path: String, reason: String)

  /// The message a person reads.
  public var description: String {
    switch self {
    case .invalidOption(let option): option.description
    case .unwritable(let path, let reason):
      "\(path): cannot be written (\(reason)); free space or choose another folder"
    }
  }
}

extension PhantomError: OptionError {
  public var invalidOption: InvalidOption? {
    if case .invalidOption(let option) = self { option } else { nil }
  }
}
