extension Tensor: CustomStringConvertible {
  /// How many elements are written; of more, the first.
  private static let mostElements = 100

  /// The shape and the elements, in brackets by axis: `[2, 2]: [[1.0, 2.0], [3.0, 4.0]]`. Of more than a hundred elements the
  /// first hundred.
  public var description: String {
    var written = 0
    func text(_ axis: Int, _ start: Int, _ stride: Int) -> String {
      guard axis < shape.rank else {
        written += 1
        return "\(scalars[start])"
      }
      let inner = stride / Swift.max(1, shape[axis])
      var parts: [String] = []
      for place in 0..<shape[axis] {
        guard written < Self.mostElements else {
          parts.append("…")
          break
        }
        parts.append(text(axis + 1, start + place * inner, inner))
      }
      return "[" + parts.joined(separator: ", ") + "]"
    }
    return "\(shape): \(text(0, 0, shape.count))"
  }
}
