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

  /// The lower triangle L of a symmetric, positive definite matrix A = L·Lᵀ, zeros above it.
  ///
  /// - Parameters:
  ///   - matrix: `[n, n]`; its lower triangle is read.
  ///   - n: its order.
  /// - Returns: `[n, n]`, or `nil` where the matrix is not positive definite.
  public static func choleskyFactor(of matrix: [Double], order n: Int) -> [Double]? {
    precondition(matrix.count == n * n, "choleskyFactor: \(matrix.count) elements for \(n)×\(n)")
    _ = BLAS.singleThreaded
    var factor = matrix
    guard n == 0 || LAPACKE_dpotrf(LAPACK_ROW_MAJOR, 0x4C, Int32(n), &factor, Int32(n)) == 0 else {
      return nil
    }
    for row in 0..<n { for column in row + 1..<max(row + 1, n) { factor[row * n + column] = 0 } }
    return factor
  }

  /// X in A·X = B, A symmetric and positive definite.
  ///
  /// - Parameters:
  ///   - matrix: A, `[n, n]`; its lower triangle is read.
  ///   - n: its order.
  ///   - rightSides: B, `[n, k]`.
  /// - Returns: `[n, k]`, or `nil` where A is not positive definite.
  public static func solve(
    positiveDefinite matrix: [Double], order n: Int, rightSides: [Double]
  ) -> [Double]? {
    precondition(
      matrix.count == n * n && n > 0 && rightSides.count % n == 0,
      "solve: \(matrix.count) elements for \(n)×\(n), \(rightSides.count) on the right")
    _ = BLAS.singleThreaded
    let count = rightSides.count / n
    var (factor, solution) = (matrix, rightSides)
    guard
      LAPACKE_dposv(
        LAPACK_ROW_MAJOR, 0x4C, Int32(n), Int32(count), &factor, Int32(n), &solution, Int32(count))
        == 0
    else { return nil }
    return solution
  }

  /// Y in L·Y = B, L a lower triangle such as ``choleskyFactor(of:order:)`` gives.
  ///
  /// - Parameters:
  ///   - lower: L, `[n, n]`, nothing 0 on its diagonal.
  ///   - n: its order.
  ///   - rightSides: B, `[n, k]`.
  /// - Returns: `[n, k]`, or `nil` where an element of the diagonal is 0.
  public static func solve(
    lowerTriangle lower: [Double], order n: Int, rightSides: [Double]
  ) -> [Double]? {
    precondition(
      lower.count == n * n && n > 0 && rightSides.count % n == 0,
      "solve: \(lower.count) elements for \(n)×\(n), \(rightSides.count) on the right")
    _ = BLAS.singleThreaded
    let count = rightSides.count / n
    var solution = rightSides
    guard
      LAPACKE_dtrtrs(
        LAPACK_ROW_MAJOR, 0x4C, 0x4E, 0x4E, Int32(n), Int32(count), lower, Int32(n), &solution,
        Int32(count)) == 0
    else { return nil }
    return solution
  }
}
