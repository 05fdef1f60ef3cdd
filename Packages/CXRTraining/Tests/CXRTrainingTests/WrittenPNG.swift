/// A PNG file of given samples, in stored blocks: of depths, colours and chunks that the package itself does not write.
enum WrittenPNG {
  /// - Parameters:
  ///   - depth: bits a sample, 8 or 16.
  ///   - colour: PNG's type: 0 grey, 4 grey with a transparency.
  ///   - samples: row by row.
  ///   - orientation: what EXIF says, from 1; `nil` for nothing.
  static func bytes(
    width: Int, height: Int, depth: Int = 8, colour: UInt8 = 0, samples: [Int],
    orientation: UInt8? = nil
  ) -> [UInt8] {
    let channels = colour == 4 ? 2 : 1
    let raw = (0..<height).flatMap { y -> [UInt8] in
      let row = samples[y * width * channels..<(y + 1) * width * channels]
      return [0] + row.flatMap { depth == 16 ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0)] }
    }
    var exif: [UInt8] = []
    if let orientation {
      exif = chunk(
        "eXIf",
        Array("MM".utf8) + [0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation]
          + [0, 0, 0, 0, 0, 0])
    }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + chunk("IHDR", word(width) + word(height) + [UInt8(depth), colour, 0, 0, 0]) + exif
      + chunk("IDAT", stored(raw)) + chunk("IEND", [])
  }

  private static func word(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
  }

  private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    var sum = UInt32.max
    for byte in body {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return word(data.count) + body + word(Int(~sum))
  }

  /// zlib's stream of blocks that are not packed.
  private static func stored(_ raw: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    for start in stride(from: 0, to: raw.count, by: 65_535) {
      let part = raw[start..<min(raw.count, start + 65_535)]
      let count = UInt16(part.count)
      stream.append(start + part.count == raw.count ? 1 : 0)
      for value in [count, ~count] {
        stream += [UInt8(truncatingIfNeeded: value), UInt8(value >> 8)]
      }
      stream += part
    }
    var (low, high) = (1, 0)
    for byte in raw {
      low = (low + Int(byte)) % 65_521
      high = (high + low) % 65_521
    }
    return stream + word(high << 16 | low)
  }
}
