/// The different texts that cells of findings hold: few, as most cells say what others have said.
struct FindingTexts {
  private var places: [String: Int] = [:]
  private(set) var texts: [(text: String, line: Int)] = []
  private var last: (text: String, place: Int)?

  /// The place of a text that stands on a line.
  mutating func place(of text: String, line: Int) -> Int {
    if let last, last.text == text { return last.place }
    let place = places[text] ?? texts.count
    if place == texts.count {
      places[text] = place
      texts.append((text, line))
    }
    last = (text, place)
    return place
  }

  /// Every text, and every part of one that may be a name, by whatever it is parted.
  var names: [String] {
    var names: [String] = []
    for (text, _) in texts {
      names.append(text.trimmingBlanks())
      names += text.parts { $0 == "|" }
      names += text.parts { $0 == "'" || $0 == "\"" }
      names += text.parts(between: \.isBlank)
      names += FindingCell.candidates(text)
    }
    return names
  }

  /// What each text means.
  ///
  /// Known labels are those of `vocabulary`, NIH's, and every name that stands alone, or between `|`, in the file.
  ///
  /// - Throws: ``DataError/unseparatedFindings(path:line:found:label:)`` for a text that is neither one name nor only
  ///   known labels.
  func meanings(
    vocabulary: [String], renames: [String: String], path: String
  ) throws -> [FindingCell] {
    let stated = vocabulary + LabelSet.nih14 + [LabelSet.noFinding]
    let alone = FindingVocabulary(stated: stated)
    let plain = Set(texts.flatMap { FindingCell.plainTokens($0.text) }).map { renames[$0] ?? $0 }
      .filter { alone.labels(inWords: $0) == nil && alone.label(within: $0) == nil }
    let names = FindingVocabulary(stated: stated, plain: plain, renames: renames)
    return try texts.map { text, line in
      do throws(FindingCell.Doubt) {
        return try FindingCell(text, names)
      } catch {
        let cell = text.trimmingBlanks()
        throw switch error {
        case .partlyKnown(let label):
          DataError.unseparatedFindings(path: path, line: line, found: cell, label: label)
        case .number:
          DataError.invalidField(
            path: path, line: line, column: "cell of findings (they are names)", found: cell)
        case .unknownBesideFinding:
          DataError.invalidField(
            path: path, line: line,
            column: "cell of findings (it says that nothing is known beside a finding)", found: cell
          )
        }
      }
    }
  }
}
