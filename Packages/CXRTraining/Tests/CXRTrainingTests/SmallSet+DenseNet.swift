import CXRNet

@testable import CXRTraining

extension SmallSet {
  /// Settings of a small DenseNet.
  static let denseNet = [
    "growth": Setting.integer(3), "blocks": .integers([1, 1]), "bottleneck": .integer(2),
  ]

  /// An epoch of it, on films of 64 pixels a side.
  var denseNetOptions: TrainingOptions {
    var options = options
    options.architecture = Architecture("densenet121", Self.denseNet)
    options.preparation.imageSize = 64
    options.epochs = 1
    return options
  }

  /// The message of what an attempt throws; nothing where it succeeds.
  static func refusal(_ attempt: () throws -> Void) -> String {
    do {
      try attempt()
      return ""
    } catch {
      return "\(error)"
    }
  }
}
