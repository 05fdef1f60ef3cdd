import CXRImage

/// A film that cannot be decoded, and why.
public struct UnreadableFilm: Sendable, Equatable {
  /// The film's name in the label file.
  public let name: String
  /// The decoder's reason.
  public let reason: String

  /// Gathers both.
  public init(name: String, reason: String) { (self.name, self.reason) = (name, reason) }
}

extension UnreadableFilm {
  /// Why a film cannot be decoded, by what was thrown: a decoder's reason without the film's path.
  public static func reason(_ error: any Error) -> String {
    (error as? ImageError)?.reason ?? "\(error)"
  }
}
