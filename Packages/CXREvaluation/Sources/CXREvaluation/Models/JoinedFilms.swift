import CXRMetrics

extension JudgedFilms {
  /// The films of each unit as one.
  ///
  /// A unit has a label where one of its films is known to have it, lacks it where all of them are known to lack it, and
  /// otherwise it is unknown. It is its first film's patient's, and belongs to a group to which all of its films belong.
  ///
  /// - Parameter units: to which each film belongs, `[N]`.
  public func joined(by units: PatientIndex) -> JudgedFilms {
    let columns = labels.count
    var (truths, unknown) = (
      [Bool](repeating: false, count: units.count * columns),
      [Bool](repeating: false, count: units.count * columns)
    )
    for (film, unit) in units.numbers.enumerated() {
      for k in 0..<columns {
        if !isKnown[film * columns + k] {
          unknown[unit * columns + k] = true
        } else if self.truths[film * columns + k] {
          truths[unit * columns + k] = true
        }
      }
    }
    let films = units.films
    var joined = JudgedFilms(
      labels: labels, truths: truths, isKnown: zip(truths, unknown).map { $0 || !$1 },
      patients: PatientIndex(films.map { patients.numbers[$0[0]] }))
    joined.groups = groups.compactMap { group in
      let own = Set(group.films)
      let places = films.indices.filter { films[$0].allSatisfy(own.contains) }
      return places.isEmpty ? nil : Group(kind: group.kind, name: group.name, films: places)
    }
    return joined
  }
}

extension PatientIndex {
  /// The places of each number's films, rising.
  fileprivate var films: [[Int]] {
    var films = [[Int]](repeating: [], count: count)
    for (film, number) in numbers.enumerated() { films[number].append(film) }
    return films
  }
}

extension ScoredModel {
  /// The model's scores of units, each of all its films. Thresholds, calibrations and class weights of films are not those of
  /// units, and are gone.
  ///
  /// - Parameters:
  ///   - units: to which each film belongs, `[N]`.
  ///   - score: what the score of several films is.
  ///   - labels: K.
  public func joined(
    by units: PatientIndex, _ score: JudgementUnit.Score, labels: Int
  ) -> ScoredModel {
    func joined(_ values: [Double]) -> [Double] {
      var (sums, counts) = (
        [Double](repeating: score == .mean ? 0 : -.infinity, count: units.count * labels),
        [Double](repeating: 0, count: units.count)
      )
      for (film, unit) in units.numbers.enumerated() {
        counts[unit] += 1
        for k in 0..<labels {
          let (cell, value) = (unit * labels + k, values[film * labels + k])
          sums[cell] = score == .mean ? sums[cell] + value : max(sums[cell], value)
        }
      }
      guard score == .mean else { return sums }
      return sums.enumerated().map { $1 / counts[$0 / labels] }
    }
    let scores = joined(self.scores)
    var model = ScoredModel(
      name, scores: scores,
      probabilities: kind == .probability
        ? scores : score == .largest ? joined(probabilities) : scores.map(kind.probability),
      kind: kind, source: source, note: note)
    (model.loss, model.localisation, model.examples) = (loss, localisation, examples)
    (model.patientsSeenInTraining, model.patientsSeenInValidation) = (
      patientsSeenInTraining, patientsSeenInValidation
    )
    model.baselineScores = baselineScores.map(joined)
    return model
  }
}
