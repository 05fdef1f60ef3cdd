import ArgumentParser
import CXRData
import CXRFilms
import CXRImage
import CXRMetrics
import CXRNet

/// Names separated by commas.
public struct NameList: ExpressibleByArgument {
  /// The names, trimmed.
  public let names: [String]

  /// Checks that each name is there once, and none is empty.
  public func validate(_ option: String) throws {
    guard !names.contains("") else {
      throw ValidationError("\(option): a name is empty; separate names by single commas")
    }
    var seen: Set<String> = []
    if let twice = names.first(where: { !seen.insert($0).inserted }) {
      throw ValidationError("\(option): \(twice) is named twice; name each once")
    }
  }

  public init?(argument: String) {
    names = argument.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.trimmingPrefix { $0 == " " }.reversed().trimmingPrefix { $0 == " " }.reversed()
    }.map { String($0) }
  }
}

extension ResizeMethod: ExpressibleByArgument {}
extension DecodingOptions.JPEGTransform: ExpressibleByArgument {}
extension LossKind: ExpressibleByArgument {
  public init?(argument: String) {
    guard let kind = Self.standard.first(where: { $0.name == argument }) else { return nil }
    self = kind
  }

  public static var allValueStrings: [String] { standard.map(\.name) }
  public static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
  public var defaultValueDescription: String { name }
}
extension UncertainPolicy: ExpressibleByArgument {}
extension FilmDepth: ExpressibleByArgument {}
extension DICOMRange: ExpressibleByArgument {}
extension PixelStorage: ExpressibleByArgument {}
extension OperatingRule: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
extension FilmCache.SourceCheck: ExpressibleByArgument {}
