/// What a file's first bytes say.
enum FileFormat: Equatable {
  case film(FilmFormat)
  /// Something that is not read, in words.
  case other(String)

  var name: String {
    switch self {
    case .film(let format): format.name
    case .other(let name): name
    }
  }

  init(_ bytes: [UInt8]) {
    // What comes before DICOM's mark may be the beginning of another format: such files are both.
    if FilmFormat.dicom.isOf(bytes), bytes.dropFirst(132).starts(with: [2, 0]) {
      self = .film(.dicom)
      return
    }
    if let format = FilmFormat.allCases.first(where: { $0 != .dicom && $0.isOf(bytes) }) {
      self = .film(format)
      return
    }
    func starts(_ prefix: [UInt8]) -> Bool { bytes.starts(with: prefix) }
    func starts(_ prefix: String, at offset: Int = 0) -> Bool {
      bytes.dropFirst(offset).starts(with: Array(prefix.utf8))
    }
    if starts("GIF8") {
      self = .other("GIF")
    } else if starts("BM") {
      self = .other("BMP")
    } else if starts("RIFF"), starts("WEBP", at: 8) {
      self = .other("WebP")
    } else if starts([0x49, 0x49, 0x2A, 0]) || starts([0x4D, 0x4D, 0, 0x2A]) {
      self = .other("TIFF")
    } else if let kind = Self.netpbm(bytes) {
      self = .other(kind)
    } else if FilmFormat.dicom.isOf(bytes) {
      self = .film(.dicom)
    } else {
      self = .other("an unknown format")
    }
  }

  /// Of Netpbm's family, but no greymap: its name.
  private static func netpbm(_ bytes: [UInt8]) -> String? {
    let kinds: [UInt8: String] = [1: "PBM", 3: "PPM", 4: "PBM", 6: "PPM", 7: "PAM"]
    guard bytes.count > 2, bytes[0] == UInt8(ascii: "P"), bytes[2] <= 32 else { return nil }
    return kinds[bytes[1] &- UInt8(ascii: "0")]
  }
}
