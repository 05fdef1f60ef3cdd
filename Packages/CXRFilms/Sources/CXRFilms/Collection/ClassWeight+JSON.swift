import CXRData
import CXRFiles

extension ClassWeight {
  /// The weight as a document.
  public var json: JSONValue {
    .object([
      ("label", .string(label)), ("negative", .number(orNull: negative)),
      ("positive", .number(orNull: positive)),
    ])
  }
}
