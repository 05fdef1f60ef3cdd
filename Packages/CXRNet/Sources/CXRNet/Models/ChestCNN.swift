import CXRTensor

/// The reference network for chest films: blocks of convolution, ReLU, 2×2 max-pooling and batch
/// normalisation, then global average pooling, dropout and one logit a label.
///
/// With its defaults and 14 labels it has 530,638 parameters, 530,158 of them trained.
///
///     let model = try ChestCNN(imageSize: 224, labels: 14, random: RandomStream(seed: 0))
///     var pass = Pass.inference()
///     let probabilities = model.probabilities(films, in: &pass)   // [N, 224, 224, 1] → [N, 14]
public struct ChestCNN: Layer {
  /// The side of the square input, in pixels.
  public let imageSize: Int
  /// Channels out of each block.
  public let channels: [Int]
  /// The side of every convolution kernel, in pixels.
  public let kernel: Int
  private var body: Sequential
  /// The blocks alone.
  var blocks: Sequential { Sequential(Array(body.layers.prefix(channels.count))) }
  /// The last layer.
  var head: any Layer { body.layers[body.layers.count - 1].layer }

  /// A model with fresh weights; `dropout` is the share of features that training zeroes.
  /// - Throws: ``NetError/imageTooSmall(size:smallest:)``.
  public init(
    imageSize: Int, labels: Int, channels: [Int] = [16, 32, 64, 128], kernel: Int = 7,
    dropout: Float = 0.2, random: RandomStream
  ) throws {
    precondition(
      labels > 0 && kernel > 0 && !channels.isEmpty && channels.allSatisfy { $0 > 0 },
      "ChestCNN: \(labels) labels, kernel \(kernel), channels \(channels)")
    try Self.checkImageSize(imageSize, blocks: channels.count, kernel: kernel)
    self.imageSize = imageSize
    self.channels = channels
    self.kernel = kernel
    var layers: [(name: String, layer: any Layer)] = []
    var inputs = 1
    for (i, outputs) in channels.enumerated() {
      let name = "block\(i + 1)"
      let random = random.child(name)
      layers.append(
        (
          name,
          Sequential([
            (
              "conv",
              Conv2D(from: inputs, to: outputs, kernel: kernel, random: random.child("conv"))
            ),
            ("relu", Activation.relu), ("pool", MaxPool()),
            ("norm", BatchNorm(channels: outputs)),
          ])
        ))
      inputs = outputs
    }
    layers += [
      ("pool", GlobalAveragePooling()), ("dropout", Dropout(rate: dropout)),
      ("head", Dense(from: inputs, to: labels, random: random.child("head"))),
    ]
    body = Sequential(layers)
  }

  /// The smallest side that leaves a pixel after the last block.
  public static func smallestImageSize(blocks: Int, kernel: Int) -> Int {
    (0..<blocks).reduce(1) { size, _ in size * 2 + kernel - 1 }
  }

  /// That of the reference network.
  public static let smallestImageSize = smallestImageSize(blocks: 4, kernel: 7)

  /// Checks a side before anything is built.
  /// - Throws: ``NetError/imageTooSmall(size:smallest:)``.
  public static func checkImageSize(_ imageSize: Int, blocks: Int = 4, kernel: Int = 7) throws {
    let smallest = smallestImageSize(blocks: blocks, kernel: kernel)
    guard imageSize >= smallest else {
      throw NetError.imageTooSmall(size: imageSize, smallest: smallest)
    }
  }

  public mutating func forEachParameter(
    at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
  ) {
    self.body.forEachParameter(at: path, body)
  }

  /// Standardised films `[N, imageSize, imageSize, 1]` → logits `[N, labels]`.
  public func callAsFunction(_ input: Variable, in pass: inout Pass) -> Variable {
    precondition(
      input.shape.rank == 4 && input.shape.dimensions[1...] == [imageSize, imageSize, 1],
      "ChestCNN: input \(input.shape) is not [N, \(imageSize), \(imageSize), 1]")
    return body(input, in: &pass)
  }

  /// Standardised films `[N, imageSize, imageSize, 1]` → probabilities `[N, labels]`.
  public func probabilities(_ films: Tensor, in pass: inout Pass) -> Tensor {
    self(Variable(films), in: &pass).sigmoid().value
  }

  public func outputShape(for shape: Shape) throws -> Shape { try body.outputShape(for: shape) }

  public var kind: String { "ChestCNN" }

  /// A table of every layer with its output shape and number of parameters, for one film.
  public var summary: String {
    // The initialiser has checked that every layer fits this size.
    (try? body.summary(for: [1, imageSize, imageSize, 1])) ?? ""
  }
}
