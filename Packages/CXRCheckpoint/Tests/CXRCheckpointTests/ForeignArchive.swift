@testable import CXRCheckpoint

/// An archive as NumPy and others write it, byte by byte.
struct ForeignArchive {
  /// What follows a member's data.
  enum Descriptor: CaseIterable { case none, short, unmarked, long, unmarkedLong }

  struct Member {
    var name: String
    var contents: [UInt8]
    var isDeflated = false
    var descriptor = Descriptor.none
    /// Whether the local header has a ZIP64 field, as `force_zip64` of Python writes it.
    var hasLongHeader = false
    /// Whether the directory has one.
    var hasLongEntry = false
    var flags: UInt16 = 0x800
    var method: UInt16?
    /// Follows the packed contents, and is counted with them.
    var padding: [UInt8] = []
  }

  var members: [Member]
  /// Whether a ZIP64 end stands before the end.
  var hasLongEnd = false

  var bytes: [UInt8] {
    var (file, directory) = ([UInt8](), [UInt8]())
    for member in members {
      let packed =
        (member.isDeflated ? Deflate.compressed(member.contents) ?? [] : member.contents)
        + member.padding
      let (name, sum) = (Array(member.name.utf8), Deflate.crc32(member.contents))
      let offset = file.count
      let flags = member.flags | (member.descriptor == .none ? 0 : 8)
      let method = member.method ?? (member.isDeflated ? 8 : 0)
      func common(isLong: Bool, extra: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: UInt16(45))
        bytes.append(little: flags)
        bytes.append(little: method)
        bytes.append(little: UInt32(0x21_0000))
        bytes.append(little: sum)
        bytes.append(little: isLong ? UInt32.max : UInt32(packed.count))
        bytes.append(little: isLong ? UInt32.max : UInt32(member.contents.count))
        bytes.append(little: UInt16(name.count))
        bytes.append(little: UInt16(extra))
        return bytes
      }
      func longField(_ numbers: [Int]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: UInt16(1))
        bytes.append(little: UInt16(8 * numbers.count))
        for number in numbers { bytes.append(little: UInt64(number)) }
        return bytes
      }
      let sizes = [member.contents.count, packed.count]
      file.append(little: UInt32(0x0403_4B50))
      file +=
        common(isLong: member.hasLongHeader, extra: member.hasLongHeader ? 20 : 0) + name
        + (member.hasLongHeader ? longField(sizes) : []) + packed
      if [.short, .long].contains(member.descriptor) { file.append(little: UInt32(0x0807_4B50)) }
      if member.descriptor != .none { file.append(little: sum) }
      for size in [packed.count, member.contents.count] {
        switch member.descriptor {
        case .none: break
        case .short, .unmarked: file.append(little: UInt32(size))
        case .long, .unmarkedLong: file.append(little: UInt64(size))
        }
      }
      directory.append(little: UInt32(0x0201_4B50))
      directory.append(little: UInt16(45))
      directory += common(isLong: member.hasLongEntry, extra: member.hasLongEntry ? 28 : 0)
      directory += [UInt8](repeating: 0, count: 10)
      directory.append(little: member.hasLongEntry ? UInt32.max : UInt32(offset))
      directory += name + (member.hasLongEntry ? longField(sizes + [offset]) : [])
    }
    let start = file.count
    file += directory
    if hasLongEnd {
      file.append(little: UInt32(0x0606_4B50))
      file.append(little: UInt64(44))
      file += [45, 0, 45, 0] + [UInt8](repeating: 0, count: 8)
      for number in [members.count, members.count, directory.count, start] {
        file.append(little: UInt64(number))
      }
      file.append(little: UInt32(0x0706_4B50))
      file.append(little: UInt32(0))
      file.append(little: UInt64(start + directory.count))
      file.append(little: UInt32(1))
    }
    file.append(little: UInt32(0x0605_4B50))
    file.append(little: UInt32(0))
    file.append(little: UInt16(members.count))
    file.append(little: UInt16(members.count))
    file.append(little: UInt32(directory.count))
    file.append(little: UInt32(start))
    file.append(little: UInt16(0))
    return file
  }

  /// What is read of it.
  func read(limits: Checkpoint.Limits = Checkpoint.Limits()) throws -> Checkpoint {
    try Checkpoint(contents: bytes, path: "f.npz", limits: limits)
  }
}

/// An array's file with this type, order and shape.
func npy(
  _ descr: String, _ elements: [UInt8], shape: String = "(2,)", isFortranOrder: Bool = false,
  version: UInt8 = 1
) -> [UInt8] {
  let order = isFortranOrder ? "True" : "False"
  return npy(
    text: "{'descr': \(descr), 'fortran_order': \(order), 'shape': \(shape), }\n", elements,
    version: version)
}

/// An array's file with this text as its header.
func npy(text: String, _ elements: [UInt8], version: UInt8 = 1) -> [UInt8] {
  var bytes = [0x93] + Array("NUMPY".utf8) + [version, 0]
  if version == 1 {
    bytes.append(little: UInt16(text.utf8.count))
  } else {
    bytes.append(little: UInt32(text.utf8.count))
  }
  return bytes + Array(text.utf8) + elements
}

/// Numbers as they stand in a file.
func bytes<Number>(_ numbers: [Number]) -> [UInt8] {
  numbers.withUnsafeBytes { Array($0) }
}
