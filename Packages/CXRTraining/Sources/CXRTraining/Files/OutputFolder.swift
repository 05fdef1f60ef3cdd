import CXRCheckpoint
import Foundation

/// A folder that a program writes its results to.
public struct OutputFolder: Sendable {
  /// The folder's path, as given.
  public let path: String

  /// Makes the folder, or takes an empty one, or one that holds only a film cache of an earlier try.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - reusing: take a folder that holds files; only files that are written again change.
  /// - Throws: ``TrainingError/outputExists(path:)``, ``TrainingError/outputUnwritable(path:reason:)``.
  public init(_ path: String, reusing: Bool) throws {
    self.path = path
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    if manager.fileExists(atPath: path, isDirectory: &isFolder) {
      guard isFolder.boolValue else {
        throw TrainingError.outputUnwritable(path: path, reason: "it is a file")
      }
      let contents: [String]
      do {
        contents = try manager.contentsOfDirectory(atPath: path)
      } catch {
        throw TrainingError.outputUnwritable(path: path, reason: error.localizedDescription)
      }
      guard reusing || contents.allSatisfy(FilmCache.isCacheFile) else {
        throw TrainingError.outputExists(path: path)
      }
    } else {
      do {
        try manager.createDirectory(atPath: path, withIntermediateDirectories: true)
      } catch {
        throw TrainingError.outputUnwritable(path: path, reason: error.localizedDescription)
      }
    }
    guard manager.isWritableFile(atPath: path) else {
      throw TrainingError.outputUnwritable(path: path, reason: "no permission")
    }
  }

  /// The path of a file in the folder.
  public func file(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }

  /// Writes a text whole, or leaves the earlier file.
  public func write(_ text: String, to name: String) throws {
    try AtomicFile.write(text, to: file(name))
  }

  /// Writes a document whole, or leaves the earlier file.
  public func write(_ json: JSONValue, to name: String) throws {
    try write(json.text, to: name)
  }
}
