import Foundation

/// What a picture shows in words, for readers who cannot see it.
enum SpokenPicture {
  /// More values than these are told by their lowest and highest.
  private static let mostValues = 40

  /// Lines: of each series how many values, the first, last, lowest and highest.
  static func lines(
    title: String, x: [Double], series: [(title: String, values: [Double?])]
  ) -> String {
    sentences(
      title,
      series.map { series in
        let drawn = zip(x, series.values).compactMap { Double?($0).finite == nil ? nil : $1.finite }
        guard let first = drawn.first, let last = drawn.last else { return "\(series.title): n/a" }
        return "\(series.title): from \(number(first)) to \(number(last)), \(span(drawn))"
      })
  }

  /// Bars: each, or of each series the lowest and highest.
  static func bars(
    title: String, categories: [String], series: [(title: String, values: [Double?])]
  ) -> String {
    sentences(
      title,
      series.map { series in
        let words =
          categories.count <= mostValues
          ? zip(categories, series.values).map { "\($0) \($1.map(number) ?? "n/a")" }
            .joined(separator: ", ") : span(series.values.compactMap { $0 })
        return "\(series.title): \(words)"
      })
  }

  /// Points with intervals: each, or the lowest and highest.
  static func forest(
    title: String, categories: [String], estimates: [Figure.Estimate], reference: Double?
  ) -> String {
    let words =
      categories.count <= mostValues
      ? zip(categories, estimates).map { "\($0) \(text($1))" }.joined(separator: ", ")
      : span(estimates.compactMap(\.value))
    return sentences(
      title, [words] + (reference.map { ["a line stands at \(number($0))"] } ?? []))
  }

  private static func sentences(_ title: String, _ parts: [String]) -> String {
    ([title] + [parts.filter { !$0.isEmpty }.joined(separator: "; ")]).filter { !$0.isEmpty }
      .map { $0 + "." }.joined(separator: " ")
  }

  private static func text(_ estimate: Figure.Estimate) -> String {
    guard let value = estimate.value else { return "n/a" }
    guard let low = estimate.low, let high = estimate.high else { return number(value) }
    return "\(number(value)) (\(number(low)) to \(number(high)))"
  }

  private static func span(_ values: [Double]) -> String {
    guard let low = values.min(), let high = values.max() else { return "n/a" }
    return "lowest \(number(low)), highest \(number(high))"
  }

  /// Counts in full, others with four digits, as a picture shows no more.
  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15
      ? String(format: "%.0f", value == 0 ? 0 : value) : String(format: "%.4g", value)
  }
}
