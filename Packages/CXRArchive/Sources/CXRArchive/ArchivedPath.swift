#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A path that goes on behind an archive's name: `NIH/images_001.tar.gz/images/00000001_000.png`.
public struct ArchivedPath: Sendable, Hashable {
  /// Where the archive is.
  public let archive: String
  /// The member's name, without leading `./`.
  public let member: String

  /// Names a member.
  public init(archive: String, member: String) { (self.archive, self.member) = (archive, member) }

  /// Takes a path apart; `nil` where no part of it but the last is an archive.
  public init?(_ path: String) {
    // Nearly all paths are of plain files: no part of theirs looks like an archive.
    guard Self.endings.contains(where: { path.utf8Contains($0 + "/") }) else { return nil }
    var end = path.startIndex
    while let slash = path[end...].firstIndex(of: "/") {
      let archive = String(path[..<slash])
      let rest = path[path.index(after: slash)...]
      if Self.isArchive(archive), !rest.isEmpty, Self.isFile(archive) {
        (self.archive, member) = (archive, String(rest))
        return
      }
      end = path.index(after: slash)
    }
    return nil
  }

  /// The whole path.
  public var path: String { archive + "/" + member }

  private static let endings = [".tar", ".tar.gz", ".tgz", ".zip"]

  /// Whether a file of this name is an archive.
  public static func isArchive(_ name: String) -> Bool {
    let name = name.lowercased()
    return endings.contains { name.hasSuffix($0) }
  }

  private static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}

extension String {
  /// Whether the lower-case text holds `part`.
  fileprivate func utf8Contains(_ part: String) -> Bool {
    let (text, part) = (Array(lowercased().utf8), Array(part.utf8))
    guard text.count >= part.count else { return false }
    return (0...text.count - part.count).contains { text[$0..<$0 + part.count].elementsEqual(part) }
  }
}
