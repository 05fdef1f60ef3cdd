import CXRData
import CXREvaluation
import CXRFilms
import CXRMetrics
import CXRNet

/// What is kept of films while a network answers them, so that none goes through it twice: its maps beside boxes in which
/// findings were drawn, and the films on which it is most sure.
struct Sightings {
  /// A film that may become an example.
  struct Candidate {
    /// Which of the films asked about.
    let film: CachedFilm
    let score: Double
    let probability: Double
    let map: FindingMap
  }

  /// What is looked for.
  struct Search {
    /// The films asked about.
    let films: JudgedFilms
    /// Theirs.
    let records: [FilmRecord]
    /// Boxes by film and finding; empty where none are given.
    let boxes: [String: [String: [BoxList.Box]]]
    let wantsExamples: Bool
  }

  private let search: Search
  private let fit: ValidationFit?
  private var cases: [Localisation.Case] = []
  /// By label and kind, the best first: as many as there are places on a page, so that each place has a film of its own.
  private(set) var candidates: [[Example.Kind: [Candidate]]]

  init(_ search: Search, fit: ValidationFit?) {
    (self.search, self.fit) = (search, fit)
    candidates = search.films.labels.map { _ in [:] }
  }

  /// `nil` where no film has a finding and boxes of it.
  var localisation: Localisation? {
    cases.isEmpty ? nil : Localisation(cases, labels: search.films.labels)
  }

  /// The labels that a film has.
  func findings(of film: CachedFilm) -> [String] {
    let labels = search.films.labels
    return labels.indices.filter {
      let cell = film.index * labels.count + $0
      return search.films.isKnown[cell] && search.films.truths[cell]
    }.map { labels[$0] }
  }

  /// The boxes of a label that are drawn on a film.
  func boxes(on film: CachedFilm, label: Int) -> [BoxList.Box] {
    search.boxes[search.records[film.index].name]?[search.films.labels[label]] ?? []
  }

  /// Looks at films that a network has answered.
  ///
  /// - Parameters:
  ///   - films: which of the films asked about they are, `[n]`.
  ///   - reading: of them, `[n, …]`.
  ///   - classifier: the network.
  mutating func add(_ films: [CachedFilm], _ reading: FilmReading, by classifier: ChestClassifier) {
    let (logits, probabilities) = (
      reading.logits.scalars.map(Double.init), reading.probabilities.scalars.map(Double.init)
    )
    let batch = ScoredModel("", logits: logits, probabilities: probabilities, fit: fit)
    let columns = search.films.labels.count
    var maps: [[FindingMap]]?
    func map(_ n: Int, _ k: Int) -> FindingMap {
      let all = maps ?? classifier.findingMaps(reading)
      maps = all
      return all[n][k]
    }
    for (n, film) in films.enumerated() {
      let record = search.records[film.index]
      for k in 0..<columns where search.films.isKnown[film.index * columns + k] {
        let hasIt = search.films.truths[film.index * columns + k]
        let isCalled = batch.isCalledPositive(film: n, label: k, of: columns)
        if hasIt, let boxes = search.boxes[record.name]?[search.films.labels[k]] {
          cases.append(
            Localisation.Case(
              label: k, patient: record.patient, isTruePositive: isCalled, map: map(n, k),
              boxes: boxes))
        }
        guard search.wantsExamples, let kind = Example.Kind(hasIt: hasIt, isCalled: isCalled)
        else { continue }
        let score = logits[n * columns + k]
        let own = candidates[k][kind] ?? []
        // Of equals the first stays first.
        let place =
          own.firstIndex { kind == .missed ? score < $0.score : score > $0.score } ?? own.count
        guard place < columns * Example.Kind.allCases.count else { continue }
        candidates[k][kind, default: []].insert(
          Candidate(
            film: film, score: score, probability: probabilities[n * columns + k], map: map(n, k)),
          at: place)
        if own.count == columns * Example.Kind.allCases.count {
          candidates[k][kind]?.removeLast()
        }
      }
    }
  }
}

extension Example.Kind {
  /// What a film is an example of; `nil` where nothing is found, missed or alarmed about.
  fileprivate init?(hasIt: Bool, isCalled: Bool) {
    switch (hasIt, isCalled) {
    case (true, true): self = .found
    case (true, false): self = .missed
    case (false, true): self = .falseAlarm
    case (false, false): return nil
    }
  }
}
