/// A decoded film: 8-bit grey, rows from the top, 0 black to 255 white; of a deeper film also what its 8 bits
/// were cut from.
public struct GreyFilm: Sendable, Equatable {
  /// The number of rows, in pixels.
  public let height: Int
  /// The number of columns, in pixels.
  public let width: Int
  /// `height · width` levels, row by row.
  public let pixels: [UInt8]
  /// `height · width` levels in 1/256 of a level, of which ``pixels`` are the upper 8 bits; `nil` where the film
  /// has no more than those. ``resized(height:width:method:)`` uses them.
  public let fineLevels: [UInt16]?

  /// Makes a film; traps when the sizes do not give the number of pixels.
  public init(height: Int, width: Int, pixels: [UInt8]) {
    precondition(
      height > 0 && width > 0 && height * width == pixels.count,
      "GreyFilm: \(pixels.count) pixels for \(height) × \(width)")
    (self.height, self.width, self.pixels, fineLevels) = (height, width, pixels, nil)
  }

  /// Makes a film of 16 bits; traps when the sizes do not give the number of levels.
  ///
  /// - Parameters:
  ///   - height: in pixels.
  ///   - width: in pixels.
  ///   - fineLevels: in 1/256 of a level.
  public init(height: Int, width: Int, fineLevels: [UInt16]) {
    precondition(
      height > 0 && width > 0 && height * width == fineLevels.count,
      "GreyFilm: \(fineLevels.count) levels for \(height) × \(width)")
    (self.height, self.width, self.fineLevels) = (height, width, fineLevels)
    pixels = fineLevels.map { UInt8($0 >> 8) }
  }
}
