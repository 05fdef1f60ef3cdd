/// Films that count, and films of which they are a share, by patient.
struct PatientCounts {
  /// By the patients' numbers.
  private(set) var hits: [Int]
  /// By the patients' numbers.
  private(set) var films: [Int]

  /// Counts the films at which `isHit` is not `nil`; `[n]` both.
  init(_ isHit: some Sequence<Bool?>, patients: PatientIndex) {
    hits = [Int](repeating: 0, count: patients.count)
    films = hits
    for (owner, isHit) in zip(patients.numbers, isHit) {
      guard let isHit else { continue }
      films[owner] += 1
      if isHit { hits[owner] += 1 }
    }
  }

  /// Of all patients; 0 without films.
  var share: Double {
    let all = films.reduce(0, +)
    return all > 0 ? Double(hits.reduce(0, +)) / Double(all) : 0
  }

  /// How far the share moves when a patient is left out (the jackknife of a ratio: Cochran, *Sampling Techniques*, 1977,
  /// section 6.17), by patient; 0 of one who cannot be left out.
  var moves: [Double] {
    let (share, all) = (share, films.reduce(0, +))
    return zip(hits, films).map { hits, films in
      films < all ? (Double(hits) - share * Double(films)) / Double(all - films) : 0
    }
  }
}
