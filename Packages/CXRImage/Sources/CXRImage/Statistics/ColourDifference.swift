import CFilmCodec

/// How far a film that may have colours is from grey.
public struct ColourDifference: Sendable, Equatable, Codable {
  /// The largest difference between two colours of a pixel, in levels; for JPEG the largest distance of a
  /// colour difference from its middle.
  public let largest: Int
  /// The share of pixels that differ by more than 2 levels, in 0…1.
  public let share: Double

  /// Decodes a PNG or JPEG film in colour and compares; `nil` where it cannot be decoded, and of formats without colours.
  public init?(_ bytes: [UInt8]) {
    var (largest, count, total): (Int, Int, Int) = (0, 0, 0)
    let failed =
      switch FileFormat(bytes) {
      case .film(.png): film_png_colour_difference(bytes, bytes.count, &largest, &count, &total)
      case .film(.jpeg): film_jpeg_colour_difference(bytes, bytes.count, &largest, &count, &total)
      default: Int32(1)
      }
    guard failed == 0, total > 0 else { return nil }
    (self.largest, share) = (largest, Double(count) / Double(total))
  }
}
