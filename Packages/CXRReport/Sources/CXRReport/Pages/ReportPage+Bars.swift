extension ReportPage {
  /// Draws lying bars, a group a category.
  ///
  /// ```swift
  /// var page = ReportPage(title: "A set", lead: "What it holds.")
  /// try page.bars(
  ///   categories: ["Mass", "Nodule"], series: [("training", [120, 80]), ("test", [30, nil])],
  ///   title: "Films with each finding", valueLabel: "films")
  /// try page.write(to: "set.html")
  /// ```
  ///
  /// - Parameters:
  ///   - categories: `[n]`, from top to bottom.
  ///   - series: `[n]` values each, in any unit, in the order of the legend, which a series alone has not. Bars begin at nought.
  ///     A value that is nil, NaN, infinite or beyond 1e300 has no bar, but the word n/a.
  ///   - title: above the picture. Any text will do, here and below: nothing in it is taken for markup or a command.
  ///   - valueLabel: below it, with the unit.
  ///   - caption: a sentence below the title; none if not given.
  ///   - alternative: what the picture shows, for readers who cannot see it. If not given, the title and the values; of more than
  ///     forty the lowest and the highest of each series.
  ///   - folder: where the picture, its data and its script are kept, as ``FigureSet`` keeps them, under the names `picture-1`,
  ///     `picture-2` and so on in the order of the page: two pages need two folders. If not given, nothing is left on disk.
  /// - Throws: ``ReportError/lengthsDiffer(picture:series:values:places:)``, ``ReportError/gnuplotMissing(dataFolder:)``,
  ///   ``ReportError/gnuplotFailed(figure:reason:)``; `FileError` of the folder. The page is then as it was.
  public mutating func bars(
    categories: [String], series: [(title: String, values: [Double?])], title: String,
    valueLabel: String, caption: String? = nil, alternative: String? = nil, folder: String? = nil
  ) throws {
    try Self.check(series, places: categories.count, picture: title)
    let finite = series.map { ($0.title, $0.values.map { $0.finite }) }
    let drawn = finite.map { (Figure.short($0.0), $0.1) }
    let undefined = finite.enumerated().flatMap { s, series in
      series.1.enumerated().filter { $1 == nil }.map {
        Figure.barPlace(category: $0.offset, series: s, of: finite.count)
      }
    }
    let (low, high) = Self.range(finite.flatMap { $0.1.compactMap { $0 } })
    let spoken =
      alternative
      ?? SpokenPicture.bars(title: title, categories: categories, series: finite)
    try picture(title: title, caption: caption, folder: folder) { name in
      .bars(
        name, description: spoken, valueLabel: valueLabel, categories: categories, series: drawn,
        range: "[\(low):\(high)]"
      ).after(Figure.axis(from: low, to: high) + Figure.undefined(undefined, edge: 0))
    }
  }

  /// Draws lying bars, with the series as `["training": […], "test": […]]`, in this order.
  public mutating func bars(
    categories: [String], series: KeyValuePairs<String, [Double?]>, title: String,
    valueLabel: String, caption: String? = nil, alternative: String? = nil, folder: String? = nil
  ) throws {
    try bars(
      categories: categories, series: series.map { ($0.key, $0.value) }, title: title,
      valueLabel: valueLabel, caption: caption, alternative: alternative, folder: folder)
  }

  /// From nought to whatever side there are values on, and a little more.
  private static func range(_ values: [Double]) -> (low: Double, high: Double) {
    let (low, high) = (min(values.min() ?? 0, 0), max(values.max() ?? 0, 0))
    // All of nought are no range.
    if low == high { return (0, 1) }
    let margin = (high - low) * 0.02
    return (low < 0 ? low - margin : 0, high > 0 ? high + margin : 0)
  }
}
