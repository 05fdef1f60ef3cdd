import CXRFiles
import CXRReport

/// A film on which a model was sure, with the map of what it went by.
public struct Example: Sendable {
  /// Why a film was chosen.
  public enum Kind: String, Sendable, CaseIterable {
    /// It has the finding and scores highest.
    case found
    /// It lacks the finding and scores highest.
    case falseAlarm = "false alarm"
    /// It has the finding and scores lowest.
    case missed
  }

  /// The label.
  public let label: String
  /// Why it was chosen.
  public let kind: Kind
  /// The film's name.
  public let film: String
  /// All that the film has, of the labels asked about.
  public var findings: [String] = []
  /// What the model says of it.
  public let score: Double
  /// Above which (strictly) it is a yes; 0.5 where none was chosen.
  public let threshold: Double
  /// What ``score`` means by Platt's line, 0…1; `nil` where there is none.
  public var probability: Double?
  /// How many boxes of the label are drawn on it.
  public var boxCount = 0
  /// What is to be known of the picture, such as `as prepared`, or why there is none; empty of a film as it is stored.
  public var note = ""
  /// Whether its map has several cells, so that it tells a place, and is shown.
  public var hasMap = true
  /// The film, beside it the film with its map where ``hasMap``, as a JPEG or PNG file; `nil` where the film can no longer be
  /// decoded.
  public var picture: [UInt8]?

  /// Gathers an example.
  public init(
    label: String, kind: Kind, film: String, score: Double, threshold: Double, picture: [UInt8]?
  ) {
    (self.label, self.kind, self.film, self.picture) = (label, kind, film, picture)
    (self.score, self.threshold) = (score, threshold)
  }

  /// The film, what the model says and what is so, in words.
  var detail: String {
    let output =
      "output \(fixedPoint(score, digits: 3)), threshold of outputs \(fixedPoint(threshold, digits: 3))"
    return [
      film, probability.map { "probability \(fixedPoint($0, digits: 3)), \(output)" } ?? output,
      findings.isEmpty ? "has none of the findings" : "has \(findings.joined(separator: ", "))",
      boxCount == 0 ? "" : boxCount == 1 ? "box drawn" : "\(boxCount) boxes drawn", note,
    ].filter { !$0.isEmpty }.joined(separator: " · ")
  }

  /// Adds the chapter of films on which models were sure: a row a finding, a column a kind; without any film, nothing.
  ///
  /// - Parameters:
  ///   - models: each with its films.
  ///   - colours: of the maps, from the least to the most.
  ///   - page: to which it is added.
  static func addChapter(
    _ models: [(name: String, examples: [Example])], colours: [ColourStop],
    to page: inout ReportPage
  ) {
    let models = models.filter { !$0.examples.isEmpty }
    guard !models.isEmpty else { return }
    page.heading("The highest and lowest scores, right and wrong")
    page.paragraph(
      "Of each finding the film with it that scores highest, the film without it that is called and scores highest, and the film "
        + "with it that is missed and scores lowest; no film is shown twice for a model, so where one is shown already, the next is."
    )
    let mapless = models.filter { $0.examples.contains { !$0.hasMap } }.map(\.name)
    let hasMaps = models.contains { $0.examples.contains(where: \.hasMap) }
    page.sentences([
      hasMaps
        ? "Each film stands beside the same film with the map of the finding over it\(mapless.isEmpty ? "" : ", where there is one"). "
          + "The map is no estimate: the network's log-odds are the mean of what its cells say. But each cell looks at a wide field "
          + "around its place, and each map has a scale of its own, from its least to its most: what shines on a film without the "
          + "finding adds more than the rest, and may still speak against it." : nil,
      mapless.isEmpty
        ? nil
        : "Maps of \(mapless.joined(separator: ", ")) are of one cell, which tells no place, and are not shown.",
    ])
    if models.contains(where: { $0.examples.contains { $0.boxCount > 0 } }) {
      page.paragraph("White frames are boxes in which the finding was drawn.")
    }
    if hasMaps { page.colourBar(colours, low: "the film's least", high: "the film's most") }
    for (name, examples) in models {
      let labels = examples.map(\.label).reduce(into: [String]()) {
        if $0.last != $1 { $0.append($1) }
      }
      page.beginDetails("\(name): \(examples.count) films")
      page.filmGrid(
        labels.map { label in
          (
            label,
            Kind.allCases.map { kind in
              let own = examples.first { $0.label == label && $0.kind == kind }
              return (own?.picture, kind.rawValue, own?.detail ?? "none left to show")
            }
          )
        })
      page.endDetails()
    }
  }

  /// The films to be shown, none twice: of each label and kind the first that no earlier shows.
  ///
  /// - Parameter candidates: a label each; of a kind its films, the first the best, of the same numbering in all.
  /// - Returns: places among the candidates, a label each.
  public static func withoutRepetition(_ candidates: [[Kind: [Int]]]) -> [[Kind: Int]] {
    var shown: Set<Int> = []
    return candidates.map { kinds in
      var chosen: [Kind: Int] = [:]
      for kind in Kind.allCases {
        let films = kinds[kind] ?? []
        guard let place = films.firstIndex(where: { !shown.contains($0) }) else { continue }
        shown.insert(films[place])
        chosen[kind] = place
      }
      return chosen
    }
  }
}
