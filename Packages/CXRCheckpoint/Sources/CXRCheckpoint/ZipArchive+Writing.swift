import CXRFiles

extension ZipArchive {
  /// 1 January 1980, the format's first day.
  private static let date: UInt16 = 0x21

  /// An archive of these members, as ``write(_:path:member:to:)`` gives it.
  static func bytes(of members: [Member], path: String) throws -> [UInt8] {
    var file: [UInt8] = []
    _ = try write(members.count, path: path, member: { members[$0] }) { file += $0 }
    return file
  }

  /// An archive, deflated, part by part, one member in memory at a time. Timestamps are fixed, so the same contents give the
  /// same bytes.
  ///
  /// - Parameters:
  ///   - count: members.
  ///   - path: for messages.
  ///   - member: makes each when it is written.
  ///   - append: takes the parts in order.
  /// - Returns: the archive's bytes.
  /// - Throws: ``CheckpointError/unwritable(path:array:reason:remedy:)`` where the format cannot count what is asked for,
  ///   what `append` throws.
  static func write(
    _ count: Int, path: String, member: (Int) -> Member, to append: ([UInt8]) throws -> Void
  ) throws -> Int {
    func refused(_ reason: String) -> CheckpointError {
      .unwritable(
        path: path, array: nil, reason: reason + " the format can count",
        remedy: "write the arrays to several files")
    }
    guard count <= mostMembers else {
      throw refused("\(count) members are more than")
    }
    var (start, directory) = (0, [UInt8]())
    for place in 0..<count {
      let member = member(place)
      let name = Array(member.name.utf8)
      guard name.count <= MemberName.longest else {
        throw refused("the name \(member.name.printable) is longer than")
      }
      guard member.contents.count < Int(UInt32.max),
        let packed = Deflate.compressed(member.contents, content: member.content),
        start + packed.count < Int(UInt32.max)
      else { throw refused("with \(member.name.printable) the file is larger than") }
      var common: [UInt8] = []
      common.append(little: UInt16(20))  // version needed: deflate
      common.append(little: namesAreUTF8)
      common.append(little: deflated)
      common.append(little: UInt16(0))
      common.append(little: date)
      common.append(little: Deflate.crc32(member.contents))
      common.append(little: UInt32(packed.count))
      common.append(little: UInt32(member.contents.count))
      common.append(little: UInt16(name.count))
      common.append(little: UInt16(0))

      directory.append(little: centralSignature)
      directory.append(little: UInt16(20))
      directory += common
      directory.append(little: UInt16(0))
      directory.append(little: UInt16(0))
      directory.append(little: UInt16(0))
      directory.append(little: UInt32(0))
      directory.append(little: UInt32(start))
      directory += name

      var header: [UInt8] = []
      header.append(little: localSignature)
      header += common
      header += name
      try append(header)
      try append(packed)
      start += header.count + packed.count
    }
    guard start + directory.count < Int(UInt32.max) else {
      throw refused("with its directory the file is larger than")
    }
    let size = directory.count
    directory.append(little: endSignature)
    directory.append(little: UInt32(0))
    directory.append(little: UInt16(count))
    directory.append(little: UInt16(count))
    directory.append(little: UInt32(size))
    directory.append(little: UInt32(start))
    directory.append(little: UInt16(0))
    try append(directory)
    return start + directory.count
  }
}
