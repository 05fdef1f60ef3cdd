/// Named arrays and a text in one zlib-compressed, checksummed file that `numpy.load` opens, and that may be one of
/// `numpy.savez`.
///
/// The file is a ZIP archive: one deflated `.npy` member an array, `metadata.json` for the text, a
/// CRC-32 a member.
///
/// ```swift
/// let array = NamedArray(name: "bias", shape: [2], scalars: [0.5, -0.5])
/// try Checkpoint(arrays: [array], metadata: "{}").write(to: "best.npz")
/// let restored = try Checkpoint(path: "best.npz")
/// ```
public struct Checkpoint: Sendable, Equatable {
  /// The arrays, in file order.
  public let arrays: [NamedArray]
  /// The text of `metadata.json`; `{}` of a file that has none, as NumPy's.
  public let metadata: String

  /// What the file says it holds, before its arrays are unpacked.
  public struct Outline: Sendable {
    /// The text of `metadata.json`; `{}` of a file that has none.
    public let metadata: String
    /// Name and shape of each array, in file order.
    public let arrays: [(name: String, shape: [Int])]
  }

  /// Makes a checkpoint of any arrays; what cannot be written, such as two arrays of one name, is refused by
  /// ``write(to:limits:)``.
  public init(arrays: [NamedArray], metadata: String) {
    (self.arrays, self.metadata) = (arrays, metadata)
  }

  /// Makes a checkpoint of plain values, as ``init(arrays:metadata:)``; traps where a shape does not give the number
  /// of elements.
  ///
  /// ```swift
  /// // What `namedArrays` of CXRNet's modules gives, and `load` takes.
  /// try Checkpoint([(name: "bias", shape: [2], scalars: [0.5, -0.5])]).write(to: "net.npz")
  /// print(try Checkpoint(path: "net.npz").namedArrays[0].scalars)
  /// ```
  public init(
    _ arrays: [(name: String, shape: [Int], scalars: [Float])], metadata: String = "{}"
  ) {
    self.init(
      arrays: arrays.map { NamedArray(name: $0.name, shape: $0.shape, scalars: $0.scalars) },
      metadata: metadata)
  }

  /// The arrays as plain values.
  public var namedArrays: [(name: String, shape: [Int], scalars: [Float])] {
    arrays.map { ($0.name, $0.shape, $0.scalars) }
  }

  /// What the file says it holds.
  public var outline: Outline {
    Outline(metadata: metadata, arrays: arrays.map { ($0.name, $0.shape) })
  }

  /// The array called `name`, the first of them if several are.
  public subscript(name: String) -> NamedArray? { arrays.first { $0.name == name } }
}
