/// Why a checkpoint cannot be read or used.
public enum CheckpointError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be opened or read.
  case unreadable(path: String, reason: String)
  /// The bytes at an offset are not what the format asks for.
  case malformed(path: String, offset: Int, reason: String)
  /// A member is damaged.
  case checksumMismatch(path: String, member: String)
  /// A member would take more memory than allowed.
  case tooLarge(path: String, member: String, bytes: Int, limit: Int)
  /// A member that must be there is not.
  case missingMember(path: String, member: String)
  /// Arrays are missing, superfluous or of other shapes than asked for; all of them are named.
  case mismatch(path: String, problems: [String])

  /// The message a person reads.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      return "\(path): cannot be read (\(reason)); check the path and its permissions"
    case .malformed(let path, let offset, let reason):
      return "\(path): byte \(offset): \(reason); the file is damaged or no checkpoint"
    case .checksumMismatch(let path, let member):
      return "\(path): member \(member) fails its checksum; the file is damaged, use another copy"
    case .tooLarge(let path, let member, let bytes, let limit):
      return "\(path): member \(member) claims \(bytes) bytes where \(limit) are allowed; "
        + "the file is damaged or no checkpoint"
    case .missingMember(let path, let member):
      return "\(path): no member \(member); the file is no checkpoint of this program"
    case .mismatch(let path, let problems):
      return "\(path): does not fit this model:\n  " + problems.joined(separator: "\n  ")
    }
  }
}
