extension ImageError: CustomStringConvertible {
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
