import CXRFiles
import CXRReport

/// The chapter on who is in each part, and how far parts lie from training.
extension ExploreReport {
  func add(_ characteristics: Characteristics, to page: inout ReportPage) {
    page.heading("Who is in each part")
    page.paragraph(imbalance(of: characteristics))
    add(
      characteristics,
      [.patients, .images, .imagesPerPatient, .age, .ageUnknown, .sex, .sexUnknown, .view],
      caption:
        "Age in years at a patient's first film, over 100 as unknown; sex in percent of patients of whom it is known, views "
        + "of all films.", to: &page)
    add(
      characteristics, [.label],
      caption: "Films with each finding, in percent of those of which it is known.", to: &page)
    if !areFilmsPatients {
      add(
        characteristics, [.labelOfPatients],
        caption:
          "Patients with a film with each finding, in percent of those with a film of which it is known.",
        to: &page)
    }
  }

  /// The rule, and which rows break it.
  private func imbalance(of characteristics: Characteristics) -> String {
    let limit = fixedPoint(StandardisedDifference.limit, digits: 1)
    var found: [(words: String, difference: Double)] = []
    for row in characteristics.rows where !areFilmsPatients || row.kind != .labelOfPatients {
      for part in characteristics.compared {
        guard let difference = row.difference(part), isMarked(difference) else { continue }
        found.append(("\(row.words) (\(characteristics.parts[part])", difference))
      }
    }
    let largest = found.sorted { abs($0.difference) > abs($1.difference) }
    let most = 8
    return
      "SMD is the standardised mean difference from training, positive where a part has more: shares or means apart by so "
      + "many pooled standard deviations; above \(limit) either way it is marked by * (Austin 2009). In parts of few patients "
      + "chance alone makes it so. "
      + (found.isEmpty
        ? "No row is marked."
        : "Marked, the largest first: "
          + largest.prefix(most).map { "\($0.words) \(Self.text($0.difference)))" }.joined(
            separator: ", ")
          + (found.count > most ? " and \(found.count - most) more." : "."))
  }

  /// With three digits, so that what is marked is seen to be above a tenth; nought without a sign.
  private static func text(_ difference: Double) -> String {
    let text = fixedPoint(difference, digits: 3)
    return text == "-0.000" ? "0.000" : text
  }

  private func isMarked(_ difference: Double) -> Bool {
    abs(difference) > StandardisedDifference.limit
  }

  private func add(
    _ table: Characteristics, _ kinds: Set<Characteristics.Kind>, caption: String,
    to page: inout ReportPage
  ) {
    let isOfLabels = kinds.contains(.label) || kinds.contains(.labelOfPatients)
    var rows = table.rows.filter { kinds.contains($0.kind) }
    if isOfLabels {
      // As in the page's other tables the commonest first.
      let places = Dictionary(uniqueKeysWithValues: order.enumerated().map { (labels[$1], $0) })
      rows.sort { places[$0.name, default: 0] < places[$1.name, default: 0] }
    }
    page.table(
      header: [isOfLabels ? "finding" : "characteristic"] + table.parts
        + table.compared.map { "SMD, \(table.parts[$0])" },
      rows: rows.flatMap { row -> [[String]] in
        let differences = table.compared.map { part -> String in
          guard let difference = row.difference(part) else {
            return row.cells.allSatisfy(\.isCount) ? "" : "n/a"
          }
          return (isMarked(difference) ? "* " : "") + Self.text(difference)
        }
        return row.lines.enumerated().map { place, line in
          let cells = row.cells.map { $0.texts[place] }
          // The difference is of means.
          let isCompared = row.lines.count == 1 || place == 0
          return [line] + cells + (isCompared ? differences : differences.map { _ in "" })
        }
      }, caption: caption)
  }
}

extension Characteristics.Row {
  /// What it is about.
  fileprivate var words: String {
    switch kind {
    case .patients: "patients"
    case .images: "films"
    case .imagesPerPatient: "films a patient"
    case .age: "age"
    case .ageUnknown: "age unknown"
    case .sex: "sex \(name)"
    case .sexUnknown: "sex unknown"
    case .view: "view \(name)"
    case .label: name
    case .labelOfPatients: "patients with \(name)"
    }
  }

  /// The names of its lines in a table.
  fileprivate var lines: [String] {
    switch kind {
    case .label, .labelOfPatients: [name]
    case .imagesPerPatient, .age:
      ["\(words), mean ± SD", "\(words), median (quartiles)", "\(words), most"]
    default: [words]
    }
  }
}

extension Characteristics.Cell {
  fileprivate var isCount: Bool {
    if case .count = self { true } else { false }
  }

  /// A text a line of its row.
  fileprivate var texts: [String] {
    switch self {
    case .count(let count): ["\(count)"]
    case .share(let count, _):
      ["\(count) (\(share.map { fixedPoint(100 * $0, digits: 1) + " %" } ?? "n/a"))"]
    case .quantity(let quantity):
      [
        quantity.mean.map { mean in
          fixedPoint(mean, digits: 1) + " ± "
            + fixedPoint(quantity.standardDeviation, digits: 1)
        } ?? "n/a",
        quantity.median.map { median in
          short(median) + " (\(short(quantity.lowerQuartile)) to \(short(quantity.upperQuartile)))"
        } ?? "n/a", short(quantity.most),
      ]
    }
  }

  /// Whole numbers without a point.
  private func short(_ value: Double?) -> String {
    guard let value else { return "n/a" }
    return fixedPoint(value, digits: value == value.rounded() ? 0 : 1)
  }
}
