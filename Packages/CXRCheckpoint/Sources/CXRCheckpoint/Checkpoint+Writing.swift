import CXRFiles

extension Checkpoint {
  /// Writes the file beside its target, flushes it to disk and renames it, so that a reader sees the
  /// old file or the new one, never a part.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limits: what its readers allow.
  /// - Throws: ``CheckpointError/unwritable(path:array:reason:remedy:)`` for whatever reading within these limits would
  ///   refuse; `FileError`. An earlier file stays.
  public func write(to path: String, limits: Limits = Limits()) throws {
    try checkNames(path: path, limits: limits)
    let total = try checkSizes(path: path, limits: limits)
    try AtomicFile.write(to: path) { append in
      let size = try ZipArchive.write(
        arrays.count + 1, path: path,
        member: { place in
          guard place > 0 else {
            return ZipArchive.Member(name: MemberName.metadata, contents: [UInt8](metadata.utf8))
          }
          let array = arrays[place - 1]
          return ZipArchive.Member(
            name: array.name + MemberName.arraySuffix, contents: array.npyBytes, content: .floats)
        }, to: append)
      let allowed = limits.bytes(inFileOf: size)
      guard total <= allowed else {
        throw CheckpointError.unwritable(
          path: path, array: nil,
          reason: "\(size) bytes that unpack to \(total), where \(allowed) are allowed",
          remedy: Self.smaller)
      }
    }
  }

  private static let smaller =
    "write the arrays to several files, or allow more to writer and reader (Checkpoint.Limits)"

  private func checkNames(path: String, limits: Limits) throws {
    let most = min(limits.members, ZipArchive.mostMembers)
    guard arrays.count < most else {
      throw CheckpointError.unwritable(
        path: path, array: nil,
        reason: "\(arrays.count) arrays and \(MemberName.metadata) are more than \(most) members",
        remedy: "write the arrays to several files")
    }
    var names: Set<String> = []
    func refused(_ array: NamedArray, _ reason: String) -> CheckpointError {
      .unwritable(path: path, array: array.name, reason: reason, remedy: MemberName.remedy)
    }
    for array in arrays {
      if let problem = MemberName.problem(array.name) { throw refused(array, problem) }
      guard names.insert(array.name).inserted else { throw refused(array, "two have this name") }
    }
    for array in arrays {
      // NumPy takes the name of a member, with its suffix, for that member's array.
      if array.name == MemberName.metadata {
        throw refused(array, "its name is that of the checkpoint's text")
      }
      if let other = MemberName.array(in: array.name), names.contains(other) {
        throw refused(array, "by its name NumPy would find array \"\(other.printable)\"")
      }
    }
  }

  /// - Returns: the bytes of all members.
  private func checkSizes(path: String, limits: Limits) throws -> Int {
    func refused(_ array: NamedArray?, _ reason: String, _ remedy: String) -> CheckpointError {
      .unwritable(path: path, array: array?.name, reason: reason, remedy: remedy)
    }
    guard metadata.utf8.count <= Self.longestMetadata else {
      throw refused(
        nil,
        "the text of \(MemberName.metadata) has \(metadata.utf8.count) bytes, "
          + "more than \(Self.longestMetadata)", "shorten it")
    }
    var total = metadata.utf8.count
    for array in arrays {
      guard array.shape.count <= NPYFormat.largestRank else {
        throw refused(
          array, "it has \(array.shape.count) axes, more than \(NPYFormat.largestRank)",
          "reshape it")
      }
      guard let size = NPYFormat.byteCount(array.shape) else {
        throw refused(array, "no machine can count its shape \(array.shape)", "reshape it")
      }
      total += size + NPYFormat.header(shape: array.shape).count
      guard total <= limits.totalBytes else {
        throw refused(
          array, "with it there are \(total) bytes where \(limits.totalBytes) are allowed",
          Self.smaller)
      }
    }
    return total
  }
}
