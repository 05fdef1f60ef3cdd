/// The part of the ZIP format that a checkpoint and NumPy's files need: deflated and stored members, ZIP64 and data
/// descriptors when read, no encryption.
///
/// Source: PKWARE's APPNOTE.TXT 6.3.10, of which the numbers of sections are.
enum ZipArchive {
  /// 4.3.7, 4.3.9.3, 4.3.12, 4.3.16, 4.3.14 and 4.3.15.
  static let localSignature: UInt32 = 0x0403_4B50
  static let descriptorSignature: UInt32 = 0x0807_4B50
  static let centralSignature: UInt32 = 0x0201_4B50
  static let endSignature: UInt32 = 0x0605_4B50
  static let longEndSignature: UInt32 = 0x0606_4B50
  static let locatorSignature: UInt32 = 0x0706_4B50
  /// In bytes, without names and extra fields.
  static let (headerSize, entrySize, endSize, longEndSize, locatorSize) = (30, 46, 22, 56, 20)
  static let deflated: UInt16 = 8
  static let stored: UInt16 = 0
  /// Members beyond which the format needs ZIP64, which is not written.
  static let mostMembers = Int(UInt16.max)

  /// What is to be written.
  struct Member: Equatable {
    let name: String
    let contents: [UInt8]
    var content = Deflate.Content.text
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
}

extension [UInt8] {
  mutating func append<Number: FixedWidthInteger>(little number: Number) {
    Swift.withUnsafeBytes(of: number.littleEndian) { self += $0 }
  }
  func little16(_ at: Int) -> UInt16 { UInt16(self[at]) | UInt16(self[at + 1]) << 8 }
  func little32(_ at: Int) -> UInt32 { UInt32(little16(at)) | UInt32(little16(at + 2)) << 16 }
  func little64(_ at: Int) -> UInt64 { UInt64(little32(at)) | UInt64(little32(at + 4)) << 32 }
}
