import CXRParallel
import CXRTensor

/// A network from films to findings: all that training, evaluation, maps and files need to know of one.
///
/// It ends in feature maps, their means over rows and columns, and one logit a label of these means. Whoever
/// writes one gives a body and a head; summary, memory, receptive grid, checkpoints and every program follow:
///
/// ```swift
/// func known(with own: any FilmClassifier.Type) -> Architectures { .standard.adding(own) }
/// ```
public protocol FilmClassifier: Layer {
  /// As it is given on a command line, such as `chest-cnn`.
  static var name: String { get }
  /// As files record it; the same unless a network had another name before.
  static var recordedName: String { get }
  /// Every setting that it has, with the value that it has where none is given.
  static var defaults: [String: Setting] { get }

  /// A network with fresh weights.
  ///
  /// - Parameters:
  ///   - architecture: with every setting, of the kind of its default.
  ///   - side: of the square input, in pixels.
  ///   - labels: logits a film, at least 1.
  ///   - random: what the weights are drawn from.
  /// - Throws: ``NetError``.
  init(_ architecture: Architecture, side: Int, labels: Int, random: RandomStream) throws

  /// The record from which it is built again, with every setting.
  var architecture: Architecture { get }
  /// The side of the square input, in pixels.
  var imageSize: Int { get }
  /// The number of logits a film.
  var labels: Int { get }
  /// By what films must be standardised for it; `nil` where any constants do, as for a network that learns from them.
  var filmConstants: FilmConstants? { get }

  /// Standardised films `[N, side, side, 1]` → the last feature maps `[N, H, W, C]`.
  func featureMaps(_ films: Variable, in pass: inout Pass) -> Variable
  /// The maps' means `[N, C]` → logits `[N, labels]`. The same function takes the cells of a map one by one,
  /// `[N·H·W, C]`, to say where a finding is.
  func logits(ofFeatures features: Variable, in pass: inout Pass) -> Variable
}

extension FilmClassifier {
  public static var recordedName: String { name }
  public var filmConstants: FilmConstants? { nil }

  /// Standardised films `[N, side, side, 1]` → logits `[N, labels]`.
  public func callAsFunction(_ input: Variable, in pass: inout Pass) -> Variable {
    precondition(
      input.shape.rank == 4 && input.shape.dimensions[1...] == [imageSize, imageSize, 1],
      "\(Self.recordedName): input \(input.shape) is not [N, \(imageSize), \(imageSize), 1]")
    let maps = featureMaps(input, in: &pass)
    let features = pass.apply(GlobalAveragePooling(), named: "pool", to: maps)
    return logits(ofFeatures: features, in: &pass)
  }

  /// Standardised films `[N, side, side, 1]` → probabilities `[N, labels]`.
  public func probabilities(_ films: Tensor, in pass: inout Pass) -> Tensor {
    self(Variable(films), in: &pass).sigmoid().value
  }

  /// Reads standardised films `[N, side, side, 1]`; the logits are those of the network, bit for bit.
  public func reading(_ films: Tensor) -> FilmReading {
    var pass = Pass.inference()
    let maps = featureMaps(Variable(films), in: &pass).value
    let features = Variable(maps).globalAveragePooled().value
    return FilmReading(
      featureMaps: maps, features: features,
      logits: logits(ofFeatures: Variable(features), in: &pass).value)
  }

  /// How much each cell of the feature maps adds to each logit: class activation maps (Zhou et al., CVPR 2016),
  /// with the bias in every cell. Where logits are a linear function of features, as those of one dense layer,
  /// the mean over the cells is the logit.
  ///
  /// - Returns: `[N, H, W, labels]`.
  public func activationMaps(_ reading: FilmReading) -> Tensor {
    let shape = reading.featureMaps.shape
    var pass = Pass.inference()
    let cells = Variable(
      reading.featureMaps.reshaped(to: [shape[0] * shape[1] * shape[2], shape[3]]))
    let values = logits(ofFeatures: cells, in: &pass).value
    return values.reshaped(to: [shape[0], shape[1], shape[2], values.shape[1]])
  }

  public func outputShape(for shape: Shape) throws -> Shape {
    guard shape.rank == 4, shape.dimensions[1...] == [imageSize, imageSize, 1] else {
      throw NetError.layerDoesNotFit(layer: kind, input: "\(shape)")
    }
    return [shape[0], labels]
  }

  public var kind: String { Self.recordedName }
}
