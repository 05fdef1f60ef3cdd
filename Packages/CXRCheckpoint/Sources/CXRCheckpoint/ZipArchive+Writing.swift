import CXRFiles

extension ZipArchive {
  /// 1 January 1980, the format's first day.
  private static let date: UInt16 = 0x21

  /// An archive of these members, deflated. Timestamps are fixed, so the same contents give the same bytes.
  /// - Throws: ``CheckpointError/unwritable(path:array:reason:remedy:)`` where the format cannot count what is asked for.
  static func bytes(of members: [Member], path: String) throws -> [UInt8] {
    func refused(_ reason: String) -> CheckpointError {
      .unwritable(
        path: path, array: nil, reason: reason + " the format can count",
        remedy: "write the arrays to several files")
    }
    guard members.count <= mostMembers else {
      throw refused("\(members.count) members are more than")
    }
    var (file, directory) = ([UInt8](), [UInt8]())
    for member in members {
      let name = Array(member.name.utf8)
      guard name.count <= MemberName.longest else {
        throw refused("the name \(member.name.printable) is longer than")
      }
      guard member.contents.count < Int(UInt32.max),
        let packed = Deflate.compressed(member.contents, content: member.content),
        file.count + packed.count < Int(UInt32.max)
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
      directory.append(little: UInt32(file.count))
      directory += name

      file.append(little: localSignature)
      file += common
      file += name
      file += packed
    }
    let start = file.count
    guard start + directory.count < Int(UInt32.max) else {
      throw refused("with its directory the file is larger than")
    }
    file += directory
    file.append(little: endSignature)
    file.append(little: UInt32(0))
    file.append(little: UInt16(members.count))
    file.append(little: UInt16(members.count))
    file.append(little: UInt32(directory.count))
    file.append(little: UInt32(start))
    file.append(little: UInt16(0))
    return file
  }
}
