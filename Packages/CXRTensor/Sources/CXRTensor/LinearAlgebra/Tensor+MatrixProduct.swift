import CXRParallel

/// Rows of the left matrix that a thread multiplies at a time.
private let productRows = 256

extension Tensor {
  /// op(self)·op(other): `[m, k]`·`[k, n]` → `[m, n]`, on BLAS.
  func multiplied(
    by other: Tensor, transposingSelf: Bool = false, transposingOther: Bool = false
  ) -> Tensor {
    precondition(
      shape.rank == 2 && other.shape.rank == 2,
      "matrixProduct: \(shape) and \(other.shape) are not matrices")
    let (m, k) = transposingSelf ? (shape[1], shape[0]) : (shape[0], shape[1])
    let (k2, n) =
      transposingOther ? (other.shape[1], other.shape[0]) : (other.shape[0], other.shape[1])
    precondition(k == k2, "matrixProduct: inner sizes of \(shape) and \(other.shape) differ")
    guard k > 0 else { return Tensor(repeating: 0, shape: [m, n]) }
    return scalars.withUnsafeBufferPointer { a in
      other.scalars.withUnsafeBufferPointer { b in
        Tensor(shape: [m, n]) { c in
          guard let a = a.baseAddress, let b = b.baseAddress else { return }
          if transposingSelf {
            // Blocks of the output's rows would be columns of `self`; these products are small.
            BLAS.multiply(
              m: m, n: n, k: k, a, transposeA: true, b, transposeB: transposingOther, into: c)
          } else {
            Parallel.forEachBlock(of: m, size: productRows) { rows in
              BLAS.multiply(
                m: rows.count, n: n, k: k, a + rows.lowerBound * k, b,
                transposeB: transposingOther, into: c + rows.lowerBound * n)
            }
          }
        }
      }
    }
  }
}
