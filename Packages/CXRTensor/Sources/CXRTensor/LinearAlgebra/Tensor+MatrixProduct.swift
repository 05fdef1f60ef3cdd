import CXRParallel

/// Rows of the left matrix that a thread multiplies at a time.
private let productRows = 256

extension Tensor {
  /// self·op(other): `[m, k]`·`[k, n]` → `[m, n]`, on BLAS, share by share: the rows of one are the same whatever others
  /// there are.
  func multiplied(
    by other: Tensor, transposingOther: Bool = false, _ shares: BatchShares? = nil
  ) -> Tensor {
    precondition(
      shape.rank == 2 && other.shape.rank == 2,
      "matrixProduct: \(shape) and \(other.shape) are not matrices")
    let (m, k) = (shape[0], shape[1])
    let (k2, n) =
      transposingOther ? (other.shape[1], other.shape[0]) : (other.shape[0], other.shape[1])
    precondition(k == k2, "matrixProduct: inner sizes of \(shape) and \(other.shape) differ")
    guard k > 0, m > 0 else { return Tensor(repeating: 0, shape: [m, n]) }
    let blocks = (shares?.suiting(rows: m).runs(ofRows: m) ?? [0..<m]).flatMap { run in
      stride(from: run.lowerBound, to: run.upperBound, by: productRows).map {
        $0..<Swift.min($0 + productRows, run.upperBound)
      }
    }
    return Tensor(shape: [m, n]) { c in
      Parallel.run(blocks: blocks.count) { block in
        let rows = blocks[block]
        BLAS.multiply(
          m: rows.count, n: n, k: k, buffer.base + rows.lowerBound * k, other.buffer.base,
          transposeB: transposingOther, into: c + rows.lowerBound * n)
      }
    }
  }

  /// selfᵀ·other: `[m, k]`, `[m, n]` → `[k, n]`, summed over shares of the rows.
  func transposedProduct(_ other: Tensor, _ shares: BatchShares? = nil) -> PendingGradient {
    precondition(
      shape.rank == 2 && other.shape.rank == 2 && shape[0] == other.shape[0],
      "transposedProduct: \(shape) and \(other.shape) are not matrices of as many rows")
    let (m, k, n) = (shape[0], shape[1], other.shape[1])
    guard m > 0 else { return PendingGradient(Tensor(repeating: 0, shape: [k, n])) }
    let shares = (shares ?? BatchShares(images: m)).suiting(rows: m)
    let runs = shares.runs(ofRows: m)
    return shares.pendingSum(shape: [k, n]) { share -> Tensor in
      let rows = runs[share]
      return Tensor(shape: [k, n]) {
        BLAS.multiply(
          m: k, n: n, k: rows.count, buffer.base + rows.lowerBound * k, transposeA: true,
          other.buffer.base + rows.lowerBound * n, into: $0)
      }
    }
  }
}
