import CXRTensor

/// Zeroes elements at random in training and scales the rest; the identity in inference.
public struct Dropout: ParameterlessLayer {
  /// The probability of zeroing, in 0…1.
  public let rate: Float

  /// Makes the layer; traps on a rate outside 0…1.
  public init(rate: Float) {
    precondition((0...1).contains(rate), "Dropout: rate \(rate) is outside 0...1")
    self.rate = rate
  }

  public func callAsFunction(_ input: Variable, in pass: inout Pass) -> Variable {
    guard pass.mode == .training else { return input }
    return input.dropout(rate: rate, random: pass.nextRandom())
  }

  public func outputShape(for shape: Shape) throws -> Shape { shape }

  public var kind: String { "Dropout \(rate)" }
}
