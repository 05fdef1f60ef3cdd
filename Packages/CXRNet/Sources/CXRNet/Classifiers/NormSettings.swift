/// How all normalisations of a network are made, as its record says: `norm_epsilon`, `norm_momentum` and
/// `norm_variance`.
struct NormSettings {
  let epsilon: Double
  let momentum: Double
  let variance: RunningVariance

  static let epsilonKey = "norm_epsilon"

  /// The settings with their defaults.
  static func defaults(
    epsilon: Double, momentum: Double, variance: RunningVariance
  ) -> [String: Setting] {
    [
      epsilonKey: .number(epsilon), "norm_momentum": .number(momentum),
      "norm_variance": .text(variance.rawValue),
    ]
  }

  /// - Throws: ``NetError/invalidSetting(network:key:value:allowed:)``.
  init(_ architecture: Architecture) throws {
    epsilon = try architecture.number(Self.epsilonKey, in: 1e-8...1)
    momentum = try architecture.number("norm_momentum", in: 0...0.99999)
    let word = try architecture.word(
      "norm_variance", of: RunningVariance.allCases.map(\.rawValue))
    variance = RunningVariance(rawValue: word) ?? .biased
  }

  func norm(_ channels: Int) -> BatchNorm {
    BatchNorm(
      channels: channels, momentum: Float(momentum), epsilon: Float(epsilon),
      runningVariance: variance)
  }
}
