/// How much more often one way of calling the same films hits than another does, such as two models' sensitivities.
///
/// The interval holds every difference δ that a score test with patients as clusters does not refuse at its level: the squared
/// sum of what the patients' films say beyond δ, divided by the sum of their squares (McNemar's test where each patient has
/// one film; with clusters after Obuchowski, Statistics in Medicine 17, 1998). So the p-value and the interval never
/// contradict each other.
public struct PairedDifference: Sendable, Equatable {
  /// Films that the first alone hits.
  public let firstAlone: Int
  /// Films that the second alone hits.
  public let secondAlone: Int
  /// Films that count.
  public let films: Int
  /// Whose films these are: how many patients.
  public let patients: Int
  /// Over the patients: d·d, d·f and f·f, d being hits of the first less those of the second, and f films.
  private let squares: (difference: Double, mixed: Double, films: Double)

  /// Counts the films at which both calls are known.
  ///
  /// - Parameters:
  ///   - first: `[n]`, whether the first hits; `nil` where a film is not of those that are counted.
  ///   - second: `[n]`, whether the second does.
  ///   - patients: `[n]`.
  public init(_ first: [Bool?], _ second: [Bool?], patients: PatientIndex) {
    precondition(
      first.count == second.count && first.count == patients.numbers.count,
      "\(first.count) and \(second.count) calls of \(patients.numbers.count) films")
    var differences = [Int](repeating: 0, count: patients.count)
    var counted = differences
    var alone = (first: 0, second: 0)
    for (owner, calls) in zip(patients.numbers, zip(first, second)) {
      guard let one = calls.0, let other = calls.1 else { continue }
      counted[owner] += 1
      if one, !other {
        (alone.first, differences[owner]) = (alone.first + 1, differences[owner] + 1)
      }
      if other, !one {
        (alone.second, differences[owner]) = (alone.second + 1, differences[owner] - 1)
      }
    }
    (firstAlone, secondAlone, films) = (alone.first, alone.second, counted.reduce(0, +))
    self.patients = counted.count { $0 > 0 }
    squares = zip(differences, counted).reduce((0, 0, 0)) { sums, patient in
      let (d, f) = (Double(patient.0), Double(patient.1))
      return (sums.0 + d * d, sums.1 + d * f, sums.2 + f * f)
    }
  }

  public static func == (left: Self, right: Self) -> Bool {
    (left.firstAlone, left.secondAlone, left.films, left.patients)
      == (right.firstAlone, right.secondAlone, right.films, right.patients)
      && left.squares == right.squares
  }

  /// The first's share less the second's, −1…1; `nil` without films.
  public var value: Double? {
    films > 0 ? Double(firstAlone - secondAlone) / Double(films) : nil
  }

  /// Within −1…1; `nil` of films of fewer than ``Interval/leastPatients`` patients. Where all patients' films say the same, as
  /// where none is called differently, or all are, it reaches as far as Wilson's of none of as many patients, towards 0 by twice
  /// the share of that, so that it holds 0 where the p-value says so.
  public func interval(level: Double = Interval.defaultLevel) -> Interval? {
    guard let value, patients >= Interval.leastPatients else { return nil }
    let z = NormalDistribution.quantile((1 + level) / 2)
    let all = Double(films) * Double(films)
    let spread =
      squares.difference - 2 * value * squares.mixed + value * value * squares.films
    if spread <= 1e-12 * squares.films {
      let room = z * z / (all / squares.films + z * z)
      if value == 0 { return Interval(-room, room) }
      let (inner, outer) = (abs(value) * (1 - 2 * room), min(1, abs(value) + room))
      return value > 0 ? Interval(inner, outer) : Interval(-outer, -inner)
    }
    // (D − δ)²F² = z² Σ(d − δf)², a square equation in δ.
    let a = all - z * z * squares.films
    let b = value * all - z * z * squares.mixed
    let c = value * value * all - z * z * squares.difference
    let reach = max(0, b * b - a * c).squareRoot()
    guard a > 0 else {
      // Where few patients have most films, it is all but what lies between the roots, if 0 does.
      guard a < 0, c > 0 else { return Interval(-1, 1) }
      return value > 0
        ? Interval(min(value, (b - reach) / a), 1) : Interval(-1, max(value, (b + reach) / a))
    }
    return Interval(max(-1, min(value, (b - reach) / a)), min(1, max(value, (b + reach) / a)))
  }

  /// The two-sided p-value that both hit equally often; `nil` where there is no interval. 1 where no film is called
  /// differently.
  public var pValue: Double? {
    guard value != nil, patients >= Interval.leastPatients else { return nil }
    guard squares.difference > 0 else { return 1 }
    return NormalDistribution.twoSidedP(
      Double(firstAlone - secondAlone) / squares.difference.squareRoot())
  }
}
