/// Draws the figures of a page, or says on the page why there are none.
public struct FigureSet {
  private let drawn: [String: (svgs: [String], legend: [(title: String, colour: Int)])]
  /// Why there are no pictures, if there are none.
  public let problem: ReportError?

  /// Draws figures into a folder, with their data and scripts in `plots` there.
  /// - Throws: `FileError`.
  public init(_ figures: [Figure], folder: String) throws {
    do {
      let svgs = try Gnuplot(folder: folder).draw(figures)
      drawn = Dictionary(
        uniqueKeysWithValues: zip(figures, svgs).map { ($0.name, ($1, $0.legend)) })
      problem = nil
    } catch let error as ReportError {
      (drawn, problem) = ([:], error)
    }
  }

  /// No figures, and why there are none.
  public init(undrawn problem: ReportError) { (drawn, self.problem) = ([:], problem) }

  /// Adds the figure called `name`: one picture, or several side by side with their legend.
  public func add(_ name: String, to page: inout ReportPage, caption: String) {
    guard let figure = drawn[name] else { return }
    if figure.svgs.count == 1, figure.legend.isEmpty {
      page.figure(figure.svgs[0], caption: caption)
    } else {
      page.figures(
        figure.svgs, legend: figure.legend.map { ($0.title, Figure.colour($0.colour)) },
        caption: caption)
    }
  }

  /// Adds several figures side by side, with the legend of the first of them that are drawn; those that are not are left out.
  public func add(_ names: [String], to page: inout ReportPage, caption: String) {
    let figures = names.compactMap { drawn[$0] }
    guard let first = figures.first else { return }
    page.figures(
      figures.flatMap(\.svgs), legend: first.legend.map { ($0.title, Figure.colour($0.colour)) },
      caption: caption)
  }
}
