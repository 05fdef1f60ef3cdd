/// Why a network cannot be built.
public enum NetError: Error, Equatable, CustomStringConvertible {
  /// The image is too small for the architecture.
  case imageTooSmall(size: Int, smallest: Int)
  /// A layer cannot follow what comes before it.
  case layerDoesNotFit(layer: String, input: String)

  /// The reason and the remedy.
  public var description: String {
    switch self {
    case .imageTooSmall(let size, let smallest):
      return "an image size of \(size) is too small for this network; "
        + "the smallest it can take is \(smallest)"
    case .layerDoesNotFit(let layer, let input):
      return "layer \(layer) does not fit an input of shape \(input)"
    }
  }
}
