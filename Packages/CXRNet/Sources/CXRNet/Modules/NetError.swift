/// Why a network or its optimizer cannot be built.
public enum NetError: Error, Equatable, CustomStringConvertible {
  /// The image is too small for the architecture.
  case imageTooSmall(size: Int, smallest: Int)
  /// No network is called so.
  case unknownNetwork(name: String, known: [String])
  /// What should be KEY=VALUE is not.
  case notASetting(String)
  /// The network has no such setting.
  case unknownSetting(network: String, key: String, known: [String])
  /// A setting is of another kind, or outside its range.
  case invalidSetting(network: String, key: String, value: String, allowed: String)
  /// Arrays are not those of the network: what is wrong with each.
  case arraysDoNotFit([String])
  /// A layer cannot follow what comes before it.
  case layerDoesNotFit(layer: String, input: String)
  /// There is no optimizer of that name.
  case unknownOptimizer(String, known: [String])
  /// An optimizer is not made with anything of that name.
  case unknownOptimizerOption(String, optimizer: String, known: [String])
  /// An optimizer cannot be made with this.
  case optimizerOption(String, optimizer: String, value: String, allowed: String)

  /// The reason and the remedy.
  public var description: String {
    switch self {
    case .imageTooSmall(let size, let smallest):
      return "an image size of \(size) is too small for this network; "
        + "the smallest it can take is \(smallest)"
    case .unknownNetwork(let name, let known):
      return "no network is called \(name); known are \(known.joined(separator: ", "))"
    case .notASetting(let text):
      return "architecture \(text): KEY=VALUE is needed, as in channels=16,32,64,128"
    case .unknownSetting(let network, let key, let known):
      return "\(network) has no setting \(key); it has \(known.joined(separator: ", "))"
    case .invalidSetting(let network, let key, let value, let allowed):
      return "\(network): \(key)=\(value): needed is \(allowed)"
    case .arraysDoNotFit(let problems):
      return "the arrays are not the network's: " + problems.joined(separator: "; ")
    case .layerDoesNotFit(let layer, let input):
      return "layer \(layer) does not fit an input of shape \(input)"
    case .unknownOptimizer(let name, let known):
      return "there is no optimizer \"\(name)\"; choose one of \(known.joined(separator: ", "))"
    case .unknownOptimizerOption(let option, let optimizer, let known):
      return "the optimizer \(optimizer) has no setting \"\(option)\"; it has "
        + "\(known.joined(separator: ", ")): correct the name or leave it out"
    case .optimizerOption(let option, let optimizer, let value, let allowed):
      return "\(option) of the optimizer \(optimizer) is \"\(value)\", but may be \(allowed): "
        + "correct it, or leave it out for the default"
    }
  }
}
