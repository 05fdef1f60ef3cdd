/// A literal of Python, as far as NumPy's headers have them.
enum PythonLiteral: Equatable {
  case text(String)
  case number(Int)
  case truth(Bool)
  case tuple([PythonLiteral])
  case list([PythonLiteral])

  /// Reads `{'key': literal, …}`, with each value as it is written.
  /// - Returns: `nil` where the text is anything else, or a key stands twice.
  static func dictionary(_ text: [UInt8]) -> [String: (value: PythonLiteral, source: String)]? {
    var parser = Parser(text: text)
    return parser.dictionary()
  }

  private struct Parser {
    let text: [UInt8]
    private var at = 0
    /// Nothing that is read is as deep.
    private static let deepest = 32

    init(text: [UInt8]) { self.text = text }

    private mutating func skipSpace() {
      while at < text.count, " \t\r\n".utf8.contains(text[at]) { at += 1 }
    }

    private mutating func take(_ mark: Character) -> Bool {
      skipSpace()
      guard at < text.count, text[at] == mark.asciiValue else { return false }
      at += 1
      return true
    }

    private mutating func take(word: String) -> Bool {
      guard text[at...].starts(with: word.utf8) else { return false }
      at += word.utf8.count
      return true
    }

    mutating func dictionary() -> [String: (value: PythonLiteral, source: String)]? {
      var entries: [String: (value: PythonLiteral, source: String)] = [:]
      guard take("{") else { return nil }
      while !take("}") {
        guard case .text(let key)? = value(depth: 0), take(":") else { return nil }
        skipSpace()
        let start = at
        guard let value = value(depth: 0) else { return nil }
        let source = String(decoding: text[start..<at], as: UTF8.self)
        guard entries.updateValue((value, source), forKey: key) == nil else { return nil }
        if take(",") { continue }
        guard take("}") else { return nil }
        break
      }
      skipSpace()
      return at == text.count ? entries : nil
    }

    private mutating func value(depth: Int) -> PythonLiteral? {
      guard depth < Self.deepest else { return nil }
      if take("(") {
        guard let (values, hasComma) = values(until: ")", depth: depth + 1) else { return nil }
        // One value in parentheses is no tuple.
        return values.count == 1 && !hasComma ? values[0] : .tuple(values)
      }
      if take("[") { return values(until: "]", depth: depth + 1).map { .list($0.values) } }
      if take("'") { return quoted(by: UInt8(ascii: "'")) }
      if take("\"") { return quoted(by: UInt8(ascii: "\"")) }
      if take(word: "True") { return .truth(true) }
      if take(word: "False") { return .truth(false) }
      return number()
    }

    private mutating func values(until end: Character, depth: Int)
      -> (values: [PythonLiteral], hasComma: Bool)?
    {
      var (values, hasComma) = ([PythonLiteral](), true)
      while !take(end) {
        guard hasComma, let value = value(depth: depth) else { return nil }
        values.append(value)
        hasComma = take(",")
      }
      return (values, hasComma)
    }

    /// What stands up to the closing mark; escapes stay as they are written.
    private mutating func quoted(by mark: UInt8) -> PythonLiteral? {
      let start = at
      while at < text.count, text[at] != mark { at += text[at] == UInt8(ascii: "\\") ? 2 : 1 }
      guard at < text.count else { return nil }
      defer { at += 1 }
      return .text(String(decoding: text[start..<at], as: UTF8.self))
    }

    private mutating func number() -> PythonLiteral? {
      let start = at
      if at < text.count, text[at] == UInt8(ascii: "-") { at += 1 }
      while at < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[at]) { at += 1 }
      let number = Int(String(decoding: text[start..<at], as: UTF8.self))
      // Python 2 marked long numbers.
      if at < text.count, text[at] == UInt8(ascii: "L") { at += 1 }
      return number.map { .number($0) }
    }
  }
}
