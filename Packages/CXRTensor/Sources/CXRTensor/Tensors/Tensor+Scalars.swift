extension Tensor {
  /// A tensor's elements as a collection, last axis fastest. It keeps the elements alive and copies
  /// nothing; `Array(tensor.scalars)` copies.
  public struct Scalars: RandomAccessCollection, Equatable, ExpressibleByArrayLiteral,
    CustomStringConvertible, Sendable
  {
    let buffer: FloatBuffer

    init(buffer: FloatBuffer) { self.buffer = buffer }

    /// Elements of their own.
    public init(arrayLiteral elements: Float...) {
      self = Tensor(elements, shape: [elements.count]).scalars
    }

    /// As an array's.
    public var description: String { Array(self).description }

    public var startIndex: Int { 0 }
    public var endIndex: Int { buffer.count }
    public subscript(index: Int) -> Float {
      precondition(
        index >= 0 && index < buffer.count, "Tensor.scalars: \(index) of \(buffer.count)")
      return buffer.base[index]
    }

    /// Calls `body` with the elements' memory, which is a multiple of 64 bytes.
    public func withUnsafeBufferPointer<Result>(
      _ body: (UnsafeBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
      try withExtendedLifetime(buffer) {
        try body(UnsafeBufferPointer(start: buffer.base, count: buffer.count))
      }
    }

    public func withContiguousStorageIfAvailable<Result>(
      _ body: (UnsafeBufferPointer<Float>) throws -> Result
    ) rethrows -> Result? {
      try withUnsafeBufferPointer(body)
    }

    /// Whether the elements are equal, as numbers: a NaN equals nothing.
    public static func == (left: Scalars, right: Scalars) -> Bool { left.elementsEqual(right) }
  }
}
