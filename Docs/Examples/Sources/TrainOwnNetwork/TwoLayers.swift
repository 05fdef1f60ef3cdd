import CXRNet
import CXRParallel
import CXRTensor

/// A convolution and a dense layer: the least network that a whole run takes.
struct TwoLayers: FilmClassifier {
  static let (name, defaults) = ("two-layers", ["channels": Setting.integer(8)])
  let (architecture, imageSize, labels): (Architecture, Int, Int)
  private var (body, head): (Sequential, Dense)

  init(_ architecture: Architecture, side: Int, labels: Int, random: RandomStream) throws {
    let width = try architecture.integer("channels", in: 1...1024)
    (self.architecture, imageSize, self.labels) = (architecture, side, labels)
    let conv = Conv2D(from: 1, to: width, kernel: 3, random: random.child("conv"))
    body = Sequential([("conv", conv), ("relu", Activation.relu), ("pool", MaxPool())])
    head = Dense(from: width, to: labels, random: random.child("head"))
  }
  mutating func forEachParameter(
    at path: ParameterPath, _ visit: (ParameterPath, inout Parameter) -> Void
  ) {
    body.forEachParameter(at: path, visit)
    head.forEachParameter(at: path / "head", visit)
  }
  func featureMaps(_ films: Variable, in pass: inout Pass) -> Variable { body(films, in: &pass) }
  func logits(ofFeatures features: Variable, in pass: inout Pass) -> Variable {
    pass.apply(head, named: "head", to: features)
  }
}
