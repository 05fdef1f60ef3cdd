import CXRFiles
import CXRReport

/// A film on which a model was sure, with the map of what it went by.
public struct Example: Sendable {
  /// Why a film was chosen.
  public enum Kind: String, Sendable, CaseIterable {
    /// The film that has the finding and scores highest.
    case found = "found, the highest score"
    /// The film that lacks the finding and scores highest.
    case falseAlarm = "false alarm, the highest score"
    /// The film that has the finding and scores lowest.
    case missed = "missed, the lowest score"
  }

  /// The label.
  public let label: String
  /// Why it was chosen.
  public let kind: Kind
  /// The film's name.
  public let film: String
  /// What the model says of it.
  public let score: Double
  /// Above which (strictly) it is a yes; 0.5 where none was chosen.
  public let threshold: Double
  /// What is to be known of the picture, such as `as prepared`, or why there is none; empty of a film as it is stored.
  public var note = ""
  /// The film beside the film with its map, as a JPEG or PNG file; `nil` where the film can no longer be decoded.
  public var picture: [UInt8]?

  /// Gathers an example.
  public init(
    label: String, kind: Kind, film: String, score: Double, threshold: Double, picture: [UInt8]?
  ) {
    (self.label, self.kind, self.film, self.picture) = (label, kind, film, picture)
    (self.score, self.threshold) = (score, threshold)
  }

  /// The film and what the model says, in words.
  var detail: String {
    "\(film) · says \(fixedPoint(score, digits: 3)), threshold \(fixedPoint(threshold, digits: 3))"
      + (note.isEmpty ? "" : " · \(note)")
  }

  /// Adds the chapter of films on which models were sure; without any, nothing.
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
      "Each film beside the same film with the map of the finding over it. The map is no estimate: the network's "
        + "log-odds are the mean of what its cells say. But each cell looks at a wide field around its place (in the "
        + "reference network nearly half of the film a side), and each map has a scale of its own, from its least to its "
        + "most: what shines on a film without the finding adds more than the rest, and may still speak against it."
    )
    page.colourBar(colours, low: "the film's least", high: "the film's most")
    for (name, examples) in models {
      page.beginDetails("\(name): \(examples.count) films")
      page.contactSheet(
        examples.map { ($0.picture, "\($0.label): \($0.kind.rawValue)", $0.detail) }, wide: true)
      page.endDetails()
    }
  }
}
