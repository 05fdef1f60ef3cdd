/// A picture in red, green and blue, such as a film with something laid over it.
public struct ColourPicture: Sendable, Equatable {
  /// Rows.
  public let height: Int
  /// Columns.
  public let width: Int
  /// `[height, width, 3]`, each 0…255.
  public var pixels: [UInt8]

  /// A picture of `height * width * 3` values.
  public init(height: Int, width: Int, pixels: [UInt8]) {
    precondition(
      height > 0 && width > 0 && pixels.count == height * width * 3,
      "ColourPicture: \(pixels.count) values for \(height) × \(width) pixels")
    (self.height, self.width, self.pixels) = (height, width, pixels)
  }
}
