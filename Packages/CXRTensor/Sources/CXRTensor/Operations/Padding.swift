/// What a convolution does at the border.
public enum Padding: String, Sendable, Hashable {
  /// Only whole windows: output size ⌊(size − kernel) / stride⌋ + 1.
  case valid
  /// Zeros around, as TensorFlow places them (the odd one after): output size ⌈size / stride⌉.
  case same

  /// The output size along one axis, and the zeros before its first element.
  public func output(size: Int, kernel: Int, stride: Int) -> (size: Int, before: Int) {
    switch self {
    case .valid: return (size >= kernel ? (size - kernel) / stride + 1 : 0, 0)
    case .same:
      let output = (size + stride - 1) / stride
      return (output, max(0, (output - 1) * stride + kernel - size) / 2)
    }
  }
}
