/// The part of the ZIP format that a checkpoint needs: deflated members, no ZIP64, no encryption.
///
/// Timestamps are fixed, so the same contents give the same bytes.
enum ZipArchive {
  struct Member: Equatable {
    let name: String
    let contents: [UInt8]
  }

  private static let localSignature: UInt32 = 0x0403_4B50
  private static let centralSignature: UInt32 = 0x0201_4B50
  private static let endSignature: UInt32 = 0x0605_4B50
  private static let endSize = 22
  private static let deflated: UInt16 = 8
  private static let stored: UInt16 = 0
  /// 1 January 1980, the format's first day.
  private static let date: UInt16 = 0x21

  static func bytes(of members: [Member], path: String) throws -> [UInt8] {
    var (file, directory) = ([UInt8](), [UInt8]())
    for member in members {
      guard member.contents.count < Int(UInt32.max),
        let packed = Deflate.compressed(member.contents),
        file.count + packed.count < Int(UInt32.max)
      else {
        throw CheckpointError.unwritable(
          path: path, reason: "\(member.name) is too large for this format")
      }
      let name = Array(member.name.utf8)
      var common: [UInt8] = []
      common.append(little: UInt16(20))  // version needed: deflate
      common.append(little: UInt16(0x800))  // names are UTF-8
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

  static func members(
    of file: [UInt8], path: String, limits: Checkpoint.Limits
  ) throws -> [Member] {
    func malformed(_ offset: Int, _ reason: String) -> CheckpointError {
      .malformed(path: path, offset: offset, reason: reason)
    }
    guard file.count >= endSize else { throw malformed(0, "the file is too short") }
    let end = file.count - endSize
    guard file.little32(end) == endSignature, file.little16(end + 20) == 0 else {
      throw malformed(end, "no end of a ZIP directory")
    }
    let count = Int(file.little16(end + 10))
    guard count == Int(file.little16(end + 8)), count <= limits.members else {
      throw malformed(end + 8, "\(count) members are not plausible")
    }
    let (size, start) = (Int(file.little32(end + 12)), Int(file.little32(end + 16)))
    guard start + size == end else { throw malformed(end + 12, "the directory is out of place") }

    var (members, names, total): ([Member], Set<String>, Int) = ([], [], 0)
    var (at, expectedOffset) = (start, 0)
    for _ in 0..<count {
      guard at + 46 <= end, file.little32(at) == centralSignature else {
        throw malformed(at, "no directory entry")
      }
      let method = file.little16(at + 10)
      let (packed, unpacked) = (Int(file.little32(at + 20)), Int(file.little32(at + 24)))
      let lengths = (28, 30, 32)
      let nameLength = Int(file.little16(at + lengths.0))
      let extra = Int(file.little16(at + lengths.1)) + Int(file.little16(at + lengths.2))
      guard at + 46 + nameLength + extra <= end,
        let name = String(validating: file[at + 46..<at + 46 + nameLength], as: UTF8.self),
        !name.isEmpty, names.insert(name).inserted
      else { throw malformed(at, "a member's name is missing, repeated or not text") }
      guard file.little16(at + 8) & 1 == 0, method == deflated || method == stored else {
        throw malformed(at + 8, "member \(name) is encrypted or packed by method \(method)")
      }
      // Deflate cannot shrink below 1/1032; a larger claim is a bomb.
      total += unpacked
      guard total <= limits.totalBytes, unpacked <= packed * 1100 + 64 else {
        throw CheckpointError.tooLarge(
          path: path, member: name, bytes: unpacked, limit: limits.totalBytes)
      }
      // Members follow each other without gaps or overlap, in directory order.
      let local = Int(file.little32(at + 42))
      guard local == expectedOffset, local + 30 <= start,
        file.little32(local) == localSignature
      else { throw malformed(at + 42, "member \(name) is out of place") }
      let data =
        local + 30 + Int(file.little16(local + 26)) + Int(file.little16(local + 28))
      guard data + packed <= start else {
        throw malformed(local, "member \(name) is longer than the file")
      }
      guard file.little16(local + 26) == file.little16(at + 28),
        file[local + 30..<local + 30 + nameLength] == file[at + 46..<at + 46 + nameLength]
      else { throw malformed(local, "member \(name) has another name in its header") }
      expectedOffset = data + packed
      let body = Array(file[data..<data + packed])
      guard
        let contents = method == deflated ? Deflate.expanded(body, count: unpacked) : body,
        contents.count == unpacked, Deflate.crc32(contents) == file.little32(at + 16)
      else { throw CheckpointError.checksumMismatch(path: path, member: name) }
      members.append(Member(name: name, contents: contents))
      at += 46 + nameLength + extra
    }
    guard at == end, expectedOffset == start else {
      throw malformed(at, "bytes between the members")
    }
    return members
  }
}

extension [UInt8] {
  fileprivate mutating func append<Number: FixedWidthInteger>(little number: Number) {
    Swift.withUnsafeBytes(of: number.littleEndian) { self += $0 }
  }
  fileprivate func little16(_ at: Int) -> UInt16 { UInt16(self[at]) | UInt16(self[at + 1]) << 8 }
  fileprivate func little32(_ at: Int) -> UInt32 {
    UInt32(little16(at)) | UInt32(little16(at + 2)) << 16
  }
}
