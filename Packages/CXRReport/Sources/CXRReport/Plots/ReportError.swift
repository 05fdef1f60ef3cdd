/// Why a picture cannot be drawn; data files have been written all the same.
public enum ReportError: Error, Equatable, CustomStringConvertible {
  /// No gnuplot on the search path.
  case gnuplotMissing(dataFolder: String)
  /// gnuplot stopped.
  case gnuplotFailed(figure: String, reason: String)

  /// The message a person reads.
  public var description: String {
    switch self {
    case .gnuplotMissing(let folder):
      "gnuplot is not installed, so there are no pictures; their data and scripts are in \(folder). "
        + "Run `make setup`, or install gnuplot-nox"
    case .gnuplotFailed(let figure, let reason):
      "gnuplot could not draw \(figure): \(reason)"
    }
  }
}
