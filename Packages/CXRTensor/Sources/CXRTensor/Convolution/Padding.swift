/// What a convolution or a pooling does at the border.
public enum Padding: Sendable, Hashable {
  /// Only whole windows: output size ⌊(size − kernel) / stride⌋ + 1.
  case valid
  /// Cells around, as TensorFlow places them (the odd one after): output size ⌈size / stride⌉.
  case same
  /// So many cells before the first and after the last, on both axes, as PyTorch's `padding` has them:
  /// output size ⌊(size + before + after − kernel) / stride⌋ + 1. Neither is negative.
  case explicit(before: Int, after: Int)

  /// The output size along one axis, 0 where the kernel does not fit, and the cells before its first
  /// element.
  public func output(size: Int, kernel: Int, stride: Int) -> (size: Int, before: Int) {
    switch self {
    case .valid: return (size >= kernel ? (size - kernel) / stride + 1 : 0, 0)
    case .same:
      let output = (size + stride - 1) / stride
      return (output, max(0, (output - 1) * stride + kernel - size) / 2)
    case .explicit(let before, let after):
      precondition(
        before >= 0 && after >= 0,
        "Padding: \(before) before and \(after) after, of which one is negative")
      let padded = size + before + after
      return (padded >= kernel ? (padded - kernel) / stride + 1 : 0, before)
    }
  }

  /// Whether no more than half of a pooling's window can hang over the border, so that every window holds
  /// an element, as PyTorch asks; ``same`` never has more.
  public func suits(window: Int) -> Bool {
    switch self {
    case .valid, .same: true
    case .explicit(let before, let after):
      min(before, after) >= 0 && max(before, after) <= window / 2
    }
  }
}
