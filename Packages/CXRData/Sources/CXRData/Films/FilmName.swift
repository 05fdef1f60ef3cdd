/// The one spelling under which a film's name is compared: parts between slashes, without a leading `./`.
public enum FilmName {
  /// A name with slashes for backslashes, as Windows writes them, without empty parts and parts `.`.
  public static func normalised(_ name: String) -> String {
    guard name.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }) else {
      return name
    }
    let parts = parts(name)
    return (name.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }

  /// The parts of a name: folders, and the file last.
  static func parts(_ name: String) -> [Substring] {
    name.utf8.split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }.map { Substring($0) }
      .filter { $0 != "." }
  }

  /// A name without quotes around it.
  static func unquoted(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard scalars.count >= 2, let first = scalars.first, first == scalars.last,
      first == "\"" || first == "'"
    else { return text }
    return String(scalars.dropFirst().dropLast()).trimmingBlanks()
  }

  /// Extensions of films, with which files may be found by name alone.
  static let extensions: Set<String> = ["png", "jpg", "jpeg", "dcm", "dicom", "pgm"]
  /// Whether a file of this name is an archive, in which films may be.
  static func isArchive(_ name: String) -> Bool {
    let name = name.lowercased()
    return [".tar", ".tar.gz", ".tgz", ".zip"].contains { name.hasSuffix($0) }
  }

  /// Whether a file of this name is the beginning of an archive that is still fetched.
  static func isUnfinishedArchive(_ name: String) -> Bool {
    name.hasSuffix(".part") && isArchive(String(name.dropLast(5)))
  }

  /// Whether a file of this name is a film.
  public static func isFilm(_ name: String) -> Bool { extensions.contains(fileExtension(name)) }

  /// Extensions of pictures of any kind, which are what a name may lose where extensions do not count.
  private static let pictureExtensions = extensions.union([
    "bmp", "gif", "jp2", "nii", "tif", "tiff", "webp",
  ])

  /// What follows a file name's last point, in lower case; empty where there is none.
  static func fileExtension(_ name: some StringProtocol) -> String {
    guard let point = name.lastIndex(of: "."), point > name.startIndex else {
      return ""
    }
    return name[name.index(after: point)...].lowercased()
  }

  /// A file name without the extension of a picture.
  static func stem(_ name: some StringProtocol) -> String {
    let ending = fileExtension(name)
    guard pictureExtensions.contains(ending) else { return String(name) }
    return String(name.dropLast(ending.count + 1))
  }
}
