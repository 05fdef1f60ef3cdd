/// NumPy's array file, version 1.0: magic, a Python dictionary as text, little-endian elements.
extension NamedArray {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// No array of ours has more axes or a larger axis.
  private static let largestRank = 8

  var npyBytes: [UInt8] {
    let axes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(axes)), }"
    // The whole header is a multiple of 64 bytes, so that the elements are aligned in a mapped file.
    header += String(repeating: " ", count: (64 - (10 + header.utf8.count + 1) % 64) % 64) + "\n"
    let length = UInt16(header.utf8.count)
    var bytes = Self.magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(header.utf8)
    bytes.reserveCapacity(bytes.count + 4 * scalars.count)
    scalars.withUnsafeBytes { bytes += $0 }
    return bytes
  }

  init(npy bytes: [UInt8], name: String, path: String) throws {
    func malformed(_ offset: Int, _ reason: String) -> CheckpointError {
      .malformed(path: path, offset: offset, reason: "member \(name).npy: \(reason)")
    }
    guard bytes.count >= 10, Array(bytes[..<6]) == Self.magic else {
      throw malformed(0, "not a NumPy array")
    }
    guard bytes[6] == 1 else { throw malformed(6, "version \(bytes[6]) is not supported") }
    let end = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
    guard end <= bytes.count else { throw malformed(8, "the header is longer than the member") }
    let header = String(decoding: bytes[10..<end], as: UTF8.self)
    guard header.contains("'descr': '<f4'"), header.contains("'fortran_order': False") else {
      throw malformed(10, "the elements are not little-endian float32 in C order")
    }
    guard let open = header.range(of: "'shape': (")?.upperBound,
      let close = header[open...].firstIndex(of: ")")
    else { throw malformed(10, "the header gives no shape") }
    var shape: [Int] = []
    for field in header[open..<close].split(separator: ",") {
      let text = field.filter { $0 != " " }
      if text.isEmpty { continue }
      guard let size = Int(text), size >= 0, shape.count < Self.largestRank else {
        throw malformed(10, "the shape (\(header[open..<close])) is not plausible")
      }
      shape.append(size)
    }
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, product <= bytes.count else {
        throw malformed(10, "the shape \(shape) asks for more than the member holds")
      }
      count = product
    }
    guard bytes.count - end == 4 * count else {
      throw malformed(
        end, "\(bytes.count - end) bytes of elements where shape \(shape) needs \(4 * count)")
    }
    let scalars = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      bytes.withUnsafeBytes { raw in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: raw[end...]))
      }
      initialized = count
    }
    self.init(name: name, shape: shape, scalars: scalars)
  }
}

extension String {
  fileprivate func range(of needle: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
      start = index(after: start)
    }
    return nil
  }
}
