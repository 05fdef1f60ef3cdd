/// The sizes of a tensor's axes, slowest first; `[]` is a scalar.
///
/// Images are `[N, H, W, C]` (images, rows, columns, channels), convolution kernels
/// `[R, S, C, K]` (kernel rows, kernel columns, channels in, channels out).
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// The size of each axis, each at least 0.
  public let dimensions: [Int]

  /// Makes a shape; traps on a negative size.
  public init(_ dimensions: [Int]) {
    precondition(dimensions.allSatisfy { $0 >= 0 }, "Shape: \(dimensions) has a negative size")
    self.dimensions = dimensions
  }

  /// Makes a shape from its sizes.
  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// The number of axes.
  public var rank: Int { dimensions.count }
  /// The number of elements: the product of the sizes, 1 for a scalar.
  public var count: Int { dimensions.reduce(1, *) }
  /// The size of one axis; a negative index counts from the end, so `[-1]` is the channel axis.
  public subscript(axis: Int) -> Int { dimensions[axis < 0 ? dimensions.count + axis : axis] }
  /// The sizes as an array literal, `[32, 224, 224, 1]`.
  public var description: String { "\(dimensions)" }
}
