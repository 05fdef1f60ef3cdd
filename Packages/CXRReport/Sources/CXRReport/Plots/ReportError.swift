/// Why a picture cannot be drawn, or a page cannot be written.
public enum ReportError: Error, Equatable, CustomStringConvertible {
  /// No gnuplot on the search path; data and script have been written all the same into the folder that was asked for, if any.
  case gnuplotMissing(dataFolder: String?)
  /// gnuplot stopped.
  case gnuplotFailed(figure: String, reason: String)
  /// A series of a picture has not one value a place (of `x`, or a category).
  case lengthsDiffer(picture: String, series: String, values: Int, places: Int)
  /// An interval whose low end lies above its high end.
  case intervalReversed(picture: String, category: String, low: Double, high: Double)
  /// A row of a table, counted from 1, has not one cell a column.
  case raggedTable(caption: String?, row: Int, cells: Int, columns: Int)

  /// The message a person reads.
  public var description: String {
    switch self {
    case .gnuplotMissing(let folder?):
      "gnuplot is not installed, so there are no pictures; their data and scripts are in \(folder). "
        + "Run `make setup`, or install gnuplot-nox"
    case .gnuplotMissing(nil):
      "gnuplot is not installed, so there is no picture. Install it (Debian, Ubuntu: apt-get install gnuplot-nox; "
        + "macOS: brew install gnuplot), and see that it is on the search path"
    case .gnuplotFailed(let figure, let reason):
      "gnuplot could not draw \(figure): \(reason)"
    case .lengthsDiffer(let picture, let series, let values, let places):
      "\(picture): the series \(series) has \(values) value\(values == 1 ? "" : "s") for \(places) "
        + "place\(places == 1 ? "" : "s"). Give it one a place, nil where there is none"
    case .intervalReversed(let picture, let category, let low, let high):
      "\(picture): the interval of \(category) runs from \(low) to \(high), which is lower. Give its low end first"
    case .raggedTable(let caption, let row, let cells, let columns):
      "Row \(row) of the table\(caption.map { " “\($0)”" } ?? "") has \(cells) cell\(cells == 1 ? "" : "s"), the header "
        + "\(columns). Give each row a cell a column, an empty text where there is nothing"
    }
  }
}
