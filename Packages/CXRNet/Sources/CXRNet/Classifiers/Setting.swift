/// One number, list or word that a network is built with.
public enum Setting: Sendable, Equatable, CustomStringConvertible {
  /// A whole number.
  case integer(Int)
  /// Whole numbers, in order.
  case integers([Int])
  /// A real number.
  case number(Double)
  /// A word.
  case text(String)

  /// As it is given in `KEY=VALUE`: a list's numbers have commas between them.
  public var description: String {
    switch self {
    case .integer(let value): "\(value)"
    case .integers(let values): values.map { "\($0)" }.joined(separator: ",")
    case .number(let value): "\(value)"
    case .text(let value): value
    }
  }

  /// What `text` says, of the kind of this one; `nil` where it says none. A list's numbers have commas or hyphens between
  /// them.
  public func parsed(_ text: String) -> Setting? {
    switch self {
    case .integer: return Int(text).map { .integer($0) }
    case .integers:
      let parts = text.split(omittingEmptySubsequences: false) { $0 == "," || $0 == "-" }
        .map { Int($0) }
      let values = parts.compactMap { $0 }
      return values.count == parts.count ? .integers(values) : nil
    case .number: return Double(text).flatMap { $0.isFinite ? .number($0) : nil }
    case .text: return text.isEmpty ? nil : .text(text)
    }
  }

  /// The same value of the kind of `other`, where a file's writing does not tell them apart: 1 for 1.0.
  func asKind(of other: Setting) -> Setting? {
    switch (self, other) {
    case (.integer, .integer), (.integers, .integers), (.number, .number), (.text, .text): self
    case (.integer(let value), .number): .number(Double(value))
    default: nil
    }
  }
}

extension Setting: Codable {
  /// A number, a list of numbers or a text.
  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let whole = try? value.decode(Int.self) {
      self = .integer(whole)
    } else if let list = try? value.decode([Int].self) {
      self = .integers(list)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else {
      self = .text(try value.decode(String.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .integer(let whole): try value.encode(whole)
    case .integers(let list): try value.encode(list)
    case .number(let number): try value.encode(number)
    case .text(let text): try value.encode(text)
    }
  }
}
