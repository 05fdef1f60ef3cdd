/// A place on a film.
public struct FilmPlace: Sendable, Equatable {
  /// From the left edge, as a share of the width.
  public let x: Double
  /// From the upper edge, as a share of the height.
  public let y: Double

  /// At `x` and `y`.
  public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
}
