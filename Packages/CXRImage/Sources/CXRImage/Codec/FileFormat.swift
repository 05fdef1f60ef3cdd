/// What a file's first bytes say.
enum FileFormat: Equatable {
  case png
  case jpeg
  case dicom
  case other(String)

  var name: String {
    switch self {
    case .png: "PNG"
    case .jpeg: "JPEG"
    case .dicom: "DICOM"
    case .other(let name): name
    }
  }

  init(_ bytes: [UInt8]) {
    func starts(_ prefix: [UInt8]) -> Bool { bytes.starts(with: prefix) }
    func starts(_ prefix: String, at offset: Int = 0) -> Bool {
      bytes.dropFirst(offset).starts(with: Array(prefix.utf8))
    }
    // What comes before it may be the beginning of another format: such files are both.
    if starts("DICM", at: 128), bytes.dropFirst(132).starts(with: [2, 0]) {
      self = .dicom
    } else if starts([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if starts([0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if starts("GIF8") {
      self = .other("GIF")
    } else if starts("BM") {
      self = .other("BMP")
    } else if starts("RIFF"), starts("WEBP", at: 8) {
      self = .other("WebP")
    } else if starts([0x49, 0x49, 0x2A, 0]) || starts([0x4D, 0x4D, 0, 0x2A]) {
      self = .other("TIFF")
    } else if starts("DICM", at: 128) {
      self = .dicom
    } else {
      self = .other("an unknown format")
    }
  }
}
