import CXRTensor
import Synchronization

/// While one is current, initialisers count what they are asked for and give kernels without elements.
final class KernelCount: Sendable {
  @TaskLocal static var current: KernelCount?

  private let sum = Atomic(0)

  /// The numbers asked for so far; the largest there is where they are more than that.
  var total: Int { sum.load(ordering: .relaxed) }

  /// The kernel without elements for one of `shape`; `nil` where none is counted.
  static func stand(inFor shape: Shape) -> Tensor? {
    guard let current else { return nil }
    let (product, overflow) = shape.dimensions.reduce((1, false)) { result, size in
      let (product, overflow) = result.0.multipliedReportingOverflow(by: size)
      return (product, overflow || result.1)
    }
    let (sum, exceeds) = current.total.addingReportingOverflow(product)
    current.sum.store(overflow || exceeds ? Int.max : sum, ordering: .relaxed)
    return Tensor(repeating: 0, shape: Shape([0] + shape.dimensions.dropFirst()))
  }
}
