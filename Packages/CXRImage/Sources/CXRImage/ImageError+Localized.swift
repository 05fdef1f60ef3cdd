#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ImageError: LocalizedError {
  /// ``description``, where Foundation asks: without it `localizedDescription` names the type alone.
  public var errorDescription: String? { description }
}
