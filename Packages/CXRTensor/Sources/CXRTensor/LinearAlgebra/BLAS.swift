import CBLAS

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The one door to BLAS.
///
/// Whatever BLAS the system's alternatives give is used; OpenBLAS is held to one thread, because
/// its bits change with their number and ours must not. Parallelism is CXRParallel's.
public enum BLAS {
  /// The implementation in use, such as `OpenBLAS 0.3.21 … Zen`, or `reference BLAS`.
  public static let description: String = openBLASConfiguration ?? "reference BLAS"
  /// Whether this is a BLAS made for speed. The reference one is about 35 times slower.
  public static let isOptimized: Bool = openBLASConfiguration != nil

  /// What this program has loaded, whichever library it is of: `RTLD_DEFAULT`, which the system's module lacks.
  private static var loaded: UnsafeMutableRawPointer? {
    #if canImport(Darwin)
      UnsafeMutableRawPointer(bitPattern: -2)
    #else
      nil
    #endif
  }

  private static let openBLASConfiguration: String? = {
    guard let symbol = dlsym(loaded, "openblas_get_config") else { return nil }
    typealias Function = @convention(c) () -> UnsafePointer<CChar>?
    guard let text = unsafeBitCast(symbol, to: Function.self)() else { return "OpenBLAS" }
    return String(cString: text).split(separator: " ").joined(separator: " ")
  }()

  /// Runs once, before the first call into BLAS or LAPACK.
  static let singleThreaded: Void = {
    guard let symbol = dlsym(loaded, "openblas_set_num_threads") else { return }
    typealias Function = @convention(c) (Int32) -> Void
    unsafeBitCast(symbol, to: Function.self)(1)
  }()

  /// Adds Xᵀ·X to the lower triangle of `gram`.
  ///
  /// - Parameters:
  ///   - rows: X, `[m, n]`.
  ///   - n: the number of columns.
  ///   - gram: `[n, n]`.
  public static func addGram(of rows: [Double], columns n: Int, to gram: inout [Double]) {
    precondition(
      n > 0 && rows.count % n == 0 && gram.count == n * n,
      "addGram: \(rows.count) elements of \(n) columns, \(gram.count) sums")
    _ = singleThreaded
    let m = rows.count / n
    guard m > 0 else { return }
    cblas_dsyrk(
      CblasRowMajor, CblasLower, CblasTrans, Int32(n), Int32(m), 1, rows, Int32(n), 1, &gram,
      Int32(n))
  }

  /// `c[m, n] = op(a)·op(b) + beta·c`, row-major and dense; `op(a)` is `[m, k]`, `op(b)` `[k, n]`.
  static func multiply(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, transposeA: Bool = false,
    _ b: UnsafePointer<Float>, transposeB: Bool = false, beta: Float = 0,
    into c: UnsafeMutablePointer<Float>
  ) {
    _ = singleThreaded
    guard m > 0, n > 0 else { return }
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      Int32(m), Int32(n), Int32(k), 1, a, Int32(max(1, transposeA ? m : k)), b,
      Int32(max(1, transposeB ? k : n)), beta, c, Int32(n))
  }
}
