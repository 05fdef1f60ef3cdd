/// Why a checkpoint cannot be read, used or written.
///
/// Messages spell out characters of names that would move a terminal's cursor.
public enum CheckpointError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be opened or read.
  case unreadable(path: String, reason: String)
  /// The bytes at an offset are not what the format asks for.
  case malformed(path: String, offset: Int, reason: String)
  /// A member is damaged.
  case checksumMismatch(path: String, member: String)
  /// There are more members than allowed.
  case tooManyMembers(path: String, count: Int, limit: Int)
  /// With this member the file would take more memory, in bytes, than allowed.
  case tooLarge(path: String, member: String, bytes: Int, limit: Int)
  /// A member that must be there is not.
  case missingMember(path: String, member: String)
  /// The file is whole, but holds an array that is not read: of another type, with numbers that are no `Float`, or of a
  /// name that is refused.
  case unsupportedArray(path: String, array: String, reason: String, remedy: String)
  /// Nothing was written, for what would be written could not be read; `array` is the one at fault, if it is one.
  case unwritable(path: String, array: String?, reason: String, remedy: String)
  /// Arrays are missing, superfluous or of other shapes than asked for; all of them are named.
  case mismatch(path: String, problems: [String])

  /// The message a person reads.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      return "\(path.printablePath): cannot be read (\(reason)); check the path and its permissions"
    case .malformed(let path, let offset, let reason):
      return
        "\(path.printablePath): byte \(offset): \(reason); the file is damaged or no checkpoint"
    case .checksumMismatch(let path, let member):
      return "\(path.printablePath): member \(member.printable) fails its checksum; "
        + "the file is damaged, use another copy"
    case .tooManyMembers(let path, let count, let limit):
      return "\(path.printablePath): \(count) members where \(limit) are allowed; "
        + "if that is what the file should hold, allow more (Checkpoint.Limits)"
    case .tooLarge(let path, let member, let bytes, let limit):
      return
        "\(path.printablePath): with member \(member.printable) it takes \(bytes) bytes of memory where "
        + "\(limit) are allowed; if that is what the file should hold, allow more (Checkpoint.Limits)"
    case .missingMember(let path, let member):
      return "\(path.printablePath): neither arrays nor a member \(member.printable); "
        + "the file is no checkpoint of this program"
    case .unsupportedArray(let path, let array, let reason, let remedy):
      return "\(path.printablePath): array \"\(array.printable)\": \(reason); \(remedy)"
    case .unwritable(let path, let array, let reason, let remedy):
      return "\(path.printablePath): not written: "
        + (array.map { "array \"\($0.printable)\": " } ?? "") + "\(reason); \(remedy)"
    case .mismatch(let path, let problems):
      return "\(path.printablePath): does not fit this model:\n  "
        + problems.joined(separator: "\n  ")
    }
  }
}
