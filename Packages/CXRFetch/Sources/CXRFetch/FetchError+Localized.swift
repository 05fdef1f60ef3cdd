import Foundation

extension FetchError: LocalizedError {
  /// ``description``, where Foundation asks: without it `localizedDescription` names the type alone.
  public var errorDescription: String? { description }
}
