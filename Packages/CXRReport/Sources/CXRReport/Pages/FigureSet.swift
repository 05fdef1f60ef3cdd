/// Draws the figures of a page, or says on the page why there are none.
public struct FigureSet {
  private let drawn: [String: String]
  /// Why there are no pictures, if there are none.
  public let problem: ReportError?

  /// Draws figures into a folder, with their data and scripts in `plots` there.
  /// - Throws: `FileError`.
  public init(_ figures: [Figure], folder: String) throws {
    do {
      let svgs = try Gnuplot(folder: folder).draw(figures)
      drawn = Dictionary(uniqueKeysWithValues: zip(figures.map(\.name), svgs))
      problem = nil
    } catch let error as ReportError {
      (drawn, problem) = ([:], error)
    }
  }

  /// No figures, and why there are none.
  public init(undrawn problem: ReportError) { (drawn, self.problem) = ([:], problem) }

  /// Adds the figure called `name`.
  public func add(_ name: String, to page: inout ReportPage, caption: String) {
    if let svg = drawn[name] { page.figure(svg, caption: caption) }
  }
}
