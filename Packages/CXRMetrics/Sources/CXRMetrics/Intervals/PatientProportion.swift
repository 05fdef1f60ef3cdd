/// A share of films, such as a sensitivity, with an interval that knows that films of one patient go together.
public struct PatientProportion: Sendable, Equatable {
  /// Films that count.
  public let hits: Int
  /// Films of which they are a share.
  public let films: Int
  /// How many independent films they are worth: ``films`` divided by the design effect, which is at least 1.
  public let effectiveFilms: Double
  /// How many patients of equal weight they are worth; see ``PatientIndex/effectiveCount(where:)``.
  public let effectivePatients: Double

  /// A share that was counted before.
  public init(hits: Int, films: Int, effectiveFilms: Double) {
    (self.hits, self.films) = (hits, films)
    (self.effectiveFilms, effectivePatients) = (effectiveFilms, effectiveFilms)
  }

  /// Counts the films at which `isHit` is not `nil`.
  ///
  /// The design effect, after Rao and Scott (Biometrics 48, 1992), is the variance of a share of films that come
  /// by patients to that of independent films; the former by leaving out one patient after the other (the
  /// jackknife of a ratio: Cochran, *Sampling Techniques*, 1977, section 6.17).
  ///
  /// - Parameters:
  ///   - isHit: `[n]`, `nil` where a film is not of those that are counted.
  ///   - patients: `[n]`.
  public init(_ isHit: [Bool?], patients: PatientIndex) {
    precondition(
      isHit.count == patients.numbers.count,
      "\(isHit.count) films of \(patients.numbers.count) patients")
    var hitsOf = [Int](repeating: 0, count: patients.count)
    var filmsOf = hitsOf
    for (film, isHit) in isHit.enumerated() {
      guard let isHit else { continue }
      filmsOf[patients.numbers[film]] += 1
      if isHit { hitsOf[patients.numbers[film]] += 1 }
    }
    let (hits, films) = (hitsOf.reduce(0, +), filmsOf.reduce(0, +))
    (self.hits, self.films) = (hits, films)
    effectivePatients = patients.effectiveCount(where: isHit.map { $0 != nil })
    let groups = filmsOf.filter { $0 > 0 }.count
    let share = films > 0 ? Double(hits) / Double(films) : 0
    let independent = share * (1 - share) / Double(max(1, films))
    guard groups > 1, independent > 0 else {
      // With all films alike nothing tells how alike a patient's are: the cautious answer is a film a patient.
      effectiveFilms = Double(groups)
      return
    }
    // How far the share moves when a patient is left out.
    let squares = zip(hitsOf, filmsOf).reduce(0.0) {
      let excess = Double($1.0) - share * Double($1.1)
      let move = excess / Double(films - $1.1)
      return $0 + move * move
    }
    // With a film a patient, this is the variance of independent films.
    let shrinkage = Double(groups - 1) / Double(groups)
    let variance = squares * shrinkage * shrinkage
    effectiveFilms = Double(films) / max(1, variance / independent)
  }

  /// 0…1; `nil` without films.
  public var value: Double? { films > 0 ? Double(hits) / Double(films) : nil }

  /// Wilson's score interval (Journal of the American Statistical Association 22, 1927) of as many films as these
  /// are worth, with Student's t for as many patients as they are worth; `nil` without films of two patients.
  public func interval(level: Double = Interval.defaultLevel) -> Interval? {
    guard let value, effectivePatients > 1 else { return nil }
    let z = reach(level: level, effectivePatients: effectivePatients)
    let n = effectiveFilms
    let centre = (value + z * z / (2 * n)) / (1 + z * z / n)
    let reach =
      z / (1 + z * z / n) * (value * (1 - value) / n + z * z / (4 * n * n)).squareRoot()
    // Of no hits, and of nothing but hits, the last bit may say otherwise.
    return Interval(max(0, min(value, centre - reach)), min(1, max(value, centre + reach)))
  }

  /// The two-sided p-value that two shares, of different patients, are the same; `nil` where one has no films or
  /// both are 0 or both are 1.
  public static func pValue(_ left: Self, _ right: Self) -> Double? {
    guard let p = left.value, let q = right.value else { return nil }
    let (m, n) = (left.effectiveFilms, right.effectiveFilms)
    let pooled = (p * m + q * n) / (m + n)
    let variance = pooled * (1 - pooled) * (1 / m + 1 / n)
    return variance > 0 ? NormalDistribution.twoSidedP((p - q) / variance.squareRoot()) : nil
  }
}
