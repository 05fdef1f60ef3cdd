/// A JSON document to be written, its keys in the order given and its numbers in their shortest
/// exact form.
public indirect enum JSONValue: Sendable, Equatable {
  /// Undefined or not known.
  case null
  /// True or false.
  case bool(Bool)
  /// A whole number.
  case integer(Int)
  /// A whole number of any size.
  case unsigned(UInt64)
  /// A number; one that is not finite is written as `null`.
  case number(Double)
  /// A text.
  case string(String)
  /// Values in order.
  case array([JSONValue])
  /// Keys and values in order.
  case object([(String, JSONValue)])

  /// A number, or `null`.
  public static func number(orNull value: Double?) -> JSONValue {
    value.map { .number($0) } ?? .null
  }
  /// A whole number, or `null`.
  public static func integer(orNull value: Int?) -> JSONValue {
    value.map { .integer($0) } ?? .null
  }
  /// A number with as few digits as tell it from other `Float`s.
  public static func number(shortest value: Float) -> JSONValue {
    .number(Double("\(value)") ?? Double(value))
  }
  /// A text, or `null`.
  public static func string(orNull value: String?) -> JSONValue {
    value.map { .string($0) } ?? .null
  }
  /// Texts in order.
  public static func strings(_ values: some Sequence<String>) -> JSONValue {
    .array(values.map { .string($0) })
  }

  /// Two values are equal when they are written alike.
  public static func == (left: Self, right: Self) -> Bool { left.text == right.text }

  /// The document, indented, with a final line feed.
  public var text: String {
    var out = ""
    write(to: &out, indent: "")
    return out + "\n"
  }

  /// The document on one line, without a line feed.
  public var line: String {
    switch self {
    case .array(let values): "[" + values.map(\.line).joined(separator: ", ") + "]"
    case .object(let members):
      "{" + members.map { Self.quoted($0.0) + ": " + $0.1.line }.joined(separator: ", ") + "}"
    default: String(text.dropLast())
    }
  }

  private func write(to out: inout String, indent: String) {
    let inner = indent + "  "
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .integer(let value): out += "\(value)"
    case .unsigned(let value): out += "\(value)"
    case .number(let value): out += value.isFinite ? "\(value)" : "null"
    case .string(let value): out += Self.quoted(value)
    case .array(let values):
      guard !values.isEmpty else {
        out += "[]"
        return
      }
      out += "["
      for (i, value) in values.enumerated() {
        out += (i > 0 ? "," : "") + "\n" + inner
        value.write(to: &out, indent: inner)
      }
      out += "\n" + indent + "]"
    case .object(let members):
      guard !members.isEmpty else {
        out += "{}"
        return
      }
      out += "{"
      for (i, (key, value)) in members.enumerated() {
        out += (i > 0 ? "," : "") + "\n" + inner + Self.quoted(key) + ": "
        value.write(to: &out, indent: inner)
      }
      out += "\n" + indent + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _
      where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        || scalar.properties.isBidiControl:
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
