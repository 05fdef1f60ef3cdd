extension ZipArchive {
  /// Bits of a member's flags, 4.4.4.
  static let isEncrypted: UInt16 = 1
  static let hasDescriptor: UInt16 = 8
  static let namesAreUTF8: UInt16 = 0x800

  /// Where the directory stands, and how many members it lists.
  struct Directory {
    let count: Int
    let place: Range<Int>
  }

  /// What the directory says of a member.
  struct Listed {
    let name: String
    let nameBytes: [UInt8]
    let flags: UInt16
    let method: UInt16
    let checksum: UInt32
    let (packed, unpacked, header): (Int, Int, Int)
    /// Of this entry in the file, for messages.
    let offset: Int
  }

  /// Finds the directory from the file's end.
  static func directory(of file: ArchiveBytes) throws -> Directory {
    func malformed(_ offset: Int, _ reason: String) -> CheckpointError {
      .malformed(path: file.path, offset: offset, reason: reason)
    }
    guard file.count >= endSize else { throw malformed(0, "the file is too short") }
    let end = file.count - endSize
    let tail = try file(end..<file.count)
    guard tail.little32(0) == endSignature, tail.little16(20) == 0 else {
      throw malformed(end, "no end of a ZIP directory")
    }
    var (count, size, start) = (
      Int(tail.little16(10)), Int(tail.little32(12)), Int(tail.little32(16))
    )
    var directoryEnd = end
    if let long = try longEnd(of: file, before: end) {
      let numbers = (0..<3).map { Int(exactly: long.little64(32 + 8 * $0)) }
      guard long.little64(4) == longEndSize - 12, long.little64(24) == long.little64(32),
        let longCount = numbers[0], let longSize = numbers[1], let longStart = numbers[2],
        count == min(longCount, 0xFFFF), size == min(longSize, 0xFFFF_FFFF),
        start == min(longStart, 0xFFFF_FFFF)
      else { throw malformed(end - locatorSize - longEndSize, "the directory is out of place") }
      (count, size, start) = (longCount, longSize, longStart)
      directoryEnd = end - locatorSize - longEndSize
    } else if count != Int(tail.little16(8)) {
      throw malformed(end + 8, "\(count) members are not plausible")
    }
    guard start <= directoryEnd, size == directoryEnd - start, count <= size / entrySize else {
      throw malformed(end + 12, "the directory is out of place")
    }
    return Directory(count: count, place: start..<directoryEnd)
  }

  /// The end of a ZIP64 directory, 4.3.14, where there is one.
  private static func longEnd(of file: ArchiveBytes, before end: Int) throws -> [UInt8]? {
    let start = end - locatorSize - longEndSize
    guard start >= 0 else { return nil }
    let bytes = try file(start..<end)
    guard bytes.little32(0) == longEndSignature, bytes.little32(longEndSize) == locatorSignature,
      bytes.little64(longEndSize + 8) == UInt64(start)
    else { return nil }
    return bytes
  }

  /// Reads the directory; nothing of it has been compared with the members yet but the names with each other.
  static func listed(_ directory: Directory, of file: ArchiveBytes) throws -> [Listed] {
    let bytes = try file(directory.place)
    var (listed, names, at): ([Listed], Set<String>, Int) = ([], [], 0)
    func malformed(_ reason: String) -> CheckpointError {
      .malformed(path: file.path, offset: directory.place.lowerBound + at, reason: reason)
    }
    for _ in 0..<directory.count {
      guard at + entrySize <= bytes.count, bytes.little32(at) == centralSignature else {
        throw malformed("no directory entry")
      }
      let nameLength = Int(bytes.little16(at + 28))
      let (extra, comment) = (Int(bytes.little16(at + 30)), Int(bytes.little16(at + 32)))
      let afterName = at + entrySize + nameLength
      guard afterName + extra + comment <= bytes.count else {
        throw malformed("the directory ends within an entry")
      }
      let nameBytes = Array(bytes[at + entrySize..<afterName])
      let flags = bytes.little16(at + 8)
      guard let name = String(validating: nameBytes, as: UTF8.self), !name.isEmpty,
        flags & namesAreUTF8 != 0 || nameBytes.allSatisfy({ $0 < 0x80 })
      else { throw malformed("a member's name is missing or not marked as UTF-8") }
      guard names.insert(name).inserted else {
        throw CheckpointError.unsupportedArray(
          path: file.path, array: MemberName.array(in: name) ?? name,
          reason: "two have this name", remedy: MemberName.remedy)
      }
      guard
        let numbers = longNumbers(
          [bytes.little32(at + 24), bytes.little32(at + 20), bytes.little32(at + 42)],
          extra: Array(bytes[afterName..<afterName + extra]))
      else { throw malformed("member \(name.printable) has no plausible size") }
      listed.append(
        Listed(
          name: name, nameBytes: nameBytes, flags: flags, method: bytes.little16(at + 10),
          checksum: bytes.little32(at + 16), packed: numbers[1], unpacked: numbers[0],
          header: numbers[2], offset: directory.place.lowerBound + at))
      at = afterName + extra + comment
    }
    guard at == bytes.count else { throw malformed("bytes between the members") }
    return listed
  }

  /// Numbers of 32 bits, or of 64 from the ZIP64 field, 4.5.3, for those that are too large for 32.
  /// - Returns: `nil` where the field is missing or a number no machine could count to.
  private static func longNumbers(_ short: [UInt32], extra: [UInt8]) -> [Int]? {
    guard short.contains(.max) else { return short.map { Int($0) } }
    var at = 0
    while at + 4 <= extra.count {
      let (kind, size) = (extra.little16(at), Int(extra.little16(at + 2)))
      at += 4
      guard at + size <= extra.count else { return nil }
      if kind == 1 {
        let end = at + size
        var numbers: [Int] = []
        for number in short {
          if number < .max {
            numbers.append(Int(number))
            continue
          }
          guard at + 8 <= end, let long = Int(exactly: extra.little64(at)) else { return nil }
          numbers.append(long)
          at += 8
        }
        return numbers
      }
      at += size
    }
    return nil
  }
}
