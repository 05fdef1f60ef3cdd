/// A resized film: one `Float` a pixel, rows from the top, in grey levels 0…255 unless standardised.
public struct FilmPlane: Sendable, Equatable {
  /// The number of rows, in pixels.
  public let height: Int
  /// The number of columns, in pixels.
  public let width: Int
  /// `height · width` values, row by row.
  public var values: [Float]

  /// Makes a plane; traps when the sizes do not give the number of values.
  public init(height: Int, width: Int, values: [Float]) {
    precondition(
      height > 0 && width > 0 && height * width == values.count,
      "FilmPlane: \(values.count) values for \(height) × \(width)")
    (self.height, self.width, self.values) = (height, width, values)
  }
}

extension GreyFilm {
  /// A resized film in whole levels, the nearest; beyond 0…255 the nearest end.
  public init(_ plane: FilmPlane) {
    self.init(
      height: plane.height, width: plane.width,
      pixels: plane.values.map { UInt8(min(max($0.rounded(), 0), 255)) })
  }
}
