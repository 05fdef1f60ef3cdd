/// What the cells of findings say, in a collection whose description tells how they are written.
struct DescribedCells {
  /// What a cell says.
  enum Cell: Equatable {
    /// These findings; of others that nothing, some or all are unknown.
    case names([String], others: Others)
    /// That nothing is known.
    case unknown
    /// That the film is not to be used, by this name.
    case unusable(String)
  }

  /// What a cell says of findings that it does not name.
  enum Others: Equatable {
    /// That they are absent.
    case absent
    /// Nothing of these.
    case unknown(Set<String>)
    /// Nothing of any.
    case allUnknown
  }

  /// By the place of each text among all different ones.
  let cells: [Cell]
  /// All findings' names, sorted.
  let names: [String]

  /// Reads cells.
  ///
  /// - Parameters:
  ///   - texts: the different texts of the cells, each with its first line.
  ///   - collection: says how they are written.
  ///   - renames: names that are taken for others, the description's among them.
  ///   - path: of the file, for messages.
  /// - Throws: ``DataError/invalidField(path:line:column:found:)`` for a cell that is not written so.
  init(
    _ texts: [(text: String, line: Int)], _ collection: CollectionDescription,
    renames: [String: String], path: String
  ) throws {
    let parser = Parser(collection, renames)
    let tokens = try texts.map { text, line in
      guard let tokens = parser.tokens(text.trimmingBlanks()) else {
        throw DataError.invalidField(
          path: path, line: line, column: parser.expectation, found: String(text.prefix(80)))
      }
      return tokens
    }
    try parser.checkSeparators(zip(texts, tokens).map { ($0.line, $1) }, path: path)
    // What stands below a name in any cell.
    var below = collection.below.mapValues(Set.init)
    if case .path = collection.findings {
      for parts in tokens.map({ $0.map(parser.name) }) {
        for (place, part) in parts.enumerated() {
          below[part, default: []].formUnion(parts[(place + 1)...])
        }
      }
    }
    cells = zip(texts, tokens).map { text, tokens in
      parser.cell(text.text.trimmingBlanks(), tokens, below: below)
    }
    var names: Set<String> = []
    for case .names(let found, let others) in cells {
      names.formUnion(found)
      if case .unknown(let others) = others { names.formUnion(others) }
    }
    names.remove(LabelSet.noFinding)
    self.names = names.sorted()
  }

