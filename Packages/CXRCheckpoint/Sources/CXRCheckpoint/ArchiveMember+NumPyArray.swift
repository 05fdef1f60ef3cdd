/// A member that is an array as NumPy stores it.
extension ArchiveMember {
  private func malformed(_ reason: String) -> CheckpointError {
    .malformed(
      path: path, offset: entry.data.lowerBound,
      reason: "member \(entry.name.printable): \(reason)")
  }

  private func unsupported(_ reason: String, _ remedy: String) -> CheckpointError {
    .unsupportedArray(
      path: path, array: MemberName.array(in: entry.name) ?? entry.name, reason: reason,
      remedy: remedy)
  }

  /// What an array's header says, whose shape must be that of as many bytes as the member has.
  /// - Throws: ``CheckpointError``.
  func readHeader() throws -> NPYHeader {
    guard entry.size >= NPYFormat.prefixSize else { throw malformed("not a NumPy array") }
    let prefix = try read(NPYFormat.prefixSize)
    guard prefix.starts(with: NPYFormat.magic) else { throw malformed("not a NumPy array") }
    let version = prefix[6]
    guard (1...3).contains(version), prefix[7] == 0 else {
      throw unsupported(
        "it is of version \(version).\(prefix[7]) of NumPy's format",
        "save it by numpy.savez, which writes versions 1.0 to 3.0")
    }
    var size = Int(prefix.little16(8))
    if version > 1 {
      guard entry.size - position >= 2 else { throw malformed("not a NumPy array") }
      size |= Int(try read(2).little16(0)) << 16
    }
    guard size <= entry.size - position else {
      throw malformed("the header is longer than the member")
    }
    guard size <= NPYFormat.longestText else {
      throw unsupported(
        "its header has \(size) bytes, as those of structured types",
        "save each of its fields as an array of its own, a[field].astype(\"float32\")")
    }
    var text = try read(size)
    if version < 3, !text.allSatisfy({ $0 < 0x80 }) {
      // Versions before the third are in Latin-1.
      text = Array(String(text.map { Character(Unicode.Scalar($0)) }).utf8)
    }
    let header: NPYHeader
    do throws(NPYHeader.Problem) {
      header = try NPYHeader(text)
    } catch {
      switch error {
      case .malformed(let reason): throw malformed(reason)
      case .unsupported(let reason, let remedy): throw unsupported(reason, remedy)
      }
    }
    guard NPYFormat.byteCount(header.shape) != nil,
      NPYFormat.byteCount(header.shape, size: header.format.size) == entry.size - position
    else {
      throw malformed(
        "\(entry.size - position) bytes of elements where its shape is \(header.shape)")
    }
    return header
  }

  /// The elements in C order, after ``readHeader()``.
  func readScalars(_ header: NPYHeader) throws -> [Float] {
    let count = (entry.size - position) / header.format.size
    let scalars = try [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      let target = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
      if header.format.isFloat, !header.isTransposed {
        try read(into: UnsafeMutableRawBufferPointer(target))
      } else {
        try readConverted(header, into: target)
      }
      initialized = count
    }
    try finish()
    return scalars
  }

  /// Converts part by part, so that a large array of another type takes little more memory than its floats.
  private func readConverted(_ header: NPYHeader, into target: UnsafeMutableBufferPointer<Float>)
    throws
  {
    let format = header.format
    var places = header.isTransposed ? FortranOrder(header.shape) : nil
    var bytes = [UInt8](repeating: 0, count: min(target.count, 1 << 15) * format.size)
    var floats = [Float](repeating: 0, count: min(target.count, 1 << 15))
    for start in stride(from: 0, to: target.count, by: 1 << 15) {
      let part = 0..<min(1 << 15, target.count - start)
      let misfit: String? = try bytes.withUnsafeMutableBytes { bytes in
        let bytes = UnsafeMutableRawBufferPointer(rebasing: bytes[..<(part.count * format.size)])
        try read(into: bytes)
        return floats.withUnsafeMutableBufferPointer {
          format.convert(
            UnsafeRawBufferPointer(bytes), to: UnsafeMutableBufferPointer(rebasing: $0[part]))
        }
      }
      if let misfit {
        throw unsupported(
          "it holds \(misfit), which no 32-bit floating point number stands for",
          "save a.astype(\"float32\") in its place if its rounding is meant")
      }
      for i in part { target[places?.next() ?? start + i] = floats[i] }
    }
  }
}

extension NPYHeader {
  /// Whether Fortran's order of the elements is another than C's.
  var isTransposed: Bool { isFortranOrder && shape.count { $0 > 1 } > 1 }
}

/// The places in C order, last axis fastest, of elements that come in Fortran's, first axis fastest.
struct FortranOrder: IteratorProtocol {
  private let shape: [Int]
  private let strides: [Int]
  private var index: [Int]
  private var place = 0

  /// - Parameter shape: of as many elements as a machine can count.
  init(_ shape: [Int]) {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] &* shape[axis + 1]
    }
    (self.shape, self.strides, index) = (shape, strides, [Int](repeating: 0, count: shape.count))
  }

  /// The next place; after the last it begins anew.
  mutating func next() -> Int? {
    let answer = place
    for axis in shape.indices {
      index[axis] += 1
      place += strides[axis]
      if index[axis] < shape[axis] { break }
      place -= strides[axis] * shape[axis]
      index[axis] = 0
    }
    return answer
  }
}
