import CXRFiles
import CXRReport

/// The chapter on findings that films have together.
extension ExploreReport {
  /// How many findings the page shows; the file has all.
  private static let mostFindings = 20

  func addCoOccurrence(to page: inout ReportPage) {
    guard let coOccurrence, labels.count > 1 else { return }
    let shown = Array(order.prefix(Self.mostFindings))
    page.heading("Findings that come together")
    let header = ["finding"] + shown.indices.map { "\($0 + 1)" }
    func rows(_ cell: (Int, Int) -> String) -> [[String]] {
      shown.enumerated().map { place, row in
        ["\(place + 1) \(labels[row])"] + shown.map { cell(row, $0) }
      }
    }
    let few =
      shown.count < labels.count
      ? " The \(shown.count) commonest of \(labels.count); co_occurrence.csv has all." : ""
    page.table(
      header: header, rows: rows { "\(coOccurrence.films[$0][$1])" },
      caption:
        "Films with both findings, columns in the order of the rows; on the diagonal films with the finding. Films of which "
        + "either is not known are left out of its cell." + few)
    page.table(
      header: header,
      rows: rows { row, column in
        fixedPoint(coOccurrence.share(row, column).map { 100 * $0 }, digits: 0)
      },
      caption:
        "The same in percent of the row's films: of those with the row's finding so many have the column's too."
    )
  }
}
