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
    // Nearly all paths are of plain files: no folder of theirs is called as an archive.
    guard Self.mayBeArchived(path) else { return nil }
    var end = path.startIndex
    while let slash = path[end...].firstIndex(of: "/") {
      let archive = String(path[..<slash])
      let rest = path[path.index(after: slash)...]
      if Self.isArchive(archive), !rest.isEmpty, Self.isFile(archive) {
        let parts = rest.split { $0 == "/" || $0 == "\\" }.filter { $0 != "." }
        guard !parts.isEmpty else { return nil }
        (self.archive, member) = (archive, parts.joined(separator: "/"))
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

  /// Whether a part of a path before its last is called as an archive, at little cost.
  private static func mayBeArchived(_ path: String) -> Bool {
    let bytes = Array(path.utf8)
    return bytes.indices.contains { place in
      // A slash after gz, ar or ip, in any case.
      guard bytes[place] == UInt8(ascii: "/"), place >= 4 else { return false }
      let ending = (bytes[place - 2] | 0x20, bytes[place - 1] | 0x20)
      return [(0x67, 0x7A), (0x61, 0x72), (0x69, 0x70)].contains { $0 == ending }
    }
  }

  private static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
