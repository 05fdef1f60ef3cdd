/// Why a file or a folder cannot be written.
public enum FileError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be written; an earlier one is untouched.
  case unwritable(path: String, reason: String)
  /// A folder that was to be new or empty holds files; `mark` is the file that marks a folder of its kind.
  case folderNotEmpty(path: String, mark: String?)
  /// A folder that another process writes to.
  case folderInUse(path: String, process: Int?)
  /// A folder, or a file in it, that cannot be made or written.
  case folderUnusable(path: String, reason: String)

  /// The message a person reads.
  public var description: String {
    switch self {
    case .unwritable(let path, let reason):
      "\(path): cannot be written (\(reason)); the earlier file, if any, is untouched. "
        + "Free space or choose another folder"
    case .folderNotEmpty(let path, _):
      "\(path) exists and is not empty; choose another folder"
    case .folderInUse(let path, let process):
      "\(path) is in use by another program" + (process.map { " (process \($0))" } ?? "")
        + "; wait until it ends, or choose another folder"
    case .folderUnusable(let path, let reason):
      "\(path): cannot be written (\(reason)); choose another folder or free space"
    }
  }
}
