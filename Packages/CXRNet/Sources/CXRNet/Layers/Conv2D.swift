import CXRParallel
import CXRTensor

/// A two-dimensional convolution: `[N, H, W, C]` → `[N, H′, W′, K]`, with H′ and W′ by `Padding`.
public struct Conv2D: Layer {
  /// `[R, S, C, K]`.
  public var kernel: Parameter
  /// `[K]`; `nil` where a normalisation that follows would take it out again.
  public var bias: Parameter?
  /// Pixels between windows, on both axes, at least 1; 1 unless said otherwise.
  public let stride: Int
  /// What happens at the border; whole windows only unless said otherwise.
  public let padding: Padding
  /// The kernel prepared for prediction, made once a kernel.
  let cache = KernelCache()

  /// Glorot-uniform kernel of `kernel × kernel`, and a zero bias or none.
  public init(
    from inputs: Int, to outputs: Int, kernel: Int, stride: Int = 1, padding: Padding = .valid,
    hasBias: Bool = true, random: RandomStream
  ) {
    self.kernel = Parameter(
      .glorotUniform([kernel, kernel, inputs, outputs], random: random.child("kernel")),
      role: .weight)
    bias = hasBias ? Parameter(Tensor(repeating: 0, shape: [outputs]), role: .bias) : nil
    self.stride = stride
    self.padding = padding
  }

  /// A given kernel `[R, S, C, K]` without a bias, with half a kernel of cells around.
  init(unbiased kernel: Tensor, stride: Int = 1) {
    self.kernel = Parameter(kernel, role: .weight)
    self.stride = stride
    let around = kernel.shape[1] / 2
    padding = .explicit(before: around, after: around)
  }

  public mutating func forEachParameter(
    at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
  ) {
    body(path / "kernel", &kernel)
    // Taken out and put back: a second holder would make every change in place a copy.
    if var own = bias.take() {
      body(path / "bias", &own)
      bias = own
    }
  }

  public func callAsFunction(_ input: Variable, in pass: inout Pass) -> Variable {
    if pass.mode == .training { cache.clear() }
    return input.convolved(
      kernel: pass[kernel], bias: bias.map { pass[$0] }, stride: stride, padding: padding,
      cache: pass.mode == .inference ? cache : nil)
  }

  public func outputShape(for shape: Shape) throws -> Shape {
    let k = kernel.value.shape
    guard shape.rank == 4, shape[3] == k[2] else {
      throw NetError.layerDoesNotFit(layer: kind, input: "\(shape)")
    }
    let rows = padding.output(size: shape[1], kernel: k[0], stride: stride).size
    let columns = padding.output(size: shape[2], kernel: k[1], stride: stride).size
    guard rows > 0, columns > 0 else {
      throw NetError.layerDoesNotFit(layer: kind, input: "\(shape)")
    }
    return [shape[0], rows, columns, k[3]]
  }

  public var kind: String {
    let k = kernel.value.shape
    return "Conv2D \(k[0])×\(k[1])" + (stride > 1 ? " /\(stride)" : "")
  }
}
