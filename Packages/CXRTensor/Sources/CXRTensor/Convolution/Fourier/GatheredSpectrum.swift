import CXRParallel
import CTensorKernels

/// The spectrum of a kernel's gradient summed over shares. The last addition is left to whoever reads it, which saves
/// writing the sum.
struct GatheredSpectrum: Sendable {
  let first: FloatBuffer
  private(set) var second: FloatBuffer?

  init(first: FloatBuffer) { self.first = first }

  /// The sum of both; what was still to be added in either is added in place.
  func adding(_ other: GatheredSpectrum) -> GatheredSpectrum {
    var sum = GatheredSpectrum(first: added)
    sum.second = other.added
    return sum
  }

  /// The sum, in the first's place.
  var added: FloatBuffer {
    if let second {
      let (sum, other) = (first.base, second.base)
      withExtendedLifetime((first, second)) {
        Parallel.forEachBlock(of: first.count, size: elementwiseBlock) {
          cxr_add(sum + $0.lowerBound, other + $0.lowerBound, $0.count)
        }
      }
    }
    return first
  }
}

/// The same of one column, in memory of a thread's own.
struct SpectrumSum {
  let first: UnsafeMutablePointer<Float>
  private(set) var second: UnsafeMutablePointer<Float>?

  init(first: UnsafeMutablePointer<Float>) { self.first = first }

  /// The sum of both, of `count` floats each.
  func adding(_ other: SpectrumSum?, count: Int) -> SpectrumSum {
    guard let other else { return self }
    if let second { cxr_add(first, second, count) }
    if let second = other.second { cxr_add(other.first, second, count) }
    var sum = self
    sum.second = other.first
    return sum
  }
}
