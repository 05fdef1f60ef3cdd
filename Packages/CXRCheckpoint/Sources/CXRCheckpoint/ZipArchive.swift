import CXRFiles

/// The part of the ZIP format that a checkpoint needs: deflated members, no ZIP64, no encryption.
///
/// Timestamps are fixed, so the same contents give the same bytes.
enum ZipArchive {
  /// What is to be written.
  struct Member: Equatable {
    let name: String
    let contents: [UInt8]
    var content = Deflate.Content.text
  }

  private static let localSignature: UInt32 = 0x0403_4B50
  private static let centralSignature: UInt32 = 0x0201_4B50
  private static let endSignature: UInt32 = 0x0605_4B50
  private static let (endSize, entrySize, headerSize) = (22, 46, 30)
  private static let deflated: UInt16 = 8
  private static let stored: UInt16 = 0
  /// 1 January 1980, the format's first day.
  private static let date: UInt16 = 0x21

  static func bytes(of members: [Member], path: String) throws -> [UInt8] {
    var (file, directory) = ([UInt8](), [UInt8]())
    for member in members {
      guard member.contents.count < Int(UInt32.max),
        let packed = Deflate.compressed(member.contents, content: member.content),
        file.count + packed.count < Int(UInt32.max)
      else {
        throw FileError.unwritable(
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

  /// A member, as the directory describes it; nothing of it has been unpacked.
  struct Entry: Equatable {
    let name: String
    /// Where its packed bytes stand in the file.
    let data: Range<Int>
    /// Whether it is deflated, not just stored.
    let isPacked: Bool
    /// Of its contents, in bytes, as it claims.
    let size: Int
    /// Of its contents.
    let checksum: UInt32
  }

  /// Names as they are written here and in messages: none leads anywhere or moves a terminal's cursor.
  private static func isPlain(_ name: String) -> Bool {
    name.utf8.count <= longestName
      && name.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || "_.-/".utf8.contains($0)
      }
  }
  private static let longestName = 512

  /// Reads the directory and the members' headers, and checks that they agree and that no member claims
  /// more than the limits allow; nothing is unpacked.
  static func entries(of file: ArchiveBytes, limits: Checkpoint.Limits) throws -> [Entry] {
    func malformed(_ offset: Int, _ reason: String) -> CheckpointError {
      .malformed(path: file.path, offset: offset, reason: reason)
    }
    guard file.count >= endSize else { throw malformed(0, "the file is too short") }
    let end = file.count - endSize
    let tail = try file(end..<file.count)
    guard tail.little32(0) == endSignature, tail.little16(20) == 0 else {
      throw malformed(end, "no end of a ZIP directory")
    }
    let count = Int(tail.little16(10))
    guard count == Int(tail.little16(8)), count <= limits.members else {
      throw malformed(end + 8, "\(count) members are not plausible")
    }
    let (size, start) = (Int(tail.little32(12)), Int(tail.little32(16)))
    guard start + size == end, size <= count * (entrySize + 2 * longestName) else {
      throw malformed(end + 12, "the directory is out of place")
    }
    let directory = try file(start..<end)
    let allowed = limits.bytes(inFileOf: file.count)

    var (entries, names, total): ([Entry], Set<String>, Int) = ([], [], 0)
    var (at, expectedOffset) = (0, 0)
    for _ in 0..<count {
      guard at + entrySize <= size, directory.little32(at) == centralSignature else {
        throw malformed(start + at, "no directory entry")
      }
      let method = directory.little16(at + 10)
      let (packed, unpacked) = (
        Int(directory.little32(at + 20)), Int(directory.little32(at + 24))
      )
      let nameLength = Int(directory.little16(at + 28))
      let extra = Int(directory.little16(at + 30)) + Int(directory.little16(at + 32))
      guard at + entrySize + nameLength + extra <= size else {
        throw malformed(start + at, "the directory ends within an entry")
      }
      let nameBytes = directory[at + entrySize..<at + entrySize + nameLength]
      guard let name = String(validating: nameBytes, as: UTF8.self), isPlain(name),
        !name.isEmpty, names.insert(name).inserted
      else { throw malformed(start + at, "a member's name is missing, repeated or not plain text") }
      guard directory.little16(at + 8) & 1 == 0, method == deflated || method == stored else {
        throw malformed(start + at + 8, "member \(name) is encrypted or packed by method \(method)")
      }
      // Deflate cannot shrink below 1/1032; a larger claim is a bomb.
      total += unpacked
      guard total <= allowed, unpacked <= packed * 1100 + 64,
        method == deflated || unpacked == packed
      else {
        throw CheckpointError.tooLarge(
          path: file.path, member: name, bytes: unpacked, limit: allowed)
      }
      // Members follow each other without gaps or overlap, in directory order.
      let local = Int(directory.little32(at + 42))
      guard local == expectedOffset, local + headerSize + nameLength <= start else {
        throw malformed(start + at + 42, "member \(name) is out of place")
      }
      let header = try file(local..<local + headerSize + nameLength)
      guard header.little32(0) == localSignature,
        header.little16(26) == directory.little16(at + 28),
        header[headerSize...] == nameBytes
      else { throw malformed(local, "member \(name) has another name in its header") }
      let data = local + headerSize + nameLength + Int(header.little16(28))
      guard data + packed <= start else {
        throw malformed(local, "member \(name) is longer than the file")
      }
      expectedOffset = data + packed
      entries.append(
        Entry(
          name: name, data: data..<data + packed, isPacked: method == deflated, size: unpacked,
          checksum: directory.little32(at + 16)))
      at += entrySize + nameLength + extra
    }
    guard at == size, expectedOffset == start else {
      throw malformed(start + at, "bytes between the members")
    }
    return entries
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
