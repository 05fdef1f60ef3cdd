extension Int {
  /// `3,000,000 bytes`.
  var inBytes: String { "\(grouped) byte\(self == 1 ? "" : "s")" }

  /// `45.1 GB`, of a thousand million bytes; below a gigabyte in MB, below a megabyte in bytes.
  var inLargeUnits: String {
    func tenths(_ unit: Int, _ name: String) -> String {
      let (whole, rest) = (self / unit, self % unit / (unit / 10))
      return "\(whole.grouped).\(rest) \(name)"
    }
    if self >= 1_000_000_000 { return tenths(1_000_000_000, "GB") }
    return self >= 1_000_000 ? tenths(1_000_000, "MB") : inBytes
  }

  /// Digits in groups of three.
  private var grouped: String {
    let digits = Array(String(magnitude))
    var text = self < 0 ? "-" : ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }
}
