import CXRFiles

/// A share in percent of one digit, such as `12.5 %`; `n/a` where undefined.
func percent(_ share: Double?) -> String {
  share.map { fixedPoint($0 * 100, digits: 1) + " %" } ?? "n/a"
}
