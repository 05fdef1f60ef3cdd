import Foundation

/// A folder that results are written to.
public struct OutputFolder: Sendable {
  /// The folder's path, as given.
  public let path: String
  /// Held as long as this value or a copy lives.
  private let lock: FolderLock?

  /// What a folder is for.
  public struct Purpose: Sendable {
    /// The file that marks a folder as one of this purpose.
    public let mark: String
    /// Marks of other purposes, whose folders are not written to.
    public var foreignMarks: [String] = []
    /// Whether files of these names, all that a folder holds, are nothing to keep: what an earlier try left that came to
    /// nothing, or what any run may use again.
    public var isNothingToKeep: @Sendable (_ names: [String]) -> Bool = { $0.isEmpty }

    /// A purpose whose folders hold `mark`.
    public init(mark: String) { self.mark = mark }
  }

  /// Makes the folder with those above it, or takes an empty one, or one with nothing to keep.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - purpose: what it is for, which then has the folder to itself; `nil` for a folder that several share.
  ///   - reusing: take a folder that holds files; only files that are written again change. It is refused unless asked for.
  /// - Throws: ``FileError/folderNotEmpty(path:mark:)``, ``FileError/folderUnusable(path:reason:)``,
  ///   ``FileError/folderInUse(path:process:)``.
  public init(_ path: String, for purpose: Purpose? = nil, reusing: Bool = false) throws {
    self.path = path
    func unusable(_ reason: String) -> FileError {
      .folderUnusable(path: path.isEmpty ? "the folder to write" : path, reason: reason)
    }
    guard !path.isEmpty else { throw unusable("the name is empty") }
    if try Self.make(path) == .found {
      let contents: [String]
      do {
        contents = try FileManager.default.contentsOfDirectory(atPath: path)
      } catch {
        throw unusable(error.localizedDescription)
      }
      let results = contents.filter { $0 != FolderLock.file && !AtomicFile.isTemporary($0) }
      guard reusing || results.isEmpty || purpose?.isNothingToKeep(results) == true else {
        throw FileError.folderNotEmpty(path: path, mark: purpose?.mark)
      }
      if let other = purpose?.foreignMarks.first(where: contents.contains) {
        throw unusable("it holds another program's \(other)")
      }
    }
    guard access(path, W_OK) == 0 else { throw unusable(String(cString: strerror(errno))) }
    lock = purpose == nil ? nil : try FolderLock(folder: path)
    // Nobody else writes here now, so what a killed program left half written is nobody's.
    if lock != nil {
      for folder in [path, file("plots")] {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        where AtomicFile.isTemporary(name) { unlink(folder + "/" + name) }
      }
    }
  }

  /// Whether a folder was there.
  public enum Making: Sendable {
    /// It was not.
    case made
    /// It was.
    case found
  }

  /// Makes a folder and those above it, where they are not there.
  /// - Throws: ``FileError/folderUnusable(path:reason:)``.
  @discardableResult public static func make(_ path: String) throws -> Making {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
      guard isFolder.boolValue else {
        throw FileError.folderUnusable(path: path, reason: "it is a file")
      }
      return .found
    }
    // Not NSString's deletingLastPathComponent, which traps on a name of one letter (Swift 6.3 on Linux).
    let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : path
    let parent = trimmed.lastIndex(of: "/").map { String(trimmed[..<$0]) } ?? ""
    if !parent.isEmpty, parent != path { try make(parent) }
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw FileError.folderUnusable(path: path, reason: String(cString: strerror(errno)))
    }
    return .made
  }

  /// The path of a file in the folder.
  public func file(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }

  /// Whether the folder has a file of this name.
  public func has(_ name: String) -> Bool { access(file(name), F_OK) == 0 }

  /// Writes a text whole and flushed, or leaves the earlier file.
  /// - Throws: ``FileError/unwritable(path:reason:)``.
  public func write(_ text: String, to name: String) throws {
    try AtomicFile.write(text, to: file(name))
  }

  /// Writes a document whole and flushed, or leaves the earlier file.
  /// - Throws: ``FileError/unwritable(path:reason:)``.
  public func write(_ json: JSONValue, to name: String) throws {
    try write(json.text, to: name)
  }
}
