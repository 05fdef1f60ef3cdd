import CXRParallel
import CXRTensor

/// A block of a residual network: ReLU of body(x) + x, or of body(x) + downsample(x), of the body's output shape (He, Zhang,
/// Ren and Sun, *Deep Residual Learning for Image Recognition*, CVPR 2016).
///
/// The body's parameters lie under its layers' names, the other's under `downsample`.
struct ResNetBlock: Layer {
  private var body: Sequential
  private var downsample: Sequential?

  /// - Parameters:
  ///   - body: ends in a normalisation.
  ///   - downsample: brings the input to the body's output shape; `nil` for the input as it is.
  init(body: Sequential, downsample: Sequential?) {
    (self.body, self.downsample) = (body, downsample)
  }

  mutating func forEachParameter(
    at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
  ) {
    self.body.forEachParameter(at: path, body)
    // Taken out and put back: a second holder would make every change in place a copy.
    if var own = downsample.take() {
      own.forEachParameter(at: path / "downsample", body)
      downsample = own
    }
  }

  func callAsFunction(_ input: Variable, in pass: inout Pass) -> Variable {
    if pass.fusesLayers, let norm = body.layers.last?.layer as? BatchNorm {
      let difference = Sequential(body.layers.dropLast())(input, in: &pass)
      return norm.rectified(difference, plus: shortcut(input, in: &pass), in: &pass)
    }
    let difference = body(input, in: &pass)
    return pass.apply(
      Activation.relu, named: "relu", to: difference + shortcut(input, in: &pass))
  }

  private func shortcut(_ input: Variable, in pass: inout Pass) -> Variable {
    downsample.map { pass.apply($0, named: "downsample", to: input) } ?? input
  }

  func outputShape(for shape: Shape) throws -> Shape {
    let output = try body.outputShape(for: shape)
    guard try downsample?.outputShape(for: shape) ?? shape == output else {
      throw NetError.layerDoesNotFit(layer: kind, input: "\(shape)")
    }
    return output
  }

  var kind: String { "ResNetBlock" }
}

/// What blocks a residual network is made of.
public protocol ResNetKind: Sendable {
  /// As it is given on a command line.
  static var name: String { get }
  /// Blocks a stage.
  static var blocks: [Int] { get }
  /// Channels out of a block, as a multiple of its width.
  static var expansion: Int { get }
}

/// ResNet-18: blocks of two 3×3 convolutions, the first with the stride.
public enum ResNet18Kind: ResNetKind {
  public static let name = "resnet18"
  public static let blocks = [2, 2, 2, 2]
  public static let expansion = 1
}

/// ResNet-50: blocks of 1×1, 3×3, which has the stride, and 1×1, as torchvision's.
public enum ResNet50Kind: ResNetKind {
  public static let name = "resnet50"
  public static let blocks = [3, 4, 6, 3]
  public static let expansion = 4
}
