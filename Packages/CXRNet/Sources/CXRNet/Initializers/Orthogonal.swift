import CXRParallel
import CXRTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Tensor {
  /// Random orthonormal rows or columns, whichever are fewer, of the matrix
  /// `[all axes but the last, last axis]` (Saxe, McClelland and Ganguli, 2014), through LAPACK's QR.
  public static func orthogonal(_ shape: Shape, gain: Float = 1, random: RandomStream) -> Tensor {
    precondition(
      shape.rank >= 2 && shape.count > 0, "orthogonal: \(shape) has no rows and columns")
    if let counted = KernelCount.stand(inFor: shape) { return counted }
    let columns = shape[-1]
    let rows = shape.count / columns
    let (tall, narrow) = (max(rows, columns), min(rows, columns))
    var random = random
    let normal = Tensor((0..<tall * narrow).map { _ in random.normal() }, shape: [tall, narrow])
    // Finite numbers are all that the factorisation asks for, and `normal` gives no others.
    guard let q = LAPACK.orthonormalColumns(of: normal)?.scalars else {
      preconditionFailure("orthogonal: LAPACK refused a finite matrix")
    }
    let scalars = (0..<rows * columns).map { i -> Float in
      let (row, column) = (i / columns, i % columns)
      return gain * (rows >= columns ? q[row * narrow + column] : q[column * narrow + row])
    }
    return Tensor(scalars, shape: shape)
  }
}

extension RandomStream {
  /// A standard normal number, by Box and Muller's transform.
  mutating func normal() -> Float {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }
}
