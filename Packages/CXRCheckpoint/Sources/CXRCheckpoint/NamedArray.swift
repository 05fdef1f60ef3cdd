/// A dense array of `Float` with a shape, last axis fastest.
public struct NamedArray: Sendable, Equatable {
  /// The name, such as `block1/conv/kernel`, `conv:0` or `größe`: any text, as NumPy takes it.
  ///
  /// ``Checkpoint/write(to:limits:)`` refuses, by an error, a name that a reader would refuse: of more than 65,531 bytes
  /// of UTF-8, with control characters or such as turn a text's direction, that leads out of a folder (`../a`, `/a`,
  /// `C:\a`), of which there are two, or that NumPy would take for another's (`metadata.json`; `a.npy` beside `a`).
  /// Names are one where they differ only in how an accent is composed.
  public let name: String
  /// The size of each axis; `[]` is a scalar.
  public let shape: [Int]
  /// The elements.
  public let scalars: [Float]

  /// Makes an array; traps when the shape does not give the number of elements.
  public init(name: String, shape: [Int], scalars: [Float]) {
    precondition(
      Self.count(shape) == scalars.count,
      "NamedArray \(name): \(scalars.count) scalars for shape \(shape)")
    (self.name, self.shape, self.scalars) = (name, shape, scalars)
  }

  /// How many elements a shape has; `nil` where a size is negative or there are more than a machine can count.
  static func count(_ shape: [Int]) -> Int? {
    var (count, isEmpty) = (1, false)
    for size in shape {
      guard size >= 0 else { return nil }
      // As NumPy counts: an empty axis does not excuse the others.
      if size == 0 {
        isEmpty = true
        continue
      }
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow else { return nil }
      count = product
    }
    return isEmpty ? 0 : count
  }
}
