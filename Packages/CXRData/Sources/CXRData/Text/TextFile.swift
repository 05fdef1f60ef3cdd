/// The text of a file that should be one: UTF-8, or UTF-16 where that is certain.
///
/// A file that is none is refused by the name of what it is, since half of all "broken CSV files" are something else:
/// a compressed file, a spreadsheet, a web page that asks for a login.
enum TextFile {
  /// The bytes as UTF-8, without a byte-order mark.
  /// - Throws: ``DataError/notText(path:format:)``, ``DataError/invalidUTF8(path:line:byte:)``.
  static func utf8(_ bytes: [UInt8], path: String) throws -> [UInt8] {
    if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) {
      throw DataError.unreadable(
        path: path, reason: "it is UTF-32; convert it: iconv -f UTF-32 -t UTF-8")
    }
    if let format = FileFormat(bytes) { throw DataError.notText(path: path, format: format) }
    if let order = wideOrder(bytes) { return try utf8(wide: bytes, order, path: path) }
    try check(bytes, path: path)
    return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
  }

  private enum WideOrder { case little, big }

  /// The order of the bytes of UTF-16, by its mark, or where bytes of the beginning are zero, but never two in a
  /// character, as in no other text.
  private static func wideOrder(_ bytes: [UInt8]) -> WideOrder? {
    if bytes.starts(with: [0xFF, 0xFE]) { return .little }
    if bytes.starts(with: [0xFE, 0xFF]) { return .big }
    let start = bytes.prefix(4096)
    var zeros = (even: 0, odd: 0)
    for (place, byte) in start.enumerated() where byte == 0 {
      if place.isMultiple(of: 2) { zeros.even += 1 } else { zeros.odd += 1 }
    }
    // Half of all characters are of ASCII, whose upper byte is zero.
    guard bytes.count.isMultiple(of: 2), max(zeros.even, zeros.odd) * 4 >= start.count,
      min(zeros.even, zeros.odd) == 0
    else { return nil }
    return zeros.odd > 0 ? .little : .big
  }

  private static func utf8(wide bytes: [UInt8], _ order: WideOrder, path: String) throws -> [UInt8]
  {
    guard bytes.count.isMultiple(of: 2) else {
      throw DataError.unreadable(path: path, reason: "it is UTF-16 that ends within a character")
    }
    var units = stride(from: 0, to: bytes.count, by: 2).map { i -> UInt16 in
      order == .little
        ? UInt16(bytes[i + 1]) << 8 | UInt16(bytes[i])
        : UInt16(bytes[i]) << 8 | UInt16(bytes[i + 1])
    }
    if units.first == 0xFEFF { units.removeFirst() }
    guard let text = String(validating: units, as: UTF16.self) else {
      throw DataError.unreadable(path: path, reason: "it is UTF-16 with broken characters")
    }
    guard !units.contains(0) else { throw DataError.notText(path: path, format: .binary) }
    return Array(text.utf8)
  }

  /// Checks that bytes are UTF-8 text, and where not says on which line.
  private static func check(_ bytes: [UInt8], path: String) throws {
    let isASCII = bytes.withUnsafeBufferPointer { bytes in
      // No branch within, so that it is done on vectors.
      var (high, zeros) = (UInt8(0), 0)
      for byte in bytes {
        high |= byte
        zeros &+= byte == 0 ? 1 : 0
      }
      return high < 0x80 && zeros == 0
    }
    if isASCII { return }
    var (place, line) = (0, 1)
    func fail() -> DataError { .invalidUTF8(path: path, line: line, byte: bytes[place]) }
    while place < bytes.count {
      let byte = bytes[place]
      if byte < 0x80 {
        if byte == 10 || byte == 13 && (place + 1 == bytes.count || bytes[place + 1] != 10) {
          line += 1
        }
        if byte == 0 { throw DataError.notText(path: path, format: .binary) }
        place += 1
        continue
      }
      let length =
        switch byte {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 0
        }
      guard length > 0, place + length <= bytes.count else { throw fail() }
      // Over-long forms, surrogates and numbers past the last character have a second byte out of these ranges.
      let second: ClosedRange<UInt8> =
        switch byte {
        case 0xE0: 0xA0...0xBF
        case 0xED: 0x80...0x9F
        case 0xF0: 0x90...0xBF
        case 0xF4: 0x80...0x8F
        default: 0x80...0xBF
        }
      guard second.contains(bytes[place + 1]),
        bytes[place + 1..<place + length].dropFirst().allSatisfy({ (0x80...0xBF).contains($0) })
      else { throw fail() }
      place += length
    }
  }
}
