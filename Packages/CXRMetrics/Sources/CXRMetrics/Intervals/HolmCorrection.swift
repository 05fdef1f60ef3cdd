/// p-values of several tests corrected so that the chance of any false alarm among them stays at the level
/// (Holm, Scandinavian Journal of Statistics 6, 1979). `nil`, a test that cannot be made, stays `nil` and is not
/// counted.
public func holmCorrected(_ pValues: [Double?]) -> [Double?] {
  let order = pValues.indices.filter { pValues[$0] != nil }
    .sorted { (pValues[$0] ?? 1, $0) < (pValues[$1] ?? 1, $1) }
  var corrected = [Double?](repeating: nil, count: pValues.count)
  var largest = 0.0
  for (place, test) in order.enumerated() {
    largest = max(largest, min(1, Double(order.count - place) * (pValues[test] ?? 1)))
    corrected[test] = largest
  }
  return corrected
}
