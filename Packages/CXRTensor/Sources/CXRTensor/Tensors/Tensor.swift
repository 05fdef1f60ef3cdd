import CXRParallel

/// A dense array of `Float` with a shape: a copy-on-write value, contiguous, last axis fastest.
///
/// There are no strides, views or element types on purpose: every operation sees the same layout. The
/// memory of a tensor that goes away is kept for the next ones.
///
/// ```swift
/// let image = Tensor(repeating: 0, shape: [1, 224, 224, 1])
/// ```
public struct Tensor: Sendable {
  /// The sizes of the axes.
  public let shape: Shape
  private(set) var buffer: FloatBuffer

  /// The elements, last axis fastest.
  public var scalars: Scalars { Scalars(buffer: buffer) }

  /// A tensor of what a buffer of `shape.count` elements holds.
  init(buffer: FloatBuffer, shape: Shape) {
    precondition(buffer.count == shape.count, "Tensor: \(buffer.count) scalars for shape \(shape)")
    (self.buffer, self.shape) = (buffer, shape)
  }

  /// Makes a tensor of `shape.count` elements; traps on another number of them.
  public init(_ scalars: some Collection<Float>, shape: Shape) {
    precondition(
      scalars.count == shape.count, "Tensor: \(scalars.count) scalars cannot fill shape \(shape)")
    self.init(shape: shape) { base in
      let target = UnsafeMutableBufferPointer(start: base, count: shape.count)
      _ = target.initialize(fromContentsOf: scalars)
    }
  }

  /// A tensor with every element equal to `value`.
  public init(repeating value: Float, shape: Shape) {
    self.init(shape: shape) { base in
      Parallel.forEachBlock(of: shape.count, size: elementwiseBlock) {
        (base + $0.lowerBound).update(repeating: value, count: $0.count)
      }
    }
  }

  /// A tensor whose elements `initialize` writes; it must write all of them.
  public init(
    shape: Shape, initializingWith initialize: (UnsafeMutablePointer<Float>) throws -> Void
  ) rethrows {
    self.init(buffer: FloatBuffer(count: shape.count), shape: shape)
    if shape.count > 0 { try initialize(buffer.base) }
  }

  /// The only element of a tensor of one element; traps otherwise.
  public var scalar: Float {
    precondition(shape.count == 1, "Tensor.scalar: shape \(shape) has \(shape.count) elements")
    return buffer.base[0]
  }

  /// The same elements under another shape of the same count.
  public func reshaped(to shape: Shape) -> Tensor {
    precondition(
      shape.count == self.shape.count,
      "Tensor: \(self.shape.count) scalars cannot fill shape \(shape)")
    return Tensor(buffer: buffer, shape: shape)
  }

  /// Changes the elements in place; the storage is copied only when it is shared.
  public mutating func withMutableScalars<Result>(
    _ body: (inout UnsafeMutableBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    if !isKnownUniquelyReferenced(&buffer) {
      let copy = FloatBuffer(count: shape.count)
      let source = buffer.base
      Parallel.forEachBlock(of: shape.count, size: elementwiseBlock) {
        (copy.base + $0.lowerBound).update(from: source + $0.lowerBound, count: $0.count)
      }
      buffer = copy
    }
    var elements = UnsafeMutableBufferPointer(start: buffer.base, count: shape.count)
    return try withExtendedLifetime(buffer) { try body(&elements) }
  }

  /// Whether both have the same shape and the same bits, so that `-0` differs from `0` and a NaN
  /// equals itself.
  public func hasSameBits(as other: Tensor) -> Bool {
    shape == other.shape
      && scalars.elementsEqual(other.scalars) { $0.bitPattern == $1.bitPattern }
  }
}
