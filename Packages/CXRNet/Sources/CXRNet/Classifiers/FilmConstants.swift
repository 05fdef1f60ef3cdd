/// Mean and deviation by which films are standardised, as shares of the full range of grey: 0 is black, 1 is white.
public struct FilmConstants: Sendable, Equatable {
  /// 0…1.
  public let mean: Double
  /// Above 0.
  public let deviation: Double

  /// Gathers them; traps on a deviation that is not above 0.
  public init(mean: Double, deviation: Double) {
    precondition(deviation > 0 && mean.isFinite, "FilmConstants: \(mean), \(deviation)")
    (self.mean, self.deviation) = (mean, deviation)
  }

  /// Those of ImageNet's three channels, red, green and blue, as torchvision has them.
  static let imagenetChannels = [
    FilmConstants(mean: 0.485, deviation: 0.229), FilmConstants(mean: 0.456, deviation: 0.224),
    FilmConstants(mean: 0.406, deviation: 0.225),
  ]
  /// Their means, for one channel: 0.449 and 0.226.
  public static let imagenet = FilmConstants(mean: 0.449, deviation: 0.226)
}
