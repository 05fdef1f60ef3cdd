import Foundation

extension ReportPage {
  /// Draws a figure and adds it below its title.
  mutating func picture(
    title: String, caption: String?, folder: String?, _ figure: (String) -> Figure
  ) throws {
    let figure = figure("picture-\(pictures + 1)")
    let svg: String
    do {
      svg =
        try folder.map { try Gnuplot(folder: $0).draw([figure])[0][0] } ?? Gnuplot.inline(figure)
    } catch ReportError.gnuplotFailed(_, let reason) {
      throw ReportError.gnuplotFailed(
        figure: title, reason: reason.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    pictures += 1
    let words = caption.map { "<br>\(HTML.escaped($0))" } ?? ""
    body += "<figure><figcaption><b>\(HTML.escaped(title))</b>\(words)</figcaption>"
    body += "<div style=\"max-width:40rem\">\(SVGStyle.inline(svg))</div></figure>\n"
  }

  /// Refuses series that have not a value a place.
  static func check(
    _ series: [(title: String, values: [Double?])], places: Int, picture: String
  ) throws(ReportError) {
    for series in series where series.values.count != places {
      throw .lengthsDiffer(
        picture: picture, series: series.title, values: series.values.count, places: places)
    }
  }
}
