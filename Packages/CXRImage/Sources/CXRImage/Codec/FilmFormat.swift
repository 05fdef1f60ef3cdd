/// A format of films that is read; a file's first bytes tell which, never its name.
public enum FilmFormat: String, Sendable, CaseIterable, Codable {
  /// Portable Network Graphics.
  case png
  /// JPEG, baseline or progressive.
  case jpeg
  /// DICOM, with the package trait `DICOM`.
  case dicom
  /// Portable greymap, binary.
  case pgm

  /// As it is written, such as `PNG`.
  public var name: String { rawValue.uppercased() }

  /// How the names of such files end, in lower case.
  public var extensions: [String] {
    switch self {
    case .png: ["png"]
    case .jpeg: ["jpg", "jpeg"]
    case .dicom: ["dcm", "dicom"]
    case .pgm: ["pgm"]
    }
  }

  /// What bytes begin with that are of this format.
  func isOf(_ bytes: [UInt8]) -> Bool {
    switch self {
    case .png: bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    case .jpeg: bytes.starts(with: [0xFF, 0xD8, 0xFF])
    case .dicom: bytes.dropFirst(128).starts(with: "DICM".utf8)
    case .pgm: PortableGreymap.isOf(bytes)
    }
  }

  /// What a header says without decoding; `nil` where it is damaged, and of DICOM.
  func header(_ bytes: [UInt8]) -> FilmHeader? {
    switch self {
    case .png: FilmHeader(png: bytes)
    case .jpeg: FilmHeader(jpeg: bytes)
    case .dicom: nil
    case .pgm: PortableGreymap.header(bytes)
    }
  }

  /// The names of all, such as `PNG, JPEG, DICOM or PGM`.
  public static var allNames: String {
    let names = allCases.map(\.name)
    return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
  }
}
