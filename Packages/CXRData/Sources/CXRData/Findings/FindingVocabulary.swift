/// The names that cells of findings may hold.
struct FindingVocabulary {
  /// Labels that are known to be such, whatever the file says.
  let stated: Set<String>
  /// Those, and names that stand alone in the file.
  let known: Set<String>
  /// Names that are taken for others.
  let renames: [String: String]
  /// The stated labels by what they share with almost equal names.
  private let byKey: [String: String]
  /// The words of the longest stated, and of the longest known label; longer ones than eight are reports.
  private let longest: Int
  private let longestKnown: Int

  init(stated: [String], plain: [String] = [], renames: [String: String] = [:]) {
    self.stated = Set(stated)
    known = self.stated.union(plain)
    self.renames = renames
    byKey = Dictionary(
      stated.map { ($0.nameKey, $0) }, uniquingKeysWith: { first, _ in first })
    longest = min(8, stated.map { Self.words($0).count }.max() ?? 1)
    longestKnown = min(8, known.map { $0.split(separator: " ").count }.max() ?? 1)
  }

  /// The known label, or almost label, that a text is; `nil` where it is another name.
  func label(_ text: String) -> String? {
    known.contains(text) ? text : byKey[text.nameKey]
  }

  /// A name, without quotes around it, as it is renamed.
  func name(_ text: String) -> String {
    let name = FilmName.unquoted(text)
    return renames[name] ?? name
  }

  /// The labels of which a text consists, parted by white space, by dashes or by words such as "and"; `nil` where it holds
  /// anything else.
  func labels(inWords text: String) -> [String]? {
    let words = text.parts(between: \.isBlank)
    guard words.count > 1 else { return nil }
    var (labels, place): ([String], Int) = ([], 0)
    while place < words.count {
      if !labels.isEmpty, place + 1 < words.count, Self.links.contains(words[place].lowercased()) {
        place += 1
      }
      // The longest label that begins here, as labels may have several words.
      guard
        let end = (place + 1...min(words.count, place + longestKnown)).reversed().first(where: {
          known.contains(name(words[place..<$0].joined(separator: " ")))
        })
      else { return nil }
      labels.append(name(words[place..<end].joined(separator: " ")))
      place = end
    }
    return labels
  }

  private static let links: Set<String> = [
    "-", "–", "—", "and", "und", "et", "y", "e", "og", "och", "en",
  ]

  /// A stated label that stands, as whole words, in a text that cannot be one finding's name: because of a sign that no
  /// name has, or because another label stands there, apart from the first or joined to it by a hyphen. So `Pleural
  /// Effusion` is a name of its own, `Mass (left)`, `Mass with Nodule` and `Mass-Nodule` are not.
  func label(within text: String) -> String? {
    let words = Self.words(text)
    var found: [(label: String, words: Range<Int>)] = []
    var place = 0
    while place < words.count {
      let match = (1...max(1, min(longest, words.count - place))).reversed().lazy.compactMap {
        count -> (label: String, words: Range<Int>)? in
        let range = place..<place + count
        return self.byKey[words[range].joined().nameKey].map { ($0, range) }
      }.first
      if let match { found.append(match) }
      place = match?.words.upperBound ?? place + 1
    }
    for word in text.parts(between: \.isBlank) where byKey[word.nameKey] == nil {
      let joined = word.parts { $0 == "-" || $0 == "_" }.compactMap { byKey[$0.nameKey] }
      if joined.count > 1 { return joined[0] }
    }
    guard let first = found.first else { return nil }
    let isApart = zip(found, found.dropFirst()).contains {
      $0.words.upperBound < $1.words.lowerBound
    }
    let hasSign = text.unicodeScalars.contains {
      !$0.isBlank && !$0.properties.isAlphabetic && $0.properties.numericType == nil
        && !"-_'’".unicodeScalars.contains($0) && !$0.properties.isDiacritic
    }
    return isApart || hasSign ? first.label : nil
  }

  /// The runs of letters, digits, hyphens and underscores.
  private static func words(_ text: String) -> [String] {
    text.parts { scalar in
      !scalar.properties.isAlphabetic && scalar.properties.numericType == nil && scalar != "_"
        && scalar != "-" && !scalar.properties.isDiacritic
    }
  }
}
