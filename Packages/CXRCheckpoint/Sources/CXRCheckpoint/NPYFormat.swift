/// NumPy's array file: magic, version, a Python dictionary as text, elements. Version 1.0 is written.
///
/// Source: NumPy Enhancement Proposal 1 and `numpy.lib.format`.
enum NPYFormat {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// Magic, version and the length of the text in version 1.
  static let prefixSize = 10
  /// As many axes as an array of NumPy 2 has; NumPy 1 reads 32.
  static let largestRank = 64
  /// What NumPy reads without being told to trust a file; longer ones are of structured types.
  static let longestText = 10_000

  /// What precedes the elements of an array.
  static func header(shape: [Int]) -> [UInt8] {
    let axes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(axes)), }"
    // The whole header is a multiple of 64 bytes, so that the elements are aligned in a mapped file.
    let size = prefixSize + text.utf8.count + 1
    text += String(repeating: " ", count: (64 - size % 64) % 64) + "\n"
    let length = UInt16(clamping: text.utf8.count)
    return magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
  }

  /// The bytes of `shape`'s elements of `size` bytes; `nil` where they are more than a machine can count.
  static func byteCount(_ shape: [Int], size: Int = MemoryLayout<Float>.stride) -> Int? {
    guard NamedArray.count(shape + [size]) != nil, let count = NamedArray.count(shape) else {
      return nil
    }
    return count * size
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