  fileprivate struct Parser {
    let collection: CollectionDescription
    let renames: [String: String]
    private let healthy: Set<String>
    private let unknown: Set<String>
    private let unusable: Set<String>

    init(_ collection: CollectionDescription, _ renames: [String: String]) {
      (self.collection, self.renames) = (collection, renames)
      healthy = Set(collection.noFinding)
      unknown = Set(collection.unknown)
      unusable = Set(collection.unusable)
    }

    /// What a cell should be, for messages.
    var expectation: String {
      "cell of findings (it should be a list in brackets of names in quotes, as ['a', 'b'])"
    }

    private static let separators = Set(",;|/\\&+#•·、，；｜\n\r\t".unicodeScalars)

    /// Checks that no name that is not described holds a label beside a sign that parts names elsewhere.
    func checkSeparators(_ tokens: [(line: Int, names: [String])], path: String) throws {
      let described = Set(collection.labels).union(renames.keys).union(collection.kinds.keys)
        .union(healthy).union(unknown).union(unusable)
      var seen: Set<String> = []
      for (line, names) in tokens {
        for name in names where !described.contains(name) && seen.insert(name).inserted {
          let parts = name.parts(between: Self.separators.contains)
          guard parts.count > 1, let label = parts.first(where: described.contains) else {
            continue
          }
          throw DataError.partedOtherwise(path: path, line: line, found: name, label: label)
        }
      }
    }

    /// The names that a cell holds, without empty ones; `nil` of a cell that is written otherwise.
    func tokens(_ text: String) -> [String]? {
      if text.isEmpty || isMissing(text) { return [] }
      switch collection.findings {
      case .names(_, let separator?), .path(_, let separator):
        return Self.split(text, separator).filter { !isMissing($0) }
      case .list: return Self.quoted(text)
      case .names, .columns, .bars: return [text]
      }
    }

    private func isMissing(_ text: String) -> Bool {
      text.isMissingMarker && !healthy.contains(text) && renames[text] == nil
    }

    func name(_ token: String) -> String {
      renames[token] ?? (healthy.contains(token) ? LabelSet.noFinding : token)
    }

    func cell(_ text: String, _ tokens: [String], below: [String: Set<String>]) -> Cell {
      if let token = tokens.first(where: unusable.contains) { return .unusable(token) }
      var (names, isPartial): ([String], Bool) = ([], false)
      for token in tokens {
        if unknown.contains(token) {
          isPartial = true
        } else {
          for name in [name(token)] + (collection.kinds[token] ?? []) where !names.contains(name) {
            names.append(name)
          }
        }
      }
      if names.isEmpty {
        let saysUnknown = isPartial || isMissing(text) || collection.blank == .unknown
        return saysUnknown ? .unknown : .names([], others: .absent)
      }
      if isPartial { return .names(names, others: .allUnknown) }
      let lower = tokens.last.map { below[name($0)] ?? [] } ?? []
      let others = lower.subtracting(names)
      return .names(names, others: others.isEmpty ? .absent : .unknown(others))
    }

    private static func split(_ text: String, _ separator: String) -> [String] {
      // By scalars, as a mark without width makes one character of itself and what stands before it.
      let (all, mark) = (Array(text.unicodeScalars), Array(separator.unicodeScalars))
      var (parts, part, place): ([String], String.UnicodeScalarView, Int) = ([], .init(), 0)
      while place < all.count {
        if all[place...].starts(with: mark) {
          parts.append(String(part).trimmingBlanks())
          part = .init()
          place += mark.count
        } else {
          part.append(all[place])
          place += 1
        }
      }
      parts.append(String(part).trimmingBlanks())
      return parts.filter { !$0.isEmpty }
    }

    /// The names in quotes between brackets, with nothing but commas and blanks between; `nil` of another text.
    private static func quoted(_ text: String) -> [String]? {
      guard text.utf8.first == UInt8(ascii: "["), text.utf8.last == UInt8(ascii: "]"),
        text.utf8.count > 1
      else { return nil }
      var (names, name): ([String], [UInt8]) = ([], [])
      var quote: UInt8?
      var (isEscaped, needsComma) = (false, false)
      for byte in text.utf8.dropFirst().dropLast() {
        if let open = quote {
          if isEscaped || (byte != open && byte != UInt8(ascii: "\\")) {
            name.append(byte)
            isEscaped = false
          } else if byte == open {
            let text = String(decoding: name, as: UTF8.self).trimmingBlanks()
            if !text.isEmpty { names.append(text) }
            (quote, name, needsComma) = (nil, [], true)
          } else {
            isEscaped = true
          }
        } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\""), !needsComma {
          quote = byte
        } else if byte == UInt8(ascii: ","), needsComma {
          needsComma = false
        } else if byte != UInt8(ascii: " ") {
          return nil
        }
      }
      return quote == nil ? names : nil
    }
  }
}

extension CollectionDescription {
  /// The names that the description has for what cells say, and that none of them holds.
  ///
  /// - Throws: ``DataError/nearDescribedNames(path:_:)`` for a name that a cell holds in another case or with other blanks.
  func unusedNames(
    in texts: [(text: String, line: Int)], path: String
  ) throws -> [String] {
    let parser = DescribedCells.Parser(self, renames)
    var lines: [String: Int] = [:]
    for (text, line) in texts {
      for token in parser.tokens(text.trimmingBlanks()) ?? [] where lines[token] == nil {
        lines[token] = line
      }
    }
    let described = Set(noFinding + unknown + unusable + renames.keys + kinds.keys)
    let unused = described.subtracting(lines.keys)
    if unused.isEmpty || isBuiltIn { return [] }
    let near = Dictionary(unused.map { ($0.nameKey, $0) }, uniquingKeysWith: min)
    let found = lines.filter { !described.contains($0.key) && !labels.contains($0.key) }
      .sorted { ($0.value, $0.key) < ($1.value, $1.key) }
      .compactMap { name, line in
        near[name.nameKey].map {
          DataError.NearName(line: line, found: name, label: $0, isRenamable: false)
        }
      }
    guard found.isEmpty else { throw DataError.nearDescribedNames(path: path, found) }
    let published = Set(
      Self.builtIn.flatMap(\.shapes).flatMap { shape in
        shape.noFinding + shape.unknown + shape.unusable + shape.renames.keys + shape.kinds.keys
      })
    return unused.subtracting(published).sorted()
  }
}
