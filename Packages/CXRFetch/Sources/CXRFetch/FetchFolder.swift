import CXRFiles
import Foundation
import Synchronization

/// A folder that files are fetched into, which one process has to itself.
///
/// A file that is not whole yet is `NAME.part`; under its own name there is only what has the right MD5 sum.
/// `.cxr-fetch.json` says what was found right, `.cxr-fetch.lock` who fetches.
public final class FetchFolder: Sendable {
  /// The folder's path, as given.
  public let path: String
  private let lock: FolderLock
  private let state: Mutex<FetchState>

  static let partSuffix = ".part"
  private static let ownPrefix = ".cxr-fetch"
  private static let stateFile = ownPrefix + ".json"
  private static let lockFile = ownPrefix + ".lock"
  private static let temporaryPrefix = ownPrefix + "-labels"

  /// Whether a name is that of a file that is fetching's own.
  static func isOwn(_ name: String) -> Bool { name.hasPrefix(ownPrefix) }

  /// Makes the folder, with those above it, or takes one that is there, with what it holds.
  /// - Throws: `FileError`.
  public init(_ path: String) throws {
    guard !path.isEmpty else {
      throw FileError.folderUnusable(path: "the output folder", reason: "the name is empty")
    }
    self.path = path
    try OutputFolder.make(path)
    guard access(path, W_OK | X_OK) == 0 else {
      throw FileError.folderUnusable(path: path, reason: String(cString: strerror(errno)))
    }
    lock = try FolderLock(folder: path, file: Self.lockFile)
    state = Mutex(FetchState(path: path + "/" + Self.stateFile))
    // Nobody else fetches here now, so what a killed process left half written is nobody's.
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    where name.hasPrefix(Self.temporaryPrefix)
      || name.hasPrefix(Self.stateFile) && AtomicFile.isTemporary(name)
    {
      unlink(file(name))
    }
  }

  /// The path of a file in the folder.
  public func file(_ name: String) -> String { path + "/" + name }

  /// The path of what has come of a file.
  func part(_ name: String) -> String { file(name + Self.partSuffix) }

  /// The path of a file that is being written and has no name yet.
  func temporary(_ number: Int) -> String { file("\(Self.temporaryPrefix)-\(number).tmp") }

  /// Whether the folder has a file of this name.
  public func has(_ name: String) -> Bool { access(file(name), F_OK) == 0 }

  /// The bytes that may still be written; `nil` where the file system does not say.
  var freeBytes: Int? {
    var about = statvfs()
    guard statvfs(path, &about) == 0 else { return nil }
    let (bytes, isTooLarge) = Int(clamping: about.f_bavail)
      .multipliedReportingOverflow(by: Int(clamping: about.f_frsize))
    return isTooLarge ? .max : bytes
  }

  /// Writes the folder's list of names to the disk, where the file system can.
  func flush() {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  // ---- What is known of whole files

  /// Whether a file is as it was when its sum was found to be that of the catalogue.
  func isKnown(_ entry: FetchCatalogue.Entry, _ stamp: FileStamp) -> Bool {
    state.withLock { $0.files[entry.file] }
      == FetchState.File(bytes: stamp.bytes, modified: stamp.modified, md5: entry.md5)
  }

  /// Remembers that a file's sum is right. Where that cannot be written, the file is hashed the next time.
  func remember(_ entry: FetchCatalogue.Entry) {
    guard let stamp = FileStamp(path: file(entry.file)) else { return }
    state.withLock { state in
      state.files[entry.file] = FetchState.File(
        bytes: stamp.bytes, modified: stamp.modified, md5: entry.md5)
      _ = state.write(to: file(Self.stateFile))
    }
  }
}
