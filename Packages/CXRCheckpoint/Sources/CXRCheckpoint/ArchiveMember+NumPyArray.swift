/// A member that is an array as NumPy stores it.
extension ArchiveMember {
  /// The shape that an array's header gives, which must be that of as many bytes as the member has.
  /// - Throws: ``CheckpointError``.
  func readShape() throws -> [Int] {
    func malformed(_ reason: String) -> CheckpointError {
      .malformed(
        path: path, offset: entry.data.lowerBound, reason: "member \(entry.name): \(reason)")
    }
    guard entry.size >= NPYFormat.prefixSize else { throw malformed("not a NumPy array") }
    guard let size = NPYFormat.textSize(after: try read(NPYFormat.prefixSize)) else {
      throw malformed("not a NumPy array of version 1")
    }
    guard NPYFormat.prefixSize + size <= entry.size else {
      throw malformed("the header is longer than the member")
    }
    guard let shape = NPYFormat.shape(in: try read(size)) else {
      throw malformed("its header does not describe little-endian float32 in C order")
    }
    guard NPYFormat.byteCount(shape) == entry.size - position else {
      throw malformed("\(entry.size - position) bytes of elements where its shape is \(shape)")
    }
    return shape
  }

  /// The elements, after ``readShape()``.
  func readScalars(_ shape: [Int]) throws -> [Float] {
    let count = (entry.size - position) / MemoryLayout<Float>.stride
    let scalars = try [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      try read(into: UnsafeMutableRawBufferPointer(buffer))
      initialized = count
    }
    try finish()
    return scalars
  }
}
