import Foundation

extension FilmError: LocalizedError {
  /// ``description``, where Foundation asks: without it `localizedDescription` names the type alone.
  public var errorDescription: String? { description }
}
