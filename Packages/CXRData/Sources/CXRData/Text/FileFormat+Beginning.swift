extension FileFormat {
  private static let beginnings: [(bytes: [UInt8], format: FileFormat)] = [
    ([0x1F, 0x8B], .gzip), ([0x42, 0x5A, 0x68], .bzip2), ([0xFD, 0x37, 0x7A, 0x58, 0x5A], .xz),
    ([0x28, 0xB5, 0x2F, 0xFD], .zstandard), ([0x37, 0x7A, 0xBC, 0xAF], .sevenZip),
    ([0xD0, 0xCF, 0x11, 0xE0], .oldWorkbook), (Array("PAR1".utf8), .parquet),
    (Array("version https://git-lfs".utf8), .lfsPointer), (Array("%PDF".utf8), .pdf),
    ([0x89, 0x48, 0x44, 0x46], .hdf5), ([0x93, 0x4E, 0x55, 0x4D], .numpy),
  ]

  /// The format of bytes that are known to be no text; `nil` for all others.
  init?(_ bytes: [UInt8]) {
    // Letters alone may begin a text too, which has no control characters.
    let isBinary = bytes.prefix(512).contains { $0 < 9 || (14..<27).contains($0) || $0 > 0xF4 }
    let known = Self.beginnings.first { beginning in
      bytes.starts(with: beginning.bytes)
        && (isBinary || beginning.format == .lfsPointer || beginning.format == .pdf
          || !beginning.bytes.allSatisfy { (32..<127).contains($0) })
    }
    if let known {
      self = known.format
    } else if bytes.starts(with: [0x50, 0x4B, 3, 4]) {
      // A workbook is a ZIP archive whose first members say so.
      let start = String(decoding: bytes.prefix(4096), as: UTF8.self)
      self = start.contains("[Content_Types].xml") || start.contains("xl/") ? .workbook : .zip
    } else {
      let start = String(decoding: bytes.prefix(512), as: UTF8.self).trimmingBlanks().lowercased()
      guard ["<!doctype", "<html", "<?xml", "<head"].contains(where: start.hasPrefix) else {
        return nil
      }
      self = .html
    }
  }
}
