import Foundation

/// A number with a fixed count of digits after the point, rounded on its exact binary value with
/// ties to even, as C's and Python's `%.2f`; nought has no sign.
public func fixedPoint(_ value: Double, digits: Int) -> String {
  let text = String(format: "%.\(max(0, digits))f", value)
  return text.first == "-" && text.allSatisfy { "-0.".contains($0) }
    ? String(text.dropFirst()) : text
}

/// As ``fixedPoint(_:digits:)``, or `n/a` for an undefined number.
public func fixedPoint(_ value: Double?, digits: Int) -> String {
  value.map { fixedPoint($0, digits: digits) } ?? "n/a"
}
