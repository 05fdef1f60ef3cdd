import CXRImage

/// A film that cannot be decoded, and why.
public struct UnreadableFilm: Sendable, Equatable {
  /// The film's name in the label file.
  public let name: String
  /// The decoder's reason.
  public let reason: String

  /// An option with which it would be read; `nil` where there is none.
  public let remedy: DecodingRemedy?

  /// Gathers these.
  public init(name: String, reason: String, remedy: DecodingRemedy? = nil) {
    (self.name, self.reason, self.remedy) = (name, reason, remedy)
  }

  /// Of what was thrown.
  public init(name: String, _ error: any Error) {
    self.init(name: name, reason: Self.reason(error), remedy: (error as? ImageError)?.remedy)
  }
}

extension UnreadableFilm {
  /// Why a film cannot be decoded, by what was thrown: a decoder's reason without the film's path.
  public static func reason(_ error: any Error) -> String {
    (error as? ImageError)?.reason ?? (error as? FilmFailure)?.film.reason ?? "\(error)"
  }
}
