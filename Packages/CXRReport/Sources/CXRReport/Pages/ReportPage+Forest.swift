extension ReportPage {
  /// Draws a point with its interval, a row a category: a forest plot.
  ///
  /// ```swift
  /// var page = ReportPage(title: "A model", lead: "How well it ranks.")
  /// try page.forest(
  ///   categories: ["Mass", "Nodule"], estimates: [(0.81, 0.75, 0.86), (nil, nil, nil)],
  ///   title: "Area under the curve", valueLabel: "AUC with 95 % interval", reference: 0.5)
  /// try page.write(to: "model.html")
  /// ```
  ///
  /// - Parameters:
  ///   - categories: `[n]`, from top to bottom.
  ///   - estimates: `[n]`. One without value (nil, NaN, infinite or beyond 1e300) has no mark, but the word n/a; one of whose interval an end
  ///     is undefined is a point alone.
  ///   - title: above the picture. Any text will do, here and below: nothing in it is taken for markup or a command.
  ///   - valueLabel: below it, with the unit and what the interval is.
  ///   - reference: where a dashed line stands, such as the figure of chance; nowhere if not given, infinite or NaN.
  ///   - caption: a sentence below the title; none if not given.
  ///   - alternative: what the picture shows, for readers who cannot see it. If not given, the title and the estimates; of more
  ///     than forty the lowest and the highest value.
  ///   - folder: where the picture, its data and its script are kept, as ``FigureSet`` keeps them, under the names `picture-1`,
  ///     `picture-2` and so on in the order of the page: two pages need two folders. If not given, nothing is left on disk.
  /// - Throws: ``ReportError/lengthsDiffer(picture:series:values:places:)``,
  ///   ``ReportError/intervalReversed(picture:category:low:high:)``, ``ReportError/gnuplotMissing(dataFolder:)``,
  ///   ``ReportError/gnuplotFailed(figure:reason:)``; `FileError` of the folder. The page is then as it was.
  public mutating func forest(
    categories: [String], estimates: [Figure.Estimate], title: String, valueLabel: String,
    reference: Double? = nil, caption: String? = nil, alternative: String? = nil,
    folder: String? = nil
  ) throws {
    try Self.check(
      [("estimates", estimates.map(\.value))], places: categories.count, picture: title)
    let known = try zip(categories, estimates).map { category, estimate -> Figure.Estimate in
      guard let value = estimate.value.finite, let low = estimate.low.finite,
        let high = estimate.high.finite
      else { return (estimate.value.finite, nil, nil) }
      guard low <= high else {
        throw ReportError.intervalReversed(
          picture: title, category: category, low: low, high: high)
      }
      return (value, low, high)
    }
    let line = known.contains { $0.value != nil } ? reference.finite : nil
    let spoken =
      alternative
      ?? SpokenPicture.forest(
        title: title, categories: categories, estimates: known, reference: line)
    try picture(title: title, caption: caption, folder: folder) { name in
      .forest(
        name, description: spoken, valueLabel: valueLabel, categories: categories,
        estimates: known, reference: line)
    }
  }
}
