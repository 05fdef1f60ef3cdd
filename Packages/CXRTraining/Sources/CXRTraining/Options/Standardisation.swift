import CXRImage
import CXRNet

/// What films are standardised by.
public enum Standardisation: Sendable, Equatable, CustomStringConvertible {
  /// Mean and deviation of the training films' pixels, as the reference.
  case training
  /// Given constants, shares of the full range of grey.
  case constants(FilmConstants)

  /// Where it stands among the options of a checkpoint.
  static let optionKey = "standardisation"

  /// ImageNet's: 0.449 and 0.226. A network whose three channels have constants of their own brings films to them.
  public static let imagenet = Standardisation.constants(.imagenet)

  /// What a text names: `training`, `imagenet`, or mean and deviation as `0.5,0.25`; `nil` for anything else.
  public init?(_ text: String) {
    switch text {
    case "training": self = .training
    case "imagenet": self = .imagenet
    default:
      let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
      guard numbers.count == 2, let mean = numbers[0], let deviation = numbers[1],
        (0...1).contains(mean), (1e-3...10).contains(deviation)
      else { return nil }
      self = .constants(FilmConstants(mean: mean, deviation: deviation))
    }
  }

  /// As it is given.
  public var description: String {
    switch self {
    case .training: "training"
    case .imagenet: "imagenet"
    case .constants(let constants): "\(constants.mean),\(constants.deviation)"
    }
  }

  /// Mean and deviation of grey levels, 0…255; `nil` where the training films say.
  var moments: PixelMoments? {
    guard case .constants(let constants) = self else { return nil }
    let deviation = constants.deviation * 255
    return PixelMoments(
      count: 1, mean: constants.mean * 255, squaredDeviations: deviation * deviation)
  }

  /// Refuses constants other than those that a network counts on.
  /// - Throws: ``TrainingError/invalidOption(_:)``.
  func validate(_ model: some FilmClassifier) throws {
    guard let constants = model.filmConstants, self != .constants(constants) else { return }
    throw TrainingError.invalidOption(
      Self.optionKey, description,
      needed:
        "the network counts on films standardised by a mean of \(constants.mean) and a deviation of "
        + "\(constants.deviation); give \(Standardisation.constants(constants))")
  }
}
