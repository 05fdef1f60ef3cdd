#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension DataError: LocalizedError {
  /// ``description``, where Foundation asks: without it `localizedDescription` names the type alone.
  public var errorDescription: String? { description }
}
