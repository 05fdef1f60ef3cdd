/// How often `last.npz` is written within an epoch; at the end of each it always is.
public enum CheckpointInterval: Sendable, Equatable {
  /// After so many seconds, at the end of the step.
  case seconds(Double)
  /// After so many steps.
  case steps(Int)

  /// Five minutes: of which writing takes a thousandth.
  public static let standard = CheckpointInterval.seconds(300)

  /// Reads `300`, `300s`, `5m`, `1h` or `200steps`; `nil` for anything else, and for nothing at all.
  public init?(_ text: String) {
    if text.hasSuffix("steps") {
      guard let steps = Int(text.dropLast(5)), steps > 0 else { return nil }
      self = .steps(steps)
      return
    }
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
    let unit = text.last.flatMap { units[$0] }
    guard let number = Double(unit == nil ? text[...] : text.dropLast()),
      number.isFinite, number > 0
    else { return nil }
    self = .seconds(number * (unit ?? 1))
  }

  /// Whether so much time or so many steps are enough.
  func isDue(seconds: Double, steps: Int) -> Bool {
    switch self {
    case .seconds(let interval): seconds >= interval
    case .steps(let interval): steps >= interval
    }
  }
}

extension CheckpointInterval: CustomStringConvertible {
  /// As ``init(_:)`` reads it.
  public var description: String {
    switch self {
    case .seconds(let seconds):
      seconds == seconds.rounded() && seconds < 1e9 ? "\(Int(seconds))s" : "\(seconds)s"
    case .steps(let steps): "\(steps)steps"
    }
  }
}
