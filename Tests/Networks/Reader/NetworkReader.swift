import CXRCheckpoint
import CXRNet
import CXRParallel
import CXRTensor
import CXRTraining

/// Answers what `Tests/Networks/judge.py` asks of a checkpoint's network: `MODE CHECKPOINT INPUT OUTPUT`, where the input
/// holds `films` `[N, side, side, 1]` and `labels` `[N, K]`.
@main
struct NetworkReader {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard arguments.count == 4, let mode = Mode(rawValue: arguments[0]) else {
      throw Usage()
    }
    let input = try Checkpoint(path: arguments[2]).arrays
    func tensor(_ name: String) throws -> Tensor {
      guard let array = input.first(where: { $0.name == name }) else { throw Usage() }
      return Tensor(array.scalars, shape: Shape(array.shape))
    }
    let (films, labels) = (try tensor("films"), try tensor("labels"))
    let model = try ChestClassifier(path: arguments[1]).model
    let answers =
      switch mode {
      case .logits: [named("logits", model.reading(films).logits)]
      case .maps: [named("maps", model.activationMaps(model.reading(films)))]
      case .gradientsTraining: gradients(of: model, films, labels, isFrozen: false)
      case .gradientsFrozen: gradients(of: model, films, labels, isFrozen: true)
      case .steps: try steps(of: model, films, labels, isFrozen: false)
      case .stepsFrozen: try steps(of: model, films, labels, isFrozen: true)
      }
    try Checkpoint(arrays: answers, metadata: "{}").write(to: arguments[3])
  }

  enum Mode: String {
    case logits, maps, steps
    case gradientsTraining = "gradients-training"
    case gradientsFrozen = "gradients-frozen"
    case stepsFrozen = "steps-frozen"
  }

  struct Usage: Error, CustomStringConvertible {
    let description = "network-reader MODE CHECKPOINT INPUT OUTPUT"
  }

  private static func named(_ name: String, _ tensor: Tensor) -> NamedArray {
    NamedArray(name: name, shape: tensor.shape.dimensions, scalars: Array(tensor.scalars))
  }

  /// Loss and gradients, with the batch's statistics or stored ones.
  private static func pass(
    _ model: some FilmClassifier, _ films: Tensor, _ labels: Tensor, isFrozen: Bool
  ) -> Gradients {
    let statistics = Set(
      model.parameters.filter { $0.parameter.role == .statistic }.map(\.path))
    return model.gradients(
      random: RandomStream(seed: 0), freezing: { isFrozen && statistics.contains($0) }
    ) { model, pass in
      model(Variable(films, in: pass.shares), in: &pass).binaryCrossEntropy(labels: labels)
    }
  }

  private static func gradients(
    of model: some FilmClassifier, _ films: Tensor, _ labels: Tensor, isFrozen: Bool
  ) -> [NamedArray] {
    let found = pass(model, films, labels, isFrozen: isFrozen)
    var answers = [NamedArray(name: "loss", shape: [1], scalars: [found.loss])]
    for (slot, place) in model.parameters.enumerated() {
      if let gradient = found.tensors[slot] {
        answers.append(named("gradient/\(place.path)", gradient))
      } else if let statistic = found.statistics[slot] {
        answers.append(named("statistic/\(place.path)", statistic))
      }
    }
    return answers
  }

  /// Ten steps of SGD with a rate of 0.01 and PyTorch's momentum of 0.9, on eight films each.
  private static func steps(
    of model: some FilmClassifier, _ films: Tensor, _ labels: Tensor, isFrozen: Bool
  ) throws -> [NamedArray] {
    var model = model
    var optimizer = SGD(for: model, momentum: 0.9, form: .rateOutside)
    func part(_ tensor: Tensor, _ step: Int) -> Tensor {
      let each = tensor.shape.count / tensor.shape[0]
      return Tensor(
        tensor.scalars[step * 8 * each..<(step + 1) * 8 * each],
        shape: Shape([8] + tensor.shape.dimensions.dropFirst()))
    }
    let losses = (0..<10).map { step -> Float in
      let found = pass(model, part(films, step), part(labels, step), isFrozen: isFrozen)
      optimizer.update(&model, with: found, learningRate: 0.01)
      model.setStatistics(found)
      return found.loss
    }
    return [NamedArray(name: "losses", shape: [10], scalars: losses)]
  }
}
