import CTensorKernels

/// The vector instructions that the compute kernels run with.
public enum VectorUnit {
  /// Such as `AVX2+FMA`, `SSE2` or `NEON`.
  public static var description: String { String(cString: cxr_vector_unit()) }
}
