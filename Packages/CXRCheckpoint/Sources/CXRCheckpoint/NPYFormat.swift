/// NumPy's array file, version 1.0: magic, a Python dictionary as text, little-endian elements.
enum NPYFormat {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// Magic, version and the length of the text.
  static let prefixSize = 10
  /// No array of ours has more axes.
  private static let largestRank = 8
  /// The text names a type, an order and at most eight sizes.
  private static let longestText = 1024

  /// What precedes the elements of an array.
  static func header(shape: [Int]) -> [UInt8] {
    let axes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(axes)), }"
    // The whole header is a multiple of 64 bytes, so that the elements are aligned in a mapped file.
    let size = prefixSize + text.utf8.count + 1
    text += String(repeating: " ", count: (64 - size % 64) % 64) + "\n"
    let length = UInt16(text.utf8.count)
    return magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
  }

  /// How long the text is that follows these first bytes; `nil` where they are not those of an array.
  static func textSize(after prefix: [UInt8]) -> Int? {
    let size = Int(prefix[8]) + Int(prefix[9]) << 8
    return prefix.prefix(6) == magic[...] && prefix[6] == 1 && size <= longestText ? size : nil
  }

  /// The shape that the text gives; `nil` where it describes other elements or no plausible shape.
  static func shape(in text: [UInt8]) -> [Int]? {
    let text = String(decoding: text, as: UTF8.self)
    guard text.contains("'descr': '<f4'"), text.contains("'fortran_order': False"),
      let open = text.firstRange(of: "'shape': (")?.upperBound,
      let close = text[open...].firstIndex(of: ")")
    else { return nil }
    var shape: [Int] = []
    for field in text[open..<close].split(separator: ",") {
      let digits = field.filter { $0 != " " }
      if digits.isEmpty { continue }
      guard let size = Int(digits), size >= 0, shape.count < largestRank else { return nil }
      shape.append(size)
    }
    return shape
  }

  /// The bytes of `shape`'s elements; `nil` where they are more than a machine can count.
  static func byteCount(_ shape: [Int]) -> Int? {
    var count = MemoryLayout<Float>.stride
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow else { return nil }
      count = product
    }
    return count
  }
}

extension NamedArray {
  var npyBytes: [UInt8] {
    var bytes = NPYFormat.header(shape: shape)
    bytes.reserveCapacity(bytes.count + 4 * scalars.count)
    scalars.withUnsafeBytes { bytes += $0 }
    return bytes
  }
}
