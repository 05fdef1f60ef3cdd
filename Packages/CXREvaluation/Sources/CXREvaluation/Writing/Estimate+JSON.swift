import CXRFiles
import CXRMetrics

extension Estimate {
  /// `key`, `key_low` and `key_high`.
  func json(_ key: String) -> [(String, JSONValue)] {
    [(key, .number(orNull: value))] + intervalJSON(key)
  }

  /// `key_low` and `key_high`.
  func intervalJSON(_ key: String) -> [(String, JSONValue)] {
    [
      (key + "_low", .number(orNull: interval?.low)),
      (key + "_high", .number(orNull: interval?.high)),
    ]
  }
}

extension PatientProportion {
  /// `key`, `key_low` and `key_high`.
  func json(_ key: String) -> [(String, JSONValue)] { estimate.json(key) }
}
