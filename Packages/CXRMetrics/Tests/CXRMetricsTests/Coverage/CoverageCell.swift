import CXRMetrics
import Foundation

/// One kind of test set, of which many are simulated.
struct CoverageCell: Sendable {
  /// How films of one patient go together.
  enum Clustering: String, Sendable, CaseIterable {
    /// One film each.
    case none
    /// 2.5 films each on average; findings come together, and scores a little.
    case moderate
    /// 6 films each, up to 34; nearly all of a patient's films have a finding or lack it, and score alike beyond it.
    case strong

    /// The mean number of films, and how much of the spread of findings and of scores is a patient's own.
    var films: (mean: Double, ofFinding: Double, ofScore: Double) {
      switch self {
      case .none: (1, 0, 0)
      case .moderate: (2.5, 0.5, 0.3)
      case .strong: (6, 0.85, 0.6)
      }
    }

    func filmCount(_ generator: inout Generator) -> Int {
      switch self {
      case .none: return 1
      case .moderate:
        var count = 1
        while generator.uniform() < 0.6 { count += 1 }
        return count
      case .strong:
        let u = generator.uniform()
        if u < 0.5 { return 1 }
        return u < 0.8
          ? 2 + Int(generator.uniform() * 6) : 8 + Int(generator.uniform() * 26.5)
      }
    }
  }

  /// Films with the finding, as many as are to be expected.
  let positives: Double
  let patients: Int
  let clustering: Clustering
  /// Of the scores before they are rounded.
  let area: Double
  /// Whether scores are rounded to halves of a standard deviation.
  let hasTies: Bool
  /// How far apart the means of both kinds are, in standard deviations.
  let distance: Double

  init(positives: Double, patients: Int, clustering: Clustering, area: Double, hasTies: Bool) {
    (self.positives, self.patients, self.clustering) = (positives, patients, clustering)
    (self.area, self.hasTies) = (area, hasTies)
    distance = 2.0.squareRoot() * NormalDistribution.quantile(area)
  }

  static let positives = [3.0, 10, 20, 50, 200]
  static let patients = [40, 150, 600, 6000]
  static let areas = [0.55, 0.75, 0.85, 0.92, 0.97, 0.99]

  /// Of the films that have the finding.
  var prevalence: Double { positives / (Double(patients) * clustering.films.mean) }
  /// Above which a film is called positive.
  var threshold: Double { distance / 2 + 0.05 }

  var name: String {
    "\(Int(positives)) positives, \(patients) patients, \(clustering) clustering, AUC \(area)\(hasTies ? ", ties" : "")"
  }

  /// A score in a grid of ties.
  static let step = 0.5

  /// Every pair of values of two axes twice, as far as there are enough films for the positives: a pair after the other goes
  /// to the cell that has most of those which are still missing.
  static let all: [CoverageCell] = {
    var candidates: [CoverageCell] = []
    for m in positives {
      for n in patients {
        for clustering in Clustering.allCases {
          for area in areas {
            for hasTies in [false, true] {
              let cell = CoverageCell(
                positives: m, patients: n, clustering: clustering, area: area, hasTies: hasTies)
              if cell.prevalence <= 0.66 { candidates.append(cell) }
            }
          }
        }
      }
    }
    var generator = Generator(21)
    candidates.shuffle(using: &generator)
    func pairs(_ cell: CoverageCell) -> [String] {
      let values = [
        "\(cell.positives)", "\(cell.patients) p", "\(cell.clustering)", "A\(cell.area)",
        "\(cell.hasTies)",
      ]
      return values.indices.flatMap { i in
        values.indices.dropFirst(i + 1).map { values[i] + "|" + values[$0] }
      }
    }
    var missing = Dictionary(candidates.flatMap { pairs($0).map { ($0, 2) } }) { one, _ in one }
    var chosen: [CoverageCell] = []
    while missing.values.contains(where: { $0 > 0 }) {
      let worth = candidates.map { pairs($0).reduce(0) { $0 + max(0, missing[$1] ?? 0) } }
      guard let best = worth.indices.max(by: { worth[$0] < worth[$1] }) else { break }
      let cell = candidates.remove(at: best)
      for pair in pairs(cell) { missing[pair, default: 0] -= 1 }
      chosen.append(cell)
    }
    return chosen
  }()

  /// What is true of the population.
  struct Truth {
    var auc: Double
    var sensitivity: Double
    var falseAlarms: Double
  }

  /// Of films whose scores are spread about `mean`, those whose score is rounded to `score`.
  private static func share(roundedTo score: Double, mean: Double) -> Double {
    // From the nearer tail, or what is far out would be a difference of ones.
    let distance = abs(score - mean)
    return below(Self.step / 2 - distance) - below(-Self.step / 2 - distance)
  }

  private static func below(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }

  /// How likely a film of this score has a finding that a share `prevalence` of all films has. Scores of each kind of films
  /// have a standard deviation of 1, so their log-odds are a straight line; those of a rounded score are of both kinds' shares
  /// that are rounded to it.
  func probability(of score: Double, prevalence: Double) -> Double {
    let with = hasTies ? Self.share(roundedTo: score, mean: distance) : exp(score * distance)
    let without =
      hasTies ? Self.share(roundedTo: score, mean: 0) : exp(distance * distance / 2)
    return prevalence * with / (prevalence * with + (1 - prevalence) * without)
  }

  var truth: Truth {
    guard hasTies else {
      return Truth(
        auc: area, sensitivity: Self.below(distance - threshold),
        falseAlarms: Self.below(-threshold))
    }
    var truth = Truth(auc: 0, sensitivity: 0, falseAlarms: 0)
    var without = 0.0
    for place in -20...30 {
      let score = Double(place) * Self.step
      let positive = Self.share(roundedTo: score, mean: distance)
      let negative = Self.share(roundedTo: score, mean: 0)
      truth.auc += positive * (without + negative / 2)
      without += negative
      if score > threshold {
        truth.sensitivity += positive
        truth.falseAlarms += negative
      }
    }
    return truth
  }
}
