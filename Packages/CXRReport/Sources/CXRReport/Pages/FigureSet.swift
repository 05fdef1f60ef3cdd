/// Draws the figures of a page, or says on the page why there are none.
public struct FigureSet {
  private let drawn: [String: (figure: Figure, svgs: [String])]
  /// Why there are no pictures, if there are none.
  public let problem: ReportError?

  /// Draws figures into a folder, with their data and scripts in `plots` there.
  /// - Throws: `FileError`.
  public init(_ figures: [Figure], folder: String) throws {
    do {
      let svgs = try Gnuplot(folder: folder).draw(figures)
      drawn = Dictionary(
        uniqueKeysWithValues: zip(figures, svgs).map { ($0.name, ($0, $1)) })
      problem = nil
    } catch let error as ReportError {
      (drawn, problem) = ([:], error)
    }
  }

  /// No figures, and why there are none.
  public init(undrawn problem: ReportError) { (drawn, self.problem) = ([:], problem) }

  /// Adds the figure called `name`: one picture, or several side by side with their legend, and the names of those that would
  /// show nothing.
  public func add(_ name: String, to page: inout ReportPage, caption: String) {
    add([name], to: &page, caption: caption)
  }

  /// Adds several figures side by side, with the legend of the first of them that are drawn; those that are not are left out.
  public func add(_ names: [String], to page: inout ReportPage, caption: String) {
    let figures = names.compactMap { drawn[$0] }
    guard let first = figures.first?.figure else { return }
    let svgs = figures.flatMap(\.svgs)
    let caption = Self.caption(caption, without: figures.flatMap(\.figure.leftOut))
    if svgs.isEmpty {
      page.paragraph(caption)
    } else if svgs.count == 1, first.legend.isEmpty {
      page.figure(svgs[0], caption: caption)
    } else {
      page.figures(
        svgs, legend: first.legend.map { ($0.title, Figure.colour($0.colour)) }, caption: caption)
    }
  }

  private static func caption(_ caption: String, without names: [String]) -> String {
    names.isEmpty
      ? caption
      : "\(caption) Without a frame, because nothing is to be drawn: \(names.joined(separator: "; "))."
  }
}
