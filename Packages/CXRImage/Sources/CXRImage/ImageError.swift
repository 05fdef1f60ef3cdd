/// Why a film cannot be decoded or encoded.
public enum ImageError: Error, Equatable {
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
}
