extension Double? {
  /// More than this in size gnuplot takes for undefined.
  private static let largest = 1e300

  /// Itself, or nil where no axis holds it: NaN, infinite or beyond 1e300.
  var finite: Double? { flatMap { $0.magnitude <= Self.largest ? $0 : nil } }
}
