import CXRParallel

/// Draws the findings of a film: how many by NIH's counts, which by how often they occur and occur
/// together there.
struct FindingSampler {
  /// Findings as indices into `LabelSet.nih14`, rising; those of `required` are among them.
  func findings(including required: [Int], using random: inout RandomStream) -> [Int] {
    var chosen = required
    let count = draw(Prevalence.findingsPerFilm.map(Double.init), using: &random)
    while chosen.count < min(count, 5) {
      let weights = Prevalence.films.indices.map { j -> Double in
        if chosen.contains(j) { return 0 }
        if chosen.isEmpty { return Double(Prevalence.films[j]) }
        return chosen.reduce(0) {
          $0 + Double(Prevalence.together($1, j)) / Double(Prevalence.films[$1])
        }
      }
      chosen.append(draw(weights, using: &random))
    }
    return chosen.sorted()
  }

  private func draw(_ weights: [Double], using random: inout RandomStream) -> Int {
    var rest = Double(random.uniform()) * weights.reduce(0, +)
    for (i, weight) in weights.enumerated() where weight > 0 {
      if rest < weight { return i }
      rest -= weight
    }
    return weights.lastIndex { $0 > 0 } ?? 0
  }
}
