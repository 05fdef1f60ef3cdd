extension ZipArchive {
  /// What a directory may take of memory in any file, in bytes; in a larger one as much as its members.
  private static let plainDirectory = 32 << 20

  /// Reads the directory and the members' headers, and checks that they agree and that no member claims
  /// more than the limits allow; nothing is unpacked.
  static func entries(of file: ArchiveBytes, limits: Checkpoint.Limits) throws -> [Entry] {
    let directory = try directory(of: file)
    let allowed = limits.bytes(inFileOf: file.count)
    guard directory.count <= limits.members else {
      throw CheckpointError.tooManyMembers(
        path: file.path, count: directory.count, limit: limits.members)
    }
    guard directory.place.count <= max(plainDirectory, allowed) else {
      throw CheckpointError.tooLarge(
        path: file.path, member: "(names)", bytes: directory.place.count, limit: allowed)
    }
    let listed = try listed(directory, of: file)
    try checkNamesAndSizes(listed, of: file, allowed: allowed)

    // Members follow each other without gaps or overlap, in directory order.
    let boundaries = listed.dropFirst().map(\.header) + [directory.place.lowerBound]
    guard (listed.first?.header ?? directory.place.lowerBound) == 0 else {
      throw CheckpointError.malformed(
        path: file.path, offset: 0, reason: "bytes before the members")
    }
    return try zip(listed, boundaries).map { member, boundary in
      let data = try data(of: member, before: boundary, in: file)
      return Entry(
        name: member.name, data: data, isPacked: member.method == deflated, size: member.unpacked,
        checksum: member.checksum)
    }
  }

  private static func checkNamesAndSizes(
    _ listed: [Listed], of file: ArchiveBytes, allowed: Int
  ) throws {
    var total = 0
    for member in listed {
      let name = MemberName.array(in: member.name) ?? member.name
      func unsupported(_ reason: String, _ remedy: String) -> CheckpointError {
        .unsupportedArray(path: file.path, array: name, reason: reason, remedy: remedy)
      }
      if let problem = MemberName.problem(name) { throw unsupported(problem, MemberName.remedy) }
      guard member.flags & isEncrypted == 0 else {
        throw unsupported("it is encrypted", "write the file by numpy.savez")
      }
      guard member.method == deflated || member.method == stored else {
        throw unsupported(
          "it is packed by method \(member.method)",
          "write the file by numpy.savez or numpy.savez_compressed")
      }
      guard member.packed <= file.count,
        member.method == deflated || member.unpacked == member.packed
      else {
        throw CheckpointError.malformed(
          path: file.path, offset: member.offset,
          reason:
            "member \(member.name.printable) is longer than the file, or not as long as it says")
      }
      // Deflate cannot shrink below 1/1032; a larger claim is a bomb.
      guard member.unpacked <= member.packed * 1100 + 64 else {
        throw CheckpointError.malformed(
          path: file.path, offset: member.offset,
          reason: "member \(member.name.printable) claims \(member.unpacked) bytes of "
            + "\(member.packed) packed ones")
      }
      guard member.unpacked <= allowed - total else {
        throw CheckpointError.tooLarge(
          path: file.path, member: member.name, bytes: total + member.unpacked, limit: allowed)
      }
      total += member.unpacked
    }
  }

  /// The packed bytes of a member whose own header says what the directory says, and after which, at `boundary`, the
  /// next begins.
  private static func data(of member: Listed, before boundary: Int, in file: ArchiveBytes) throws
    -> Range<Int>
  {
    func malformed(_ reason: String) -> CheckpointError {
      .malformed(
        path: file.path, offset: member.header,
        reason: "member \(member.name.printable) \(reason)")
    }
    let nameEnd = member.header + headerSize + member.nameBytes.count
    guard boundary <= file.count, member.header <= boundary - headerSize - member.nameBytes.count
    else { throw malformed("is out of place") }
    let header = try file(member.header..<nameEnd)
    guard header.little32(0) == localSignature,
      Int(header.little16(26)) == member.nameBytes.count,
      header[headerSize...] == member.nameBytes[...]
    else { throw malformed("has another name in its header") }
    let start = nameEnd + Int(header.little16(28))
    guard start <= boundary, member.packed <= boundary - start else {
      throw malformed("is longer than its place")
    }
    let end = start + member.packed
    let rest = try file(end..<min(boundary, end + longestDescriptor + 1))
    guard
      rest.isEmpty || (member.flags & hasDescriptor != 0 && isDescriptor(rest, of: member))
    else { throw malformed("is followed by other bytes than the next") }
    return start..<end
  }

  private static let longestDescriptor = 24

  /// Whether these bytes say again what the directory says, 4.3.9: with a signature or without, in 32 bits or 64.
  private static func isDescriptor(_ bytes: [UInt8], of member: Listed) -> Bool {
    [true, false].contains { isLong in
      var sums: [UInt8] = []
      sums.append(little: member.checksum)
      for size in [member.packed, member.unpacked] {
        if isLong {
          sums.append(little: UInt64(size))
        } else {
          sums.append(little: UInt32(truncatingIfNeeded: size))
        }
      }
      var marked: [UInt8] = []
      marked.append(little: descriptorSignature)
      return bytes == sums || bytes == marked + sums
    }
  }
}
