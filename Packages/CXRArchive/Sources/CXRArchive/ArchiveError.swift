/// Why an archive cannot be read, or a member of it.
public enum ArchiveError: Error, Equatable, CustomStringConvertible {
  /// It is not there, or may not be read.
  case unreadable(archive: String, reason: String)
  /// It is no archive of a kind that is read.
  case noArchive(archive: String, reason: String)
  /// It ends or breaks off after `member`, or within it; `nil` before the first.
  case damaged(archive: String, member: String?, reason: String)
  /// A member that cannot be unpacked, where those after it can.
  case damagedMember(archive: String, member: String, reason: String)
  /// A member whose name or kind is not taken.
  case unsafeMember(archive: String, member: String, reason: String)
  /// A member unpacks to more than is taken.
  case tooLarge(archive: String, member: String, reason: String)
  /// The archive unpacks to far more than it is, or has more members than is taken, at `member`.
  case expands(archive: String, member: String, reason: String)

  /// The archive's path.
  public var archive: String {
    switch self {
    case .unreadable(let archive, _), .noArchive(let archive, _), .damaged(let archive, _, _),
      .damagedMember(let archive, _, _), .unsafeMember(let archive, _, _),
      .tooLarge(let archive, _, _),
      .expands(let archive, _, _):
      archive
    }
  }

  /// What is wrong with a member alone, whose archive can be read on; `nil` where it cannot.
  public var reasonOfMember: String? {
    switch self {
    case .damagedMember(_, _, let reason), .unsafeMember(_, _, let reason),
      .tooLarge(_, _, let reason):
      "in its archive it " + reason
    case .unreadable, .noArchive, .damaged, .expands: nil
    }
  }

  /// The message a person reads.
  public var description: String {
    switch self {
    case .unreadable(let archive, let reason): "\(archive): \(reason)"
    case .noArchive(let archive, let reason):
      "\(archive) is no archive that can be read (\(reason)); .tar, .tar.gz, .tgz and .zip are. Fetch it again, or take it "
        + "out of the folder"
    case .damaged(let archive, let member, let reason):
      "\(archive) is damaged or not whole \(member.map { "after \($0)" } ?? "from its beginning") (\(reason)). Fetch it "
        + "again, or take it out of the folder"
    case .damagedMember(let archive, let member, let reason):
      "\(archive): its member \(member) \(reason). Fetch the archive again, or unpack it by another program"
    case .unsafeMember(let archive, let member, let reason):
      "\(archive): its member \(member) \(reason). Unpack the archive and look at it"
    case .tooLarge(let archive, let member, let reason),
      .expands(let archive, let member, let reason):
      "\(archive): its member \(member) \(reason). Unpack the archive, if you trust it"
    }
  }
}
