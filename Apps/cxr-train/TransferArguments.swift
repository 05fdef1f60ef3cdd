import ArgumentParser
import CXRCommandLine
import CXRFiles
import CXRTraining

/// What a run takes from another network.
struct TransferArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A checkpoint whose arrays the network begins with where name and shape fit; the rest is fresh. Both are listed.",
      valueName: "file"),
    completion: .file(extensions: ["npz"]))
  var initialWeights: String?
  @Option(
    help: ArgumentHelp(
      "Layers that are not trained, such as features/denseblock1; their batch normalisation uses the averages it has. Names are separated by commas.",
      valueName: "names"))
  var freeze: NameList?
  @Flag(help: "Train the head alone: all before it is frozen.")
  var headOnly = false
  @Option(
    help: ArgumentHelp("The head's learning rate of the first epoch. (default: the others')"))
  var headLearningRate: Double?

  func validate() throws {
    try freeze?.validate("--freeze")
    if let initialWeights, initialWeights.isEmpty {
      throw ValidationError("--initial-weights: a file is needed")
    }
  }

  var options: TransferOptions {
    var options = TransferOptions()
    options.frozen = freeze?.names ?? []
    options.headOnly = headOnly
    options.headLearningRate = headLearningRate
    return options
  }

  /// Reads the file, unless a run goes on that has its weights: then only a file that is given anew is compared.
  func read(_ resumption: Resumption?, into options: inout TransferOptions) throws
    -> InitialWeights?
  {
    guard let initialWeights else { return nil }
    guard let resumption else {
      let weights = try InitialWeights(path: initialWeights)
      options.initialWeightsSHA256 = weights.sha256
      return weights
    }
    let isGivenAnew = CommandLine.arguments.contains { $0.hasPrefix("--initial-weights") }
    options.initialWeightsSHA256 =
      isGivenAnew
      ? try InitialWeights.digest(of: initialWeights) : resumption.initialWeightsSHA256
    return nil
  }

  /// What a run is repeated with.
  var commandLine: [(String, JSONValue)] {
    [
      ("initial-weights", .string(orNull: initialWeights.map(absolutePath))),
      ("freeze", .strings(freeze?.names ?? [])), ("head-only", .bool(headOnly)),
      ("head-learning-rate", .number(orNull: headLearningRate)),
    ]
  }
}
