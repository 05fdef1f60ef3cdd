/// A PNG file by hand, in stored blocks: of depths, colours, chunks and filters that the packages do not write.
public enum WrittenPNG {
  public static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Of given samples.
  ///
  /// - Parameters:
  ///   - depth: bits a sample, 8 or 16.
  ///   - colour: PNG's type: 0 grey, 2 colours, 4 and 6 these with a transparency.
  ///   - samples: row by row.
  ///   - orientation: what EXIF says, from 1; `nil` for nothing.
  public static func bytes(
    width: Int, height: Int, depth: Int = 8, colour: UInt8 = 0, samples: [Int],
    orientation: UInt8? = nil
  ) -> [UInt8] {
    let channels = [2: 3, 4: 2, 6: 4][colour, default: 1]
    let rows = (0..<height).map { y -> [UInt8] in
      let row = samples[y * width * channels..<(y + 1) * width * channels]
      return [0] + row.flatMap { depth == 16 ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0)] }
    }
    var exif: [(String, [UInt8])] = []
    if let orientation {
      let block =
        Array("MM".utf8) + [0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation]
      exif = [("eXIf", block + [0, 0, 0, 0, 0, 0])]
    }
    return bytes(width: width, depth: depth, colour: colour, rows: rows, notes: exif)
  }

  /// Of rows as they lie in the file, each behind its filter.
  ///
  /// - Parameters:
  ///   - pieces: chunks of pixels.
  ///   - notes: chunks before these.
  public static func bytes(
    width: Int, depth: Int = 8, colour: UInt8 = 0, rows: [[UInt8]], pieces: Int = 1,
    notes: [(String, [UInt8])] = []
  ) -> [UInt8] {
    let stream = stored(rows.flatMap { $0 })
    let size = (stream.count + pieces - 1) / pieces
    return signature
      + chunk("IHDR", word(width) + word(rows.count) + [UInt8(depth), colour, 0, 0, 0])
      + notes.flatMap { chunk($0.0, $0.1) }
      + stride(from: 0, to: stream.count, by: size).flatMap {
        chunk("IDAT", Array(stream[$0..<min(stream.count, $0 + size)]))
      } + chunk("IEND", [])
  }

  public static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    return word(data.count) + body + checksum(body)
  }

  /// What stands behind a chunk's name and data.
  public static func checksum(_ body: [UInt8]) -> [UInt8] {
    word(Int(~body.reduce(.max) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }))
  }

  /// A byte's part of CRC-32.
  private static let table = (0..<256 as Range<UInt32>).map {
    (0..<8).reduce($0) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
  }

  private static func word(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
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
