import CXRParallel
import CXRTensor

/// The first convolution of a network whose input has one channel or three: films have one, `[N, H, W, 1]` →
/// `[N, H′, W′, K]`.
///
/// Three channels of the same values are as one channel with the sum of the kernels. Where each channel has constants of
/// its own, x·a + b of a film's x, the factors go into that sum, and the offsets add a map of their own, smaller at the
/// border, where kernels reach beyond the film.
struct FilmConvolution: Layer {
  /// What the channels of the network's input are.
  enum Channels: String, CaseIterable {
    /// The film, standardised.
    case same
    /// The film, standardised by ``FilmConstants/imagenet``, brought to ImageNet's constants of the channel.
    case imagenet
  }

  var conv: Conv2D
  let channels: Channels

  mutating func forEachParameter(
    at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
  ) {
    conv.forEachParameter(at: path, body)
  }

  func callAsFunction(_ input: Variable, in pass: inout Pass) -> Variable {
    let kernel = pass[conv.kernel]
    guard kernel.shape[2] > 1 else { return conv(input, in: &pass) }
    func convolved(_ input: Variable, by factors: [Float]?) -> Variable {
      let weighed =
        factors.map { kernel * Variable(Tensor($0, shape: [1, 1, $0.count, 1])) } ?? kernel
      return input.convolved(
        kernel: weighed.sum(over: [2], keepingAxes: true), stride: conv.stride,
        padding: conv.padding)
    }
    guard channels == .imagenet else { return convolved(input, by: nil) }
    let ones = Tensor(repeating: 1, shape: [1, input.shape[1], input.shape[2], 1])
    return convolved(input, by: Self.imagenet.map(\.factor))
      + convolved(Variable(ones, in: pass.shares), by: Self.imagenet.map(\.offset))
  }

  /// What takes a standardised film to a channel's input.
  static let imagenet = FilmConstants.imagenetChannels.map { channel in
    let film = FilmConstants.imagenet
    return (
      factor: Float(film.deviation / channel.deviation),
      offset: Float((film.mean - channel.mean) / channel.deviation)
    )
  }

  func outputShape(for shape: Shape) throws -> Shape {
    guard shape.rank == 4, shape[3] == 1 else {
      throw NetError.layerDoesNotFit(layer: kind, input: "\(shape)")
    }
    return try conv.outputShape(
      for: [shape[0], shape[1], shape[2], conv.kernel.value.shape[2]])
  }

  var kind: String { conv.kind }
}

/// A network's first convolution as its record says: `input_channels` and `input_constants`.
struct FilmInput {
  let count: Int
  let channels: FilmConvolution.Channels

  static let constantsKey = "input_constants"
  static let defaults: [String: Setting] = [
    "input_channels": .integer(1),
    constantsKey: .text(FilmConvolution.Channels.same.rawValue),
  ]

  /// - Throws: ``NetError/invalidSetting(network:key:value:allowed:)``.
  init(_ architecture: Architecture) throws {
    count = try architecture.integer("input_channels", in: 1...3)
    let word = try architecture.word(
      Self.constantsKey, of: FilmConvolution.Channels.allCases.map(\.rawValue))
    channels = FilmConvolution.Channels(rawValue: word) ?? .same
    guard count != 2, count == 3 || channels == .same else {
      throw NetError.invalidSetting(
        network: architecture.name, key: count == 2 ? "input_channels" : Self.constantsKey,
        value: count == 2 ? "2" : word,
        allowed: count == 2 ? "1 or 3" : "same where input_channels is 1")
    }
  }

  /// A convolution of 7×7 at stride 2 with three cells around.
  func convolution(to outputs: Int, random: RandomStream) -> FilmConvolution {
    FilmConvolution(
      conv: Conv2D(
        unbiased: .heNormal([7, 7, count, outputs], random: random.child("kernel")), stride: 2),
      channels: channels)
  }

  /// By what films must be standardised; `nil` for any constants.
  var constants: FilmConstants? { channels == .imagenet ? .imagenet : nil }
}
