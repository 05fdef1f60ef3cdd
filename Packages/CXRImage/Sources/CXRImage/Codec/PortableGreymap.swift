/// A binary portable greymap: `P5`, width, height and the level of white, each after blanks or comments, one blank, and the
/// pixels row by row, in a byte each, or in two, the higher first, where white is above 255.
///
/// The format's definition is Netpbm's `pgm(5)`: a pixel is the share of white that its number is of the level of white, so
/// that films of 12 bits become as bright as those of 8. One with more pictures behind the first is refused, and so is the
/// form in decimal digits, `P2`.
struct PortableGreymap {
  let width: Int
  let height: Int
  /// The number of a white pixel, 1…65535.
  let white: Int
  /// Where the pixels begin.
  let start: Int

  var bytesPerPixel: Int { white > 255 ? 2 : 1 }

  /// Whether bytes begin as a greymap, or as one in decimal digits, which is then refused in words.
  static func isOf(_ bytes: [UInt8]) -> Bool {
    bytes.count > 2 && bytes[0] == UInt8(ascii: "P")
      && [UInt8(ascii: "2"), UInt8(ascii: "5")]
        .contains(bytes[1])
      && (isBlank(bytes[2]) || bytes[2] == UInt8(ascii: "#"))
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

  /// Why a file is not read, and where.
  struct Refusal: Error {
    let offset: Int
    let reason: String
  }

  /// Reads what stands before the pixels.
  init(_ bytes: [UInt8]) throws(Refusal) {
    guard bytes[1] == UInt8(ascii: "5") else {
      throw Refusal(
        offset: 0,
        reason: "its pixels are decimal digits (P2); write it as binary PGM (P5), or as PNG")
    }
    var place = 2
    func number(_ what: String, atMost most: Int) throws(Refusal) -> Int {
      while place < bytes.count, Self.isBlank(bytes[place]) || bytes[place] == UInt8(ascii: "#") {
        let isComment = bytes[place] == UInt8(ascii: "#")
        place += 1
        while isComment, place < bytes.count, ![10, 13].contains(bytes[place]) { place += 1 }
      }
      let digits = bytes[place...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      let value = digits.count > 9 ? nil : Int(String(decoding: digits, as: UTF8.self))
      guard let value, (1...most).contains(value) else {
        throw Refusal(
          offset: place, reason: "the \(what) must be a number from 1 to \(most)")
      }
      place += digits.count
      return value
    }
    width = try number("width", atMost: 999_999_999)
    height = try number("height", atMost: 999_999_999)
    white = try number("level of white", atMost: 65535)
    guard place < bytes.count, Self.isBlank(bytes[place]) else {
      throw Refusal(offset: place, reason: "no blank parts the header from the pixels")
    }
    start = place + 1
  }

  /// Whether white is the most that 16 bits hold, as writers put it who do not know how many a film uses.
  static func isOfAllLevels(_ bytes: [UInt8]) -> Bool {
    (try? PortableGreymap(bytes))?.white == 65535
  }

  /// What is said of a film; `nil` where its header is damaged.
  static func header(_ bytes: [UInt8]) -> FilmHeader? {
    guard let map = try? PortableGreymap(bytes) else { return nil }
    return FilmHeader(
      format: .pgm, width: map.width, height: map.height,
      bitDepth: Int.bitWidth - map.white.leadingZeroBitCount,
      colour: .grey, orientation: .upright)
  }

  /// Decodes a film: deep ones to 16 bits where `isDeep`, and otherwise to the upper 8 of these.
  ///
  /// - Returns: why it cannot be decoded; `nil` where it was, or where `target` refused its size.
  static func decode(
    _ bytes: [UInt8], _ path: String, isDeep: Bool, into target: PixelTarget
  ) -> ImageError? {
    do throws(Refusal) {
      try PortableGreymap(bytes).decode(bytes, isDeep: isDeep, into: target)
      return nil
    } catch {
      return .undecodable(
        path: path, format: FilmFormat.pgm.name, offset: error.offset, reason: error.reason)
    }
  }

  private func decode(
    _ bytes: [UInt8], isDeep: Bool, into target: PixelTarget
  ) throws(Refusal) {
    let isDeep = isDeep && bytesPerPixel == 2
    let (count, there) = (width * height, bytes.count - start)
    guard there >= count * bytesPerPixel else {
      throw Refusal(
        offset: bytes.count,
        reason: "it breaks off: of \(count * bytesPerPixel) bytes of pixels \(there) are there")
    }
    guard there == count * bytesPerPixel else {
      throw Refusal(
        offset: start + count * bytesPerPixel,
        reason: "\(there - count * bytesPerPixel) bytes follow the pixels: only one picture is read"
      )
    }
    let memory = PixelTarget.allocate(
      Unmanaged.passUnretained(target).toOpaque(), width, height, isDeep ? 2 : 1)
    guard let memory else { return }
    for pixel in 0..<count {
      let at = start + pixel * bytesPerPixel
      let value = bytesPerPixel == 1 ? Int(bytes[at]) : Int(bytes[at]) << 8 | Int(bytes[at + 1])
      guard value <= white else {
        throw Refusal(offset: at, reason: "a pixel of \(value) is whiter than white, \(white)")
      }
      // To the nearest; what is whole stays as it is.
      let most = bytesPerPixel == 1 ? 255 : 65535
      let level = (value * most + white / 2) / white
      if isDeep {
        memory.storeBytes(of: UInt16(level), toByteOffset: 2 * pixel, as: UInt16.self)
      } else {
        memory.storeBytes(
          of: UInt8(bytesPerPixel == 1 ? level : level >> 8), toByteOffset: pixel, as: UInt8.self)
      }
    }
  }
}
