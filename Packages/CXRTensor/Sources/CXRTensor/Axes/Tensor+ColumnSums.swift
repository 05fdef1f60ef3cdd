import CXRParallel
import CTensorKernels

extension Tensor {
  /// The sums over all axes but the last, added in Double: `[…, C]` → `[C]`.
  func columnSums(_ shares: BatchShares?) -> Tensor {
    let channels = shape[-1]
    let sums = columnTotals(channels: channels, columns: 1, shares) { x, rows, sums in
      cxr_column_sums(x, rows, channels, sums)
    }
    return Tensor(sums.map { Float($0) }, shape: [channels])
  }

  /// Runs `body` over blocks of rows of `[…, C]`, each with its own `columns * C` doubles, and adds those in block
  /// order a share, and shares in their tree; `nil` stands for the standard shares of the first axis.
  func columnTotals(
    channels: Int, columns: Int, _ shares: BatchShares?,
    _ body: (_ x: UnsafePointer<Float>, _ rows: Int, _ sums: UnsafeMutablePointer<Double>) -> Void
  ) -> [Double] {
    columnTotals(channels: channels, columns: columns, shares) { x, _, rows, sums in
      body(x, rows, sums)
    }
  }

  /// As above, with the first row's element offset.
  func columnTotals(
    channels: Int, columns: Int, _ shares: BatchShares?,
    _ body: (
      _ x: UnsafePointer<Float>, _ offset: Int, _ rows: Int, _ sums: UnsafeMutablePointer<Double>
    ) -> Void
  ) -> [Double] {
    guard channels > 0 else { return [] }
    let (rows, width) = (shape.count / channels, channels * columns)
    let shares = suitingShares(shares, rows: rows)
    let totals = shares.totals(ofRows: rows, width: width) { _, rows, sums in
      body(
        buffer.base + rows.lowerBound * channels, rows.lowerBound * channels, rows.count, sums)
    }
    return shares.sum { totals[$0] } ?? [Double](repeating: 0, count: width)
  }

  /// The shares that rows of the tensor are summed over: those given where they are of as many images, or the standard
  /// ones of the first axis.
  func suitingShares(_ shares: BatchShares?, rows: Int) -> BatchShares {
    (shares ?? BatchShares(images: shape.rank > 0 ? shape[0] : 1)).suiting(rows: rows)
  }

  /// The sum of all elements, in fixed blocks, in Double.
  func totalSum(_ shares: BatchShares?) -> Double {
    reshaped(to: [shape.count, 1]).columnTotals(
      channels: 1, columns: 1, suitingShares(shares, rows: shape.count)
    ) { x, rows, sums in cxr_column_sums(x, rows, 1, sums) }[0]
  }
}
