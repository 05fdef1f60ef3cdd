extension ColourPicture {
  /// The picture as an 8-bit PNG file.
  ///
  /// - Parameter compression: zlib's level, 1 fast to 9 small.
  /// - Throws: ``ImageError/unencodable(reason:)``.
  public func pngData(compression: Int = 6) throws -> [UInt8] {
    try FilmEncoder(height: height, width: width, channels: 3, pixels: pixels)
      .png(compression: compression)
  }

  /// The picture as a baseline JPEG file.
  ///
  /// - Parameter quality: 1 to 100.
  /// - Throws: ``ImageError/unencodable(reason:)``.
  public func jpegData(quality: Int = 90) throws -> [UInt8] {
    try FilmEncoder(height: height, width: width, channels: 3, pixels: pixels)
      .jpeg(quality: quality)
  }
}
