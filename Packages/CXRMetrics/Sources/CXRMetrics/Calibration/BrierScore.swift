/// The mean squared distance of probabilities (0…1) from truths, 0…1, less is better (Brier, Monthly Weather
/// Review 78, 1950). `nil` without films.
public func brierScore(probabilities: [Double], labels: [Bool]) -> Double? {
  precondition(
    probabilities.count == labels.count,
    "\(probabilities.count) probabilities for \(labels.count) labels")
  guard !labels.isEmpty else { return nil }
  return zip(probabilities, labels).reduce(0) {
    let distance = $1.0 - ($1.1 ? 1 : 0)
    return $0 + distance * distance
  } / Double(labels.count)
}
