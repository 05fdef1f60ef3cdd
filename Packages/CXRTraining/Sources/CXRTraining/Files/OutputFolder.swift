import CXRCheckpoint
import Foundation

/// A folder that a program writes its results to.
public struct OutputFolder: Sendable {
  /// The folder's path, as given.
  public let path: String
  /// Held as long as this value or a copy lives.
  private let lock: FolderLock?

  /// The programs, each with the file that marks a folder as its own.
  public enum Owner: String, Sendable, CaseIterable {
    /// A training run.
    case train = "run.json"
    /// An evaluation.
    case evaluate = "metrics.json"
    /// An exploration.
    case explore = "explore.json"
    /// A synthetic set.
    case synth = "BBox_List_2017.csv"
  }

  /// Makes the folder, or takes an empty one, or one that holds only what an earlier try left that came to nothing.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - owner: the program that writes, which then has the folder to itself; `nil` for a folder that several
  ///     share.
  ///   - reusing: take a folder that holds files; only files that are written again change.
  /// - Throws: ``TrainingError/outputExists(path:isRun:)``, ``TrainingError/outputUnwritable(path:reason:)``,
  ///   ``TrainingError/outputInUse(path:process:)``.
  public init(_ path: String, of owner: Owner? = nil, reusing: Bool) throws {
    self.path = path
    func unwritable(_ reason: String) -> TrainingError {
      .outputUnwritable(path: path.isEmpty ? "--output" : path, reason: reason)
    }
    guard !path.isEmpty else { throw unwritable("the name is empty") }
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    if manager.fileExists(atPath: path, isDirectory: &isFolder) {
      guard isFolder.boolValue else { throw unwritable("it is a file") }
      let contents: [String]
      do {
        contents = try manager.contentsOfDirectory(atPath: path)
      } catch {
        throw unwritable(error.localizedDescription)
      }
      // Of a run that failed before its first epoch, as for a missing film, there is nothing to keep but films.
      let hasBegun = contents.contains { Trainer.results.contains($0) }
      guard
        reusing
          || contents.allSatisfy({
            FilmCache.isCacheFile($0) || Self.isOfNoConcern($0)
              || ($0 == RunFile.name && owner == .train && !hasBegun)
          })
      else {
        throw TrainingError.outputExists(path: path, isRun: owner == .train)
      }
      if let owner,
        let other = Owner.allCases.first(where: { $0 != owner && contents.contains($0.rawValue) })
      {
        throw unwritable("it holds another program's \(other.rawValue)")
      }
    } else {
      try Self.make(path, unwritable)
    }
    guard access(path, W_OK) == 0 else { throw unwritable(String(cString: strerror(errno))) }
    lock = owner == nil ? nil : try FolderLock(folder: path)
    // Nobody else writes here now, so what a killed program left half written is nobody's.
    if lock != nil {
      for folder in [path, file("plots")] {
        for name in (try? manager.contentsOfDirectory(atPath: folder)) ?? []
        where AtomicFile.isTemporary(name) { unlink(folder + "/" + name) }
      }
    }
  }

  /// Whether a file is none of a program's results.
  private static func isOfNoConcern(_ name: String) -> Bool {
    name == FolderLock.file || AtomicFile.isTemporary(name)
  }

  /// Makes a folder and those above it.
  private static func make(_ path: String, _ unwritable: (String) -> TrainingError) throws {
    // Not NSString's deletingLastPathComponent, which traps on a name of one letter (Swift 6.3 on Linux).
    let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : path
    let parent = trimmed.lastIndex(of: "/").map { String(trimmed[..<$0]) } ?? ""
    if !parent.isEmpty, parent != path, !FileManager.default.fileExists(atPath: parent) {
      try make(parent, unwritable)
    }
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw unwritable(String(cString: strerror(errno)))
    }
  }

  /// The path of a file in the folder.
  public func file(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }

  /// Whether the folder has a file of this name.
  public func has(_ name: String) -> Bool { access(file(name), F_OK) == 0 }

  /// Writes a file whole and flushed, or leaves the earlier one.
  /// - Throws: `CheckpointError`.
  @Sendable public static func writeWhole(_ bytes: [UInt8], to path: String) throws {
    try AtomicFile.write(bytes, to: path)
  }

  /// Writes a text whole, or leaves the earlier file.
  public func write(_ text: String, to name: String) throws {
    try AtomicFile.write(text, to: file(name))
  }

  /// Writes a document whole, or leaves the earlier file.
  public func write(_ json: JSONValue, to name: String) throws {
    try write(json.text, to: name)
  }
}
