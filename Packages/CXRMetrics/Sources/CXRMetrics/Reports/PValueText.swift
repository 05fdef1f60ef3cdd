import CXRFiles

/// A p-value of three digits: `<0.001` for less, `n/a` for an undefined one.
public func pValueText(_ value: Double?) -> String {
  guard let value else { return "n/a" }
  return value < 0.001 ? "<0.001" : fixedPoint(value, digits: 3)
}
