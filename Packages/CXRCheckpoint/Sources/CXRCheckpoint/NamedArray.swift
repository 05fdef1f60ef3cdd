/// A dense array of `Float` with a shape, last axis fastest.
public struct NamedArray: Sendable, Equatable {
  /// The name, such as `block1/conv/kernel`; letters, digits, `_`, `.`, `-` and `/`.
  public let name: String
  /// The size of each axis; `[]` is a scalar.
  public let shape: [Int]
  /// The elements.
  public let scalars: [Float]

  /// Makes an array; traps when the shape does not give the number of elements.
  public init(name: String, shape: [Int], scalars: [Float]) {
    precondition(
      shape.reduce(1, *) == scalars.count,
      "NamedArray \(name): \(scalars.count) scalars for shape \(shape)")
    (self.name, self.shape, self.scalars) = (name, shape, scalars)
  }
}
