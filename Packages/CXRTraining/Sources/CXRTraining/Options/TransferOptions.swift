import CXRNet

/// What a run takes from another network, and what of it is left as it is.
public struct TransferOptions: Sendable, Equatable {
  /// Of the file that the first weights are taken from, as ``InitialWeights`` reads it; `nil` for fresh ones.
  public var initialWeightsSHA256: String?
  /// Layers and parameters that are not trained, by path, such as `features/denseblock1`: all that lies under one. A
  /// normalisation among them uses the averages that it has.
  public var frozen: [String] = []
  /// Whether all but the head is frozen.
  public var headOnly = false
  /// The head's learning rate of the first epoch, above 0; the others' where none is given.
  public var headLearningRate: Double?

  /// Fresh weights, all trained, at one rate.
  public init() {}

  /// Checks the options by a network's parameters.
  /// - Throws: ``TrainingError/invalidOption(_:)``.
  func validate(_ model: some FilmClassifier) throws {
    let paths = model.parameters.map(\.path.description)
    for name in frozen where !paths.contains(where: { Self.lies($0, under: name) }) {
      let first = Self.names(of: paths, under: name)
      throw TrainingError.invalidOption(
        "freeze", name,
        needed: "no parameter lies there; there are \(first.joined(separator: ", "))")
    }
    for (path, parameter) in model.parameters
    where parameter.role == .statistic && frozen.contains(path.description) {
      let layer = path.description.split(separator: "/").dropLast().joined(separator: "/")
      throw TrainingError.invalidOption(
        "freeze", path.description,
        needed: "mean and variance stay or move together; freeze the normalisation, \(layer)")
    }
    let head = model.headParameters
    let trained = model.parameters.filter {
      $0.parameter.role != .statistic && !isFrozen($0.path.description, head: head)
    }
    guard !trained.isEmpty else {
      throw TrainingError.invalidOption(
        "freeze", frozen.joined(separator: ","),
        needed: "nothing is left to train; freeze less")
    }
  }

  /// Whether a parameter is not trained, given the paths of the head's.
  func isFrozen(_ path: String, head: Set<String>) -> Bool {
    (headOnly && !head.contains(path)) || frozen.contains { Self.lies(path, under: $0) }
  }

  private static func lies(_ path: String, under name: String) -> Bool {
    path == name || path.hasPrefix(name + "/")
  }

  /// What is there as far down as a name is right, for messages.
  private static func names(of paths: [String], under name: String) -> [String] {
    let parts = name.split(separator: "/").map(String.init)
    var (known, depth) = (paths, 0)
    while depth < parts.count {
      let next = known.filter { lies($0, under: parts[0...depth].joined(separator: "/")) }
      guard !next.isEmpty else { break }
      (known, depth) = (next, depth + 1)
    }
    var seen: Set<String> = []
    return known.map { $0.split(separator: "/").prefix(depth + 1).joined(separator: "/") }
      .filter { seen.insert($0).inserted }
  }

  static let initialWeightsKey = "initial-weights"
  static let fresh = "fresh"

  /// As text, for a resumed run to compare.
  var comparable: [String: String] {
    [
      Self.initialWeightsKey: initialWeightsSHA256 ?? Self.fresh,
      "freeze": frozen.isEmpty ? "nothing" : frozen.joined(separator: ","),
      "head-only": headOnly ? "on" : "off",
      "head-learning-rate": headLearningRate.map { "\($0)" } ?? "as the others",
    ]
  }
}
