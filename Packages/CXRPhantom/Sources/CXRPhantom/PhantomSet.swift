import CXRParallel
import CXRData

/// A learnable, synthetic set in the shape of NIH ChestX-ray14: films, label file and boxes.
///
/// Findings come in NIH's ratios and company, but each of the fourteen in at least
/// ``leastPatients`` patients. The same options give the same bytes.
public struct PhantomSet: Sendable {
  /// A film that is to be drawn.
  public struct Entry: Sendable, Equatable {
    /// The file name.
    public let name: String
    /// From 1.
    public let patient: Int
    /// From 0.
    public let followUp: Int
    /// Rising; none is a film without findings.
    public fileprivate(set) var findings: [String]
    let age: Int
    let sex: String
    let view: String
  }

  /// The least number of patients with each finding.
  public static let leastPatients = 12
  /// Films to a folder, as NIH's archives hold about ten thousand.
  static let filmsPerFolder = 10_000

  /// What the films are drawn from.
  public let options: Options
  /// The films, by patient and follow-up.
  public let entries: [Entry]
  /// By film: the film that it shows, itself where it is drawn.
  let sources: [Int]
  let random: RandomStream

  /// Deals findings to patients and films; nothing is drawn yet.
  /// - Throws: ``PhantomError/invalidOption(_:)``.
  public init(_ options: Options) throws {
    try options.validate()
    self.options = options
    random = RandomStream(seed: options.seed)
    var filmCounts = [Int](repeating: 1, count: options.patients)
    var dealRandom = random.child("films")
    // As in NIH's set most patients have few films and some have many.
    let eagerness = (0..<options.patients).map { _ in
      let x = dealRandom.uniform()
      return 0.15 + x * x * x * 3
    }
    var cumulative: [Float] = []
    for value in eagerness { cumulative.append((cumulative.last ?? 0) + value) }
    for _ in options.patients..<options.images {
      let at = dealRandom.uniform() * (cumulative.last ?? 1)
      var (low, high) = (0, options.patients - 1)
      while low < high {
        let middle = (low + high) / 2
        if cumulative[middle] > at { high = middle } else { low = middle + 1 }
      }
      filmCounts[low] += 1
    }

    // The quota first: each finding chooses patients, the rarest before the others, and of each the
    // film that the quota has given the fewest findings.
    var required = filmCounts.map { [[Int]](repeating: [], count: $0) }
    var quotaRandom = random.child("quota")
    let rarestFirst = Prevalence.films.indices.sorted {
      Prevalence.films[$0] < Prevalence.films[$1]
    }
    for finding in rarestFirst {
      let shuffled = (0..<options.patients).shuffled(using: &quotaRandom)
      let burden = required.map { films in films.map(\.count).min() ?? 0 }
      // A stable order by burden keeps the shuffle among equals.
      let chosen = shuffled.enumerated()
        .sorted { (burden[$0.element], $0.offset) < (burden[$1.element], $1.offset) }
        .prefix(Self.leastPatients).map(\.element)
      for patient in chosen {
        let films = required[patient].indices
        guard
          let film = films.min(by: {
            required[patient][$0].count < required[patient][$1].count
          })
        else { continue }
        required[patient][film].append(finding)
      }
    }

    let sampler = FindingSampler()
    var entries: [Entry] = []
    for patient in 0..<options.patients {
      let own = random.child("patient").child(patient)
      var person = own.child("person")
      let age = 5 + Int(person.uniform() * 84)
      let sex = person.chance(0.565) ? "M" : "F"
      for film in 0..<filmCounts[patient] {
        var filmRandom = own.child("findings").child(film)
        let findings = sampler.findings(
          including: required[patient][film], using: &filmRandom)
        entries.append(
          Entry(
            name: Self.padded(patient + 1, 8) + "_" + Self.padded(film, 3)
              + ".\(options.format.fileExtension)",
            patient: patient + 1, followUp: film,
            findings: findings.map { LabelSet.nih14[$0] }, age: age + film / 4, sex: sex,
            view: filmRandom.chance(0.6) ? "PA" : "AP"))
      }
    }
    let sources = options.distinct.map { Self.sources(entries, distinct: $0) }
    self.entries =
      sources.map { sources in
        entries.indices.map { i in
          var entry = entries[i]
          entry.findings = entries[sources[i]].findings
          return entry
        }
      } ?? entries
    self.sources = sources ?? Array(entries.indices)
  }

  /// Spreads `distinct` films over all entries; each finding is on at least one of them.
  private static func sources(_ entries: [Entry], distinct: Int) -> [Int] {
    var drawn: Set<Int> = []
    for finding in LabelSet.nih14 {
      if let first = entries.firstIndex(where: { $0.findings.contains(finding) }) {
        drawn.insert(first)
      }
    }
    if let empty = entries.firstIndex(where: \.findings.isEmpty) { drawn.insert(empty) }
    var place = 0
    while drawn.count < distinct {
      // Evenly spread places, then those between them.
      drawn.insert(place % entries.count)
      place += max(1, entries.count / distinct)
      if place >= entries.count { place = place % entries.count + 1 }
    }
    let order = drawn.sorted()
    var next = 0
    return entries.indices.map { i in
      if drawn.contains(i) { return i }
      next = (next + 1) % order.count
      return order[next]
    }
  }

  static func padded(_ number: Int, _ width: Int) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// Draws one film.
  public func film(_ entry: Entry) -> PhantomFilm {
    let own = random.child("patient").child(entry.patient - 1)
    return PhantomFilm(
      size: options.size, findings: entry.findings, patient: own,
      exposure: own.child("film").child(entry.followUp))
  }
}
