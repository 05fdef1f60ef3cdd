/// A JSON document with its keys in the file's order. What is missing is an error, what is
/// undefined is `null`.
indirect enum JSONTree: Sendable, Equatable {
  case null
  case flag(Bool)
  case number(Double)
  case text(String)
  case list([JSONTree])
  case object([Member])

  struct Member: Sendable, Equatable {
    let key: String
    let value: JSONTree
  }

  /// Why a document cannot be read, or what it lacks.
  struct Problem: Error, CustomStringConvertible {
    let description: String
  }

  init(_ text: String) throws {
    var reader = Reader(bytes: Array(text.utf8))
    self = try reader.value()
    guard reader.next() == nil else { throw Problem(description: "text after the document") }
  }

  init(path: String) throws { try self.init(String(contentsOfFile: path, encoding: .utf8)) }

  /// An object's members in order; none of another value.
  var members: [Member] {
    if case .object(let members) = self { members } else { [] }
  }

  var keys: [String] { members.map(\.key) }

  /// What stands under keys parted by `/`.
  func at(_ path: String) throws -> JSONTree {
    try path.split(separator: "/").reduce(self) { tree, key in
      guard let member = tree.members.first(where: { $0.key == key }) else {
        throw Problem(description: "no \(key) of \(path)")
      }
      return member.value
    }
  }

  /// `nil` where the number is undefined.
  func number(_ path: String) throws -> Double? {
    switch try at(path) {
    case .null: return nil
    case .number(let number): return number
    default: throw Problem(description: "\(path) is no number")
    }
  }

  func count(_ path: String) throws -> Int {
    guard let number = try number(path), let count = Int(exactly: number) else {
      throw Problem(description: "\(path) is no whole number")
    }
    return count
  }

  /// `nil` where nothing is said.
  func text(_ path: String) throws -> String? {
    switch try at(path) {
    case .null: return nil
    case .text(let text): return text
    default: throw Problem(description: "\(path) is no text")
    }
  }

  func list(_ path: String) throws -> [JSONTree] {
    guard case .list(let list) = try at(path) else {
      throw Problem(description: "\(path) is no list")
    }
    return list
  }

  /// A list of texts.
  func texts(_ path: String) throws -> [String] {
    try list(path).map { item in
      guard case .text(let text) = item else {
        throw Problem(description: "\(path) is no list of texts")
      }
      return text
    }
  }

  /// `key` with `key_low` and `key_high`.
  func estimate(_ key: String) throws -> StatedEstimate {
    StatedEstimate(
      value: try number(key), low: try number(key + "_low"), high: try number(key + "_high"))
  }

  /// Every key with the keys above it, parted by `/`: a list's items are `*`, and so are the
  /// members of the objects whose own keys are names of the user's, at the paths `named`.
  func paths(named: Set<String> = []) -> Set<String> {
    func paths(_ tree: JSONTree, _ above: String) -> Set<String> {
      var found: Set<String> = []
      switch tree {
      case .list(let items):
        for item in items { found.formUnion(paths(item, above + "/*")) }
      case .object(let members):
        for member in members {
          let path = above + "/" + (named.contains(above) ? "*" : member.key)
          found.insert(path)
          found.formUnion(paths(member.value, path))
        }
      default: break
      }
      return found
    }
    return paths(self, "")
  }

  private struct Reader {
    let bytes: [UInt8]
    var place = 0

    /// The next byte that is no space.
    mutating func next() -> UInt8? {
      while place < bytes.count, [9, 10, 13, 32].contains(bytes[place]) { place += 1 }
      return place < bytes.count ? bytes[place] : nil
    }

    private func problem(_ what: String) -> Problem {
      Problem(description: "\(what) at byte \(place)")
    }

    /// Whether the next byte is this one, which is then read.
    private mutating func takes(_ character: Character) -> Bool {
      guard next() == character.asciiValue else { return false }
      place += 1
      return true
    }

    mutating func value() throws -> JSONTree {
      guard let first = next() else { throw problem("nothing") }
      switch Character(UnicodeScalar(first)) {
      case "{":
        place += 1
        var members: [Member] = []
        while !takes("}") {
          if !members.isEmpty, !takes(",") { throw problem("no comma") }
          let key = try string()
          guard takes(":") else { throw problem("no colon") }
          members.append(Member(key: key, value: try value()))
        }
        guard Set(members.map(\.key)).count == members.count else { throw problem("a key twice") }
        return .object(members)
      case "[":
        place += 1
        var items: [JSONTree] = []
        while !takes("]") {
          if !items.isEmpty, !takes(",") { throw problem("no comma") }
          items.append(try value())
        }
        return .list(items)
      case "\"": return .text(try string())
      default:
        let start = place
        while place < bytes.count, ![44, 93, 125, 9, 10, 13, 32].contains(bytes[place]) {
          place += 1
        }
        let word = String(decoding: bytes[start..<place], as: UTF8.self)
        switch word {
        case "null": return .null
        case "true": return .flag(true)
        case "false": return .flag(false)
        default:
          guard let number = Double(word) else { throw problem("\(word)") }
          return .number(number)
        }
      }
    }

    private mutating func string() throws -> String {
      guard takes("\"") else { throw problem("no string") }
      var text: [UInt8] = []
      while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
        if bytes[place] == UInt8(ascii: "\\") {
          place += 1
          guard place < bytes.count else { break }
          switch bytes[place] {
          case UInt8(ascii: "n"): text.append(10)
          case UInt8(ascii: "t"): text.append(9)
          case UInt8(ascii: "u"):
            let digits = String(decoding: bytes[(place + 1)...].prefix(4), as: UTF8.self)
            guard let code = UInt32(digits, radix: 16), let scalar = UnicodeScalar(code) else {
              throw problem("an escape that is no character")
            }
            text += Array(String(Character(scalar)).utf8)
            place += 4
          case let other: text.append(other)
          }
        } else {
          text.append(bytes[place])
        }
        place += 1
      }
      guard place < bytes.count else { throw problem("an unended string") }
      place += 1
      return String(decoding: text, as: UTF8.self)
    }
  }
}
