/// What a film's header says of it, without decoding.
public struct FilmHeader: Sendable, Equatable, Codable {
  /// What a pixel is made of.
  public enum Colour: String, Sendable, Codable {
    /// One level.
    case grey
    /// A level and a transparency.
    case greyAlpha = "grey with alpha"
    /// Three colours.
    case rgb = "RGB"
    /// Three colours and a transparency.
    case rgba = "RGBA"
    /// Entries of a table of colours.
    case palette
    /// JPEG's luma and two colour differences.
    case yCbCr = "colour (YCbCr)"
    /// Four inks.
    case cmyk = "CMYK"
  }

  /// The file's format.
  public let format: FilmFormat
  /// In pixels.
  public let width: Int
  /// In pixels.
  public let height: Int
  /// Bits a sample.
  public let bitDepth: Int
  /// What a pixel is made of.
  public let colour: Colour
  /// How the file says that the film be shown; films are decoded as they are stored unless
  /// ``DecodingOptions/appliesOrientation`` says otherwise.
  public let orientation: ExifOrientation

  /// Whether there is a transparency.
  public var hasAlpha: Bool { colour == .greyAlpha || colour == .rgba }
  /// Whether pixels may be of a colour.
  public var mayBeColoured: Bool { colour != .grey && colour != .greyAlpha }

  /// Whether a file is DICOM by its first bytes.
  public static func isDICOM(_ bytes: [UInt8]) -> Bool { FileFormat(bytes) == .film(.dicom) }

  /// Reads the header of a film that is not DICOM; `nil` where there is none.
  public init?(_ bytes: [UInt8]) {
    guard case .film(let format) = FileFormat(bytes), let header = format.header(bytes) else {
      return nil
    }
    self = header
  }

  init(
    format: FilmFormat, width: Int, height: Int, bitDepth: Int, colour: Colour,
    orientation: ExifOrientation
  ) {
    (self.format, self.width, self.height) = (format, width, height)
    (self.bitDepth, self.colour, self.orientation) = (bitDepth, colour, orientation)
  }

  init?(png bytes: [UInt8]) {
    guard bytes.count >= 26, bytes[12..<16].elementsEqual("IHDR".utf8) else { return nil }
    func word(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    let colours: [UInt8: Colour] = [0: .grey, 2: .rgb, 3: .palette, 4: .greyAlpha, 6: .rgba]
    guard let colour = colours[bytes[25]] else { return nil }
    (format, width, height) = (.png, word(16), word(20))
    (bitDepth, self.colour) = (Int(bytes[24]), colour)
    var (at, found) = (33, ExifOrientation.upright)
    // It may stand before the pixels or behind them.
    while at + 8 <= bytes.count {
      let (start, size) = (at + 8, word(at))
      guard size <= bytes.count - start else { break }
      if bytes[at + 4..<start].elementsEqual("eXIf".utf8) {
        found = ExifOrientation(tiff: bytes[start..<start + size]) ?? .upright
      }
      at = start + size + 4
    }
    orientation = found
  }

  init?(jpeg bytes: [UInt8]) {
    func pair(_ at: Int) -> Int { Int(bytes[at]) << 8 | Int(bytes[at + 1]) }
    var (at, found) = (2, ExifOrientation.upright)
    while at + 4 <= bytes.count {
      guard bytes[at] == 0xFF else { return nil }
      let marker = bytes[at + 1]
      if marker == 0xFF || marker == 0x01 || (0xD0...0xD8).contains(marker) {
        at += marker == 0xFF ? 1 : 2
        continue
      }
      // Start of frame, of any coding; C4, C8 and CC are tables.
      if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) {
        guard at + 10 <= bytes.count else { return nil }
        (format, height, width) = (.jpeg, pair(at + 5), pair(at + 7))
        bitDepth = Int(bytes[at + 4])
        orientation = found
        switch bytes[at + 9] {
        case 1: colour = .grey
        case 3: colour = .yCbCr
        case 4: colour = .cmyk
        default: return nil
        }
        return
      }
      // APP1, where EXIF is.
      let (start, end) = (at + 10, min(bytes.count, at + 2 + pair(at + 2)))
      if marker == 0xE1, start < end, bytes[at + 4..<start].elementsEqual("Exif\0\0".utf8) {
        found = ExifOrientation(tiff: bytes[start..<end]) ?? .upright
      }
      at += 2 + pair(at + 2)
    }
    return nil
  }
}
