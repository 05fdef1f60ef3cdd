import CXRParallel
import CTensorKernels

/// How many values a channel has, their mean and the sum of their squared distances from it, `[K]` each.
struct BatchMoments: Sendable {
  let count: Double
  let mean: [Double]
  let squares: [Double]

  init(count: Double, mean: [Double], squares: [Double]) {
    (self.count, self.mean, self.squares) = (count, mean, squares)
  }

  /// All of it side by side, as it travels between ranks.
  private var numbers: [Double] { [count] + mean + squares }

  private init(numbers: [Double]) {
    let channels = (numbers.count - 1) / 2
    self.init(
      count: numbers[0], mean: Array(numbers[1..<channels + 1]),
      squares: Array(numbers[(channels + 1)...]))
  }

  /// Of the values of both (Chan, Golub and LeVeque, *Updating Formulae and a Pairwise Algorithm for Computing Sample
  /// Variances*, 1979).
  func merged(with other: BatchMoments) -> BatchMoments {
    let total = count + other.count
    guard total > 0 else { return self }
    let share = other.count / total
    let distance = zip(mean, other.mean).map { $1 - $0 }
    return BatchMoments(
      count: total, mean: mean.indices.map { mean[$0] + distance[$0] * share },
      squares: mean.indices.map {
        squares[$0] + other.squares[$0] + distance[$0] * distance[$0] * count * share
      })
  }

  /// Those of all shares, here and on other ranks, from those of each that is here.
  static func merged(
    over shares: BatchShares, _ moments: (_ share: Int) -> BatchMoments
  ) -> BatchMoments? {
    let parts = shares.partSums(moments) { $0.merged(with: $1) }
    guard shares.isDivided else { return parts.first }
    return shares.sumOverRanks(parts.map(\.numbers)) {
      BatchMoments(numbers: $0).merged(with: BatchMoments(numbers: $1)).numbers
    }.map { BatchMoments(numbers: $0) }
  }

  /// Biased, `[K]`.
  var variance: [Double] { squares.map { $0 / count } }
}

extension Tensor {
  /// Over all axes but the last, in Double and two passes a share.
  func moments(_ shares: BatchShares?) -> BatchMoments {
    let channels = shape[-1]
    let rows = shape.count / channels
    let shares = suitingShares(shares, rows: rows)
    let sums = shares.totals(ofRows: rows, width: channels) { _, rows, sums in
      cxr_column_sums(buffer.base + rows.lowerBound * channels, rows.count, channels, sums)
    }
    let counts = shares.runs(ofRows: rows).map { Double($0.count) }
    let means = zip(sums, counts).map { sums, count in sums.map { $0 / count } }
    let squares = shares.totals(ofRows: rows, width: channels) { share, rows, sums in
      cxr_squared_deviations(
        buffer.base + rows.lowerBound * channels, means[share], rows.count, channels, sums)
    }
    return BatchMoments.merged(over: shares) {
      BatchMoments(count: counts[$0], mean: means[$0], squares: squares[$0])
    }
      ?? BatchMoments(
        count: 0, mean: [Double](repeating: 0, count: channels),
        squares: [Double](repeating: 0, count: channels))
  }
}
