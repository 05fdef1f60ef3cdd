import CLAPACKE

/// The one door to LAPACK, off the hot path.
public enum LAPACK {
  /// The orthonormal factor Q of a QR decomposition, with the signs that make R's diagonal positive.
  ///
  /// - Parameter matrix: `[m, n]` with `m >= n`.
  /// - Returns: `[m, n]` with `Qᵀ·Q = 1`, or `nil` when LAPACK refuses the input (NaN).
  public static func orthonormalColumns(of matrix: Tensor) -> Tensor? {
    precondition(
      matrix.shape.rank == 2 && matrix.shape[0] >= matrix.shape[1],
      "orthonormalColumns: \(matrix.shape) is not [m, n] with m >= n")
    _ = BLAS.singleThreaded
    let (m, n) = (matrix.shape[0], matrix.shape[1])
    guard n > 0 else { return matrix }
    var (q, tau) = (Array(matrix.scalars), [Float](repeating: 0, count: n))
    guard LAPACKE_sgeqrf(LAPACK_ROW_MAJOR, Int32(m), Int32(n), &q, Int32(n), &tau) == 0 else {
      return nil
    }
    let flipped = (0..<n).map { q[$0 * n + $0] < 0 }
    guard LAPACKE_sorgqr(LAPACK_ROW_MAJOR, Int32(m), Int32(n), Int32(n), &q, Int32(n), tau) == 0
    else { return nil }
    for row in 0..<m { for column in 0..<n where flipped[column] { q[row * n + column].negate() } }
    return Tensor(q, shape: matrix.shape)
  }
}
