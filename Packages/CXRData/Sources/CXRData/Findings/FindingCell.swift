/// What a cell of several findings says.
enum FindingCell: Equatable {
  /// These, in order; with the cell's text where another separator than `|` parted them.
  case findings([String], splitFrom: String?)
  /// That nothing is known.
  case unknown

  /// Separators besides `|`.
  private static let separators: Set<Unicode.Scalar> = [
    ",", ";", "/", "\\", "&", "+", "#", "•", "·", "、", "，", "；", "｜", "\n", "\r", "\t",
  ]
  private static let noFinding = LabelSet.noFinding.nameKey
  private static let brackets: [(open: Unicode.Scalar, close: Unicode.Scalar)] = [
    ("[", "]"), ("(", ")"), ("{", "}"),
  ]

  /// Why a cell cannot be read.
  enum Doubt: Error {
    /// It holds a label beside what is none.
    case partlyKnown(label: String)
    /// It says that nothing is known beside a finding.
    case unknownBesideFinding
    /// It is a number.
    case number
  }

  /// The tokens between `|` that hold no other separator: names that a file certainly means as they stand.
  static func plainTokens(_ text: String) -> [String] {
    text.parts { $0 == "|" }.filter { token in
      !token.isMissingMarker && !token.unicodeScalars.contains(where: separators.contains)
        && !brackets.contains { $0.open == token.unicodeScalars.first }
    }
  }

  /// The parts of a cell between separators of any kind.
  static func candidates(_ text: String) -> [String] {
    text.parts { scalar in
      scalar == "|" || separators.contains(scalar)
        || brackets.contains { $0.open == scalar || $0.close == scalar }
    }
  }

  /// Reads a cell.
  init(_ text: String, _ vocabulary: FindingVocabulary) throws(Doubt) {
    let whole = text.trimmingBlanks()
    if let renamed = vocabulary.renames[whole] {
      self = .findings([renamed], splitFrom: nil)
      return
    }
    if whole.isMissingMarker {
      self = .unknown
      return
    }
    guard Double(whole) == nil else { throw .number }
    var (findings, isSplit): ([String], Bool) = ([], false)
    // Bars within brackets part as others do.
    let inner = Self.unbracketed(whole) ?? whole
    let tokens = (inner.contains("|") ? inner : whole).parts { $0 == "|" }
    for token in tokens {
      if let renamed = vocabulary.renames[token] {
        findings.append(renamed)
        continue
      }
      guard !token.isMissingMarker else { throw .unknownBesideFinding }
      // However it is spelled, it can mean nothing else.
      if token.nameKey == Self.noFinding {
        findings.append(LabelSet.noFinding)
        continue
      }
      if !vocabulary.known.contains(token), let parts = try Self.parts(token, vocabulary) {
        findings += parts
        isSplit = true
      } else {
        findings.append(token)
      }
    }
    self = .findings(findings, splitFrom: isSplit ? whole : nil)
  }

  /// What stands within brackets; `nil` of a text without.
  private static func unbracketed(_ text: String) -> String? {
    let scalars = text.unicodeScalars
    guard brackets.contains(where: { $0.open == scalars.first && $0.close == scalars.last }) else {
      return nil
    }
    return String(scalars.dropFirst().dropLast()).trimmingBlanks()
  }

  /// The findings in a token that is no label itself; `nil` where it is one name.
  private static func parts(
    _ token: String, _ vocabulary: FindingVocabulary
  ) throws(Doubt) -> [String]? {
    let list = unbracketed(token)
    let inner = list ?? token
    if inner.isEmpty { return [] }
    // A list as Python, NumPy or JSON writes it says itself where each name ends.
    if list != nil, let names = quoted(inner) { return names.map { vocabulary.renames[$0] ?? $0 } }
    let names = (quoted(inner) ?? inner.parts(between: separators.contains)).map(vocabulary.name)
    if names.count > 1 || names.first != token {
      // What is almost a label parts a cell as one does; that it is not quite one is said where it is asked for.
      if !names.isEmpty, names.allSatisfy({ vocabulary.label($0) != nil }) { return names }
      if let label = names.compactMap({ vocabulary.label($0) }).first {
        throw .partlyKnown(label: label)
      }
    } else if vocabulary.label(token) != nil {
      return nil
    }
    if let labels = vocabulary.labels(inWords: inner) { return labels }
    if let label = vocabulary.label(within: token) { throw .partlyKnown(label: label) }
    return nil
  }

  /// The texts in quotes of which a text consists, with nothing but separators and blanks between; `nil` where it does not.
  private static func quoted(_ text: String) -> [String]? {
    var (names, name): ([String], String.UnicodeScalarView) = ([], .init())
    var quote: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      if let open = quote {
        if scalar == open {
          names.append(String(name).trimmingBlanks())
          (quote, name) = (nil, .init())
        } else {
          name.append(scalar)
        }
      } else if scalar == "'" || scalar == "\"" {
        quote = scalar
      } else if !scalar.isBlank, !separators.contains(scalar) {
        return nil
      }
    }
    return quote == nil && !names.isEmpty && !names.contains("") ? names : nil
  }
}
