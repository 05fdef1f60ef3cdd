/// Why a film cannot be decoded or encoded.
public enum ImageError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be read.
  case unreadable(path: String, reason: String)
  /// The file holds nothing.
  case empty(path: String)
  /// The first bytes are those of no ``FilmFormat``; `found` says what they look like.
  case unknownFormat(path: String, found: String)
  /// The decoder stopped; `offset` counts the bytes it had taken, `remedy` is an option with which it would go on.
  case undecodable(
    path: String, format: String, offset: Int?, reason: String, remedy: DecodingRemedy? = nil)
  /// The film has more pixels than allowed.
  case tooLarge(path: String, width: Int, height: Int, limit: Int)
  /// Pixels cannot be encoded.
  case unencodable(reason: String)

  /// An option with which the film would be read; `nil` where there is none.
  public var remedy: DecodingRemedy? {
    if case .undecodable(_, _, _, _, let remedy) = self { remedy } else { nil }
  }

  /// Why, without the path; with what would help, in the names of ``DecodingOptions``.
  public var reason: String {
    switch self {
    case .unreadable(_, let reason): "cannot be read (\(reason))"
    case .empty: "the file is empty"
    case .unknownFormat(_, let found): "\(found), and not \(FilmFormat.allNames)"
    case .undecodable(_, let format, let offset, let reason, let remedy):
      "\(format) cannot be decoded" + (offset.map { " at byte \($0)" } ?? "") + ": \(reason)"
        + (remedy.map { " (\($0.description))" } ?? "")
    case .tooLarge(_, let width, let height, let limit):
      "\(width) × \(height) pixels are over the limit of \(limit)"
    case .unencodable(let reason): "cannot be encoded: \(reason)"
    }
  }

  /// The message a person reads: the path, and why.
  public var description: String {
    switch self {
    case .unreadable(let path, _), .empty(let path), .unknownFormat(let path, _),
      .undecodable(let path, _, _, _, _), .tooLarge(let path, _, _, _):
      "\(path): \(reason)"
    case .unencodable: reason
    }
  }
}
