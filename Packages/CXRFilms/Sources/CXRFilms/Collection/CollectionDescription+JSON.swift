import CXRFiles
import CXRData
import Foundation

extension CollectionDescription {
  /// The description as one line of JSON with sorted keys: its meaning, to be stored and compared.
  public var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Strings, numbers and switches can always be written.
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// Reads what ``text`` has written.
  public init?(text: String) {
    guard let own = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else { return nil }
    self = own
  }

  /// The members that mean something else in another description, sorted.
  public func members(differingFrom other: CollectionDescription) -> [String] {
    guard case .object(let own) = json, case .object(let others) = other.json else { return [] }
    let (mine, theirs) = (
      Dictionary(own) { $1 }.filter { $0.key != "name" },
      Dictionary(others) { $1 }.filter { $0.key != "name" }
    )
    return Set(mine.keys).union(theirs.keys).filter { mine[$0] != theirs[$0] }.sorted()
  }

  /// The description as a document.
  public var json: JSONValue {
    (try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))) ?? .null
  }
}
