/// A decoded film: 8-bit grey, rows from the top, 0 black to 255 white.
public struct GreyFilm: Sendable, Equatable {
  /// The number of rows, in pixels.
  public let height: Int
  /// The number of columns, in pixels.
  public let width: Int
  /// `height · width` levels, row by row.
  public let pixels: [UInt8]

  /// Makes a film; traps when the sizes do not give the number of pixels.
  public init(height: Int, width: Int, pixels: [UInt8]) {
    precondition(
      height > 0 && width > 0 && height * width == pixels.count,
      "GreyFilm: \(pixels.count) pixels for \(height) × \(width)")
    (self.height, self.width, self.pixels) = (height, width, pixels)
  }
}

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
