import Foundation

extension EvaluationError: LocalizedError {
  /// ``description``, where Foundation asks: without it `localizedDescription` names the type alone.
  public var errorDescription: String? { description }
}
