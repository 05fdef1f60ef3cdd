import Foundation

/// A figure with its interval as a document states it.
struct StatedEstimate: Sendable, Equatable {
  var value: Double?
  var low: Double?
  var high: Double?

  /// As pages and the console show it, such as `0.812 (0.790 to 0.833)`.
  func shown(_ digits: Int) -> String {
    guard let value else { return "n/a" }
    guard let low, let high else { return "\(Shown.number(value, digits)) (n/a)" }
    return "\(Shown.number(value, digits)) "
      + "(\(Shown.number(low, digits)) to \(Shown.number(high, digits)))"
  }

  /// Whether the value lies in its interval, or there is none.
  ///
  /// - Parameter slack: how far beyond it may lie, for figures that drawing films twice favours.
  func isInOrder(slack: Double = 0) -> Bool {
    guard let low, let high else { return low == nil && high == nil }
    guard let value else { return false }
    return low <= high && low - slack <= value && value <= high + slack
  }

  /// The same of what is turned around.
  var turned: StatedEstimate {
    StatedEstimate(value: value.map { -$0 }, low: high.map { -$0 }, high: low.map { -$0 })
  }
}

/// Numbers as a reader sees them.
enum Shown {
  static func number(_ value: Double?, _ digits: Int) -> String {
    guard let value else { return "n/a" }
    let text = String(format: "%.\(digits)f", value)
    // Nought has no sign.
    return text.hasPrefix("-") && Double(text) == 0 ? String(text.dropFirst()) : text
  }

  /// A share of 0…1 in percent.
  static func percent(_ share: Double?) -> String {
    guard let share else { return "n/a" }
    return number(100 * share, 1) + " %"
  }

  static func p(_ value: Double?) -> String {
    guard let value else { return "n/a" }
    return value < 0.001 ? "<0.001" : number(value, 3)
  }

  /// The numbers of a text, in order, as they are written.
  static func numbers(in text: String) -> [String] {
    text.matches(of: /-?[0-9]+(?:\.[0-9]+)?/).map { String($0.output) }
  }
}
