import CXRParallel
import CXRTensor

/// What the computations run on, for the head of every run.
public struct DeviceReport: Sendable {
  /// The BLAS in use.
  public let blas = BLAS.description
  /// The number of threads.
  public let threads = Parallel.threads
  /// The vector unit that the kernels chose.
  public let vectorUnit = VectorUnit.description

  /// Reads the present settings.
  public init() {}

  /// One line for a person.
  public var line: String { "BLAS: \(blas) · threads: \(threads) · vectors: \(vectorUnit)" }

  /// A warning when the environment asks for a vector unit that is not there, or when the BLAS is the slow
  /// reference one.
  public var warning: String? {
    if let choice = VectorUnit.unavailableChoice {
      return "CXR_VECTORS=\(choice) is not to be had here, \(vectorUnit) is used; "
        + "it may be portable, avx2 or avx512, where the processor has them"
    }
    return BLAS.isOptimized
      ? nil
      : "the reference BLAS is in use, about 35 times slower than OpenBLAS; "
        + "run `make setup`, or install libopenblas-dev"
  }
}
