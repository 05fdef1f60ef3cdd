/// Why models cannot be judged or compared.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
  /// Scores that are not of the same films or labels, in words.
  case mismatch(String)

  /// The message a person reads.
  public var description: String {
    switch self {
    case .mismatch(let text): text
    }
  }
}
