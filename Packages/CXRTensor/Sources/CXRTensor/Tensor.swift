import CTensorKernels

/// A dense array of `Float` with a shape: a copy-on-write value, contiguous, last axis fastest.
///
/// There are no strides, views or element types on purpose: every operation sees the same layout.
///
///     let image = Tensor(repeating: 0, shape: [1, 224, 224, 1])
public struct Tensor: Sendable {
  /// The sizes of the axes.
  public let shape: Shape
  /// The elements, last axis fastest.
  public private(set) var scalars: [Float]

  /// Makes a tensor of `shape.count` elements; traps on another number of them.
  public init(_ scalars: [Float], shape: Shape) {
    precondition(
      scalars.count == shape.count, "Tensor: \(scalars.count) scalars cannot fill shape \(shape)")
    self.shape = shape
    self.scalars = scalars
  }

  /// A tensor with every element equal to `value`.
  public init(repeating value: Float, shape: Shape) {
    self.init([Float](repeating: value, count: shape.count), shape: shape)
  }

  /// A tensor whose elements `initialize` writes; it must write all of them.
  public init(shape: Shape, initializingWith initialize: (UnsafeMutablePointer<Float>) -> Void) {
    self.shape = shape
    scalars = [Float](unsafeUninitializedCapacity: shape.count) { buffer, count in
      count = shape.count
      // An empty array has no storage and nothing to write.
      if let base = buffer.baseAddress, count > 0 { initialize(base) }
    }
  }

  /// The only element of a tensor of one element; traps otherwise.
  public var scalar: Float {
    precondition(shape.count == 1, "Tensor.scalar: shape \(shape) has \(shape.count) elements")
    return scalars[0]
  }

  /// The same elements under another shape of the same count.
  public func reshaped(to shape: Shape) -> Tensor { Tensor(scalars, shape: shape) }

  /// Changes the elements in place; the storage is copied only when it is shared.
  public mutating func withMutableScalars<Result>(
    _ body: (inout UnsafeMutableBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    try scalars.withUnsafeMutableBufferPointer { try body(&$0) }
  }

  /// Adds `right`, of the same shape, in place.
  public static func += (left: inout Tensor, right: Tensor) {
    precondition(left.shape == right.shape, "+=: shapes \(left.shape) and \(right.shape) differ")
    let count = left.shape.count
    left.scalars.withUnsafeMutableBufferPointer { sum in
      right.scalars.withUnsafeBufferPointer { addend in
        guard let sum = sum.baseAddress, let addend = addend.baseAddress else { return }
        cxr_add(sum, addend, count)
      }
    }
  }

  /// Whether both have the same shape and the same bits, so that `-0` differs from `0` and a NaN
  /// equals itself.
  public func hasSameBits(as other: Tensor) -> Bool {
    shape == other.shape
      && scalars.elementsEqual(other.scalars) { $0.bitPattern == $1.bitPattern }
  }
}
