import CXRParallel
import CConvolution
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The vector instructions that the compute kernels run with.
public enum VectorUnit {
  /// Such as `AVX2+FMA`, `SSE2` or `NEON`.
  public static var description: String { ConvolutionEngine.standard.name }

  /// What the environment variable `CXR_VECTORS` asks for, where that is unknown or this machine has it
  /// not; the widest unit is used then.
  public static var unavailableChoice: String? {
    guard let value = getenv("CXR_VECTORS") else { return nil }
    let choice = String(cString: value)
    let names = ["portable": "portable", "avx2": "AVX2+FMA", "avx512": "AVX-512"]
    return names[choice] == description ? nil : choice
  }

  /// Multiplications with addition that the convolution engine's vector unit carries out in about
  /// `seconds` on each of `Parallel.threads` threads, a second.
  public static func measuredPeak(seconds: Double = 0.2) -> Double {
    let multiplyAdd = ConvolutionEngine.standard.stages.multiply_add
    let clock = ContinuousClock()
    let rates = Mutex(0.0)
    Parallel.forEach(Parallel.threads) { _ in
      var (result, done, spent) = (Float(0), 0.0, 0.0)
      let start = clock.now
      while spent < seconds {
        result = 0
        done += multiplyAdd.map { $0(100_000, &result) } ?? 0
        let passed = start.duration(to: clock.now).components
        spent = Double(passed.seconds) + Double(passed.attoseconds) * 1e-18
      }
      let rate = done / spent
      rates.withLock { $0 += rate }
    }
    return rates.withLock { $0 }
  }
}
