extension ReportPage {
  /// Draws lines over a common axis.
  ///
  /// ```swift
  /// var page = ReportPage(title: "A run", lead: "Five epochs.")
  /// try page.plot(
  ///   x: [1, 2, 3, 4, 5],
  ///   series: [("training", [0.7, 0.5, 0.4, 0.35, 0.31]), ("validation", [0.72, 0.6, nil, 0.5, 0.52])],
  ///   title: "Loss by epoch", xLabel: "epoch", yLabel: "loss")
  /// try page.write(to: "run.html")
  /// ```
  ///
  /// - Parameters:
  ///   - x: `[n]`, in any unit; lines go from place to place in this order.
  ///   - series: `[n]` values each, in any unit, in the order of the legend. Where a value or its place is nil, NaN, infinite or beyond 1e300 the
  ///     line has a gap; a value between two gaps is a point. A picture without any value says that it is undefined.
  ///     Colours are those of ``Figure/palette``; every eight series the dashes change.
  ///   - title: above the picture. Any text will do, here and below: nothing in it is taken for markup or a command.
  ///   - xLabel: below it, with the unit.
  ///   - yLabel: beside it, with the unit; nothing if not given.
  ///   - caption: a sentence below the title; none if not given.
  ///   - alternative: what the picture shows, for readers who cannot see it. If not given, the title and of each series its first,
  ///     last, lowest and highest value.
  ///   - folder: where the picture, its data and its script are kept, as ``FigureSet`` keeps them, under the names `picture-1`,
  ///     `picture-2` and so on in the order of the page: two pages need two folders. If not given, nothing is left on disk.
  /// - Throws: ``ReportError/lengthsDiffer(picture:series:values:places:)``, ``ReportError/gnuplotMissing(dataFolder:)``,
  ///   ``ReportError/gnuplotFailed(figure:reason:)``; `FileError` of the folder. The page is then as it was.
  public mutating func plot(
    x: [Double], series: [(title: String, values: [Double?])], title: String, xLabel: String,
    yLabel: String = "", caption: String? = nil, alternative: String? = nil, folder: String? = nil
  ) throws {
    try Self.check(series, places: x.count, picture: title)
    let spoken = alternative ?? SpokenPicture.lines(title: title, x: x, series: series)
    try picture(title: title, caption: caption, folder: folder) { name in
      .brokenLines(
        name, description: spoken, xLabel: xLabel, yLabel: yLabel, x: x, series: series)
    }
  }

  /// Draws lines over a common axis, with the series as `["training": […], "validation": […]]`, in this order.
  public mutating func plot(
    x: [Double], series: KeyValuePairs<String, [Double?]>, title: String, xLabel: String,
    yLabel: String = "", caption: String? = nil, alternative: String? = nil, folder: String? = nil
  ) throws {
    try plot(
      x: x, series: series.map { ($0.key, $0.value) }, title: title, xLabel: xLabel, yLabel: yLabel,
      caption: caption, alternative: alternative, folder: folder)
  }
}
