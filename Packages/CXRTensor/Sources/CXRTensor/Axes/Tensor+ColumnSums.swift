import CXRParallel
import CTensorKernels

/// Rows that a column reduction sums in one block; blocks are added in order.
private let reductionRows = 4096

extension Tensor {
  /// The sums over all axes but the last, added in Double: `[…, C]` → `[C]`.
  func columnSums() -> Tensor {
    let channels = shape[-1]
    let sums = columnTotals(channels: channels, columns: 1) { x, rows, sums in
      cxr_column_sums(x, rows, channels, sums)
    }
    return Tensor(sums.map { Float($0) }, shape: [channels])
  }

  /// Runs `body` over blocks of rows of `[…, C]`, each with its own `columns * C` doubles, and adds
  /// those in block order.
  func columnTotals(
    channels: Int, columns: Int,
    _ body: (_ x: UnsafePointer<Float>, _ rows: Int, _ sums: UnsafeMutablePointer<Double>) -> Void
  ) -> [Double] {
    columnTotals(channels: channels, columns: columns) { x, _, rows, sums in body(x, rows, sums) }
  }

  /// As above, with the first row's element offset.
  func columnTotals(
    channels: Int, columns: Int,
    _ body: (
      _ x: UnsafePointer<Float>, _ offset: Int, _ rows: Int, _ sums: UnsafeMutablePointer<Double>
    ) -> Void
  ) -> [Double] {
    let width = channels * columns
    guard channels > 0 else { return [] }
    let rows = shape.count / channels
    let blocks = (rows + reductionRows - 1) / reductionRows
    var partial = [Double](repeating: 0, count: blocks * width)
    scalars.withUnsafeBufferPointer { x in
      partial.withUnsafeMutableBufferPointer { partial in
        guard let x = x.baseAddress, let partial = partial.baseAddress else { return }
        Parallel.run(blocks: blocks) { block in
          let first = block * reductionRows
          let count = Swift.min(reductionRows, rows - first)
          body(x + first * channels, first * channels, count, partial + block * width)
        }
      }
    }
    var totals = [Double](repeating: 0, count: width)
    for block in 0..<blocks {
      for i in 0..<width { totals[i] += partial[block * width + i] }
    }
    return totals
  }

  /// The sum of all elements, in fixed blocks, in Double.
  func totalSum() -> Double {
    reshaped(to: [shape.count, 1]).columnTotals(channels: 1, columns: 1) { x, rows, sums in
      cxr_column_sums(x, rows, 1, sums)
    }[0]
  }
}
