/// What a cell of several findings says.
enum FindingCell: Equatable {
  /// These, in order; with the cell's text where another separator than `|` parted them.
  case findings([String], splitFrom: String?)
  /// That nothing is known.
  case unknown

  /// Separators besides `|` that never stand within a finding's name between two labels by chance.
  private static let separators: Set<Unicode.Scalar> = [
    ",", ";", "/", "&", "+", "\n", "\r", "\t",
  ]

  /// Why a cell cannot be read.
  enum Doubt: Error {
    /// It holds a label beside what is none.
    case partlyKnown(label: String)
    /// It says that nothing is known beside a finding.
    case unknownBesideFinding
  }

  /// The tokens between `|` that hold no other separator: names that a file certainly means as they stand.
  static func plainTokens(_ text: String) -> [String] {
    text.parts { $0 == "|" }.filter { token in
      !token.isMissingMarker && !token.unicodeScalars.contains(where: separators.contains)
        && token.unicodeScalars.first != "["
    }
  }

  /// Reads a cell.
  ///
  /// - Parameters:
  ///   - text: of the cell.
  ///   - isLabel: whether a name is a label that is known.
  ///   - nearest: the known label that a name almost equals.
  ///   - rename: a name's other name.
  init(
    _ text: String, isLabel: (String) -> Bool, nearest: (String) -> String?,
    rename: (String) -> String
  ) throws(Doubt) {
    let whole = text.trimmingBlanks()
    if whole.isMissingMarker {
      self = .unknown
      return
    }
    var (findings, isSplit): ([String], Bool) = ([], false)
    for token in whole.parts(between: { $0 == "|" }) {
      let token = rename(token)
      guard !token.isMissingMarker else { throw .unknownBesideFinding }
      if !isLabel(token), let parts = try Self.parts(token, isLabel, nearest, rename) {
        findings += parts
        isSplit = true
      } else {
        findings.append(token)
      }
    }
    self = .findings(findings, splitFrom: isSplit ? whole : nil)
  }

  /// The findings in a token that is no label itself; `nil` where it is one name.
  private static func parts(
    _ token: String, _ isLabel: (String) -> Bool, _ nearest: (String) -> String?,
    _ rename: (String) -> String
  ) throws(Doubt) -> [String]? {
    // A list as Python or JSON writes it.
    let scalars = token.unicodeScalars
    if scalars.first == "[", scalars.last == "]" {
      let items = String(scalars.dropFirst().dropLast()).parts { $0 == "," || $0 == ";" }
      let names = items.map { rename(FilmName.unquoted($0)) }
      if items.allSatisfy({ $0 != FilmName.unquoted($0) })
        || names.allSatisfy({ isLabel($0) || nearest($0) != nil })
      {
        return names
      }
      throw .partlyKnown(label: names.first(where: isLabel) ?? names[0])
    }
    let unquoted = rename(FilmName.unquoted(token))
    if unquoted != token, isLabel(unquoted) { return [unquoted] }
    let names = token.parts(between: separators.contains)
      .map { rename(FilmName.unquoted($0)) }.filter { !$0.isEmpty }
    if names.count > 1 || names.first != token {
      // What is almost a label parts a cell as one does; that it is not quite one is said where it is asked for.
      if !names.isEmpty, names.allSatisfy({ isLabel($0) || nearest($0) != nil }) { return names }
      if let known = names.first(where: isLabel) ?? names.lazy.compactMap(nearest).first {
        throw .partlyKnown(label: known)
      }
      return nil
    }
    return nearest(token) == nil ? labels(inWords: token, isLabel) : nil
  }

  /// The labels of which a text consists, parted by white space; `nil` where it holds anything else.
  static func labels(inWords text: String, _ isLabel: (String) -> Bool) -> [String]? {
    let words = text.parts(between: \.isBlank)
    guard words.count > 1 else { return nil }
    var (labels, place): ([String], Int) = ([], 0)
    while place < words.count {
      // The longest label that begins here, as labels may have several words.
      guard
        let end = (place + 1...words.count).reversed().first(where: {
          isLabel(words[place..<$0].joined(separator: " "))
        })
      else { return nil }
      labels.append(words[place..<end].joined(separator: " "))
      place = end
    }
    return labels
  }
}
