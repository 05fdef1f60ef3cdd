import CXRParallel
import CTensorKernels

/// How many values a channel has, their mean and the sum of their squared distances from it, `[K]` each.
struct BatchMoments: Sendable {
  let count: Double
  let mean: [Double]
  let squares: [Double]

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
    return shares.sum {
      BatchMoments(count: counts[$0], mean: means[$0], squares: squares[$0])
    } _: {
      $0.merged(with: $1)
    }
      ?? BatchMoments(
        count: 0, mean: [Double](repeating: 0, count: channels),
        squares: [Double](repeating: 0, count: channels))
  }
}
