/// The mean squared distance of probabilities (0…1) from truths, 0…1, less is better (Brier, Monthly Weather
/// Review 78, 1950). `nil` without films; traps where a probability is not within 0…1.
public func brierScore(probabilities: [Double], labels: [Bool]) -> Double? {
  precondition(
    probabilities.count == labels.count,
    "\(probabilities.count) probabilities for \(labels.count) labels")
  checkProbabilities(probabilities, in: "brierScore")
  guard !labels.isEmpty else { return nil }
  return zip(probabilities, labels).reduce(0) {
    let distance = $1.0 - ($1.1 ? 1 : 0)
    return $0 + distance * distance
  } / Double(labels.count)
}

/// By which part probabilities come nearer to the truths than the base rate does that says of each film how common the finding
/// is among these: 1 − Brier/(p(1 − p)), at most 1, below 0 where they do worse (Murphy, Journal of Applied Meteorology 12,
/// 1973). `nil` unless both kinds occur.
public func brierSkill(probabilities: [Double], labels: [Bool]) -> Double? {
  guard let score = brierScore(probabilities: probabilities, labels: labels) else { return nil }
  let rate = Double(labels.count { $0 }) / Double(labels.count)
  return rate > 0 && rate < 1 ? 1 - score / (rate * (1 - rate)) : nil
}
