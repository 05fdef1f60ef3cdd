import CXRParallel

/// Rows of a share that are summed in one block; blocks are added in order.
private let blockRows = 4096

extension BatchShares {
  /// What each share's rows come to, before shares are added.
  ///
  /// - Parameters:
  ///   - rows: so many an image.
  ///   - width: sums a share.
  ///   - body: adds a block's rows to its sums.
  func totals(
    ofRows rows: Int, width: Int,
    _ body: (_ share: Int, _ rows: Range<Int>, _ sums: UnsafeMutablePointer<Double>) -> Void
  ) -> [[Double]] {
    var totals = [[Double]](repeating: [Double](repeating: 0, count: width), count: count)
    guard rows > 0, width > 0 else { return totals }
    let blocks = runs(ofRows: rows).enumerated().flatMap { share, run in
      stride(from: run.lowerBound, to: run.upperBound, by: blockRows).map {
        (share: share, rows: $0..<Swift.min($0 + blockRows, run.upperBound))
      }
    }
    var partial = [Double](repeating: 0, count: blocks.count * width)
    partial.withUnsafeMutableBufferPointer { partial in
      guard let partial = partial.baseAddress else { return }
      Parallel.run(blocks: blocks.count) { block in
        body(blocks[block].share, blocks[block].rows, partial + block * width)
      }
    }
    for (place, block) in blocks.enumerated() {
      for i in 0..<width { totals[block.share][i] += partial[place * width + i] }
    }
    return totals
  }

  /// Two sums a channel, of a gradient and of its product with something, from each share's totals: `[2·C]`, the shares added in
  /// their tree.
  func pair(of totals: [[Double]], channels: Int) -> (gradient: [Double], product: [Double]) {
    let sums =
      sum { totals[$0] } ?? [Double](repeating: 0, count: channels * 2)
    return (Array(sums[..<channels]), Array(sums[channels...]))
  }
}
