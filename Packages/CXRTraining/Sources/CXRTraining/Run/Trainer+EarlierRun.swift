import CXRFiles
import Foundation

extension Trainer {
  /// The files that only a run that has trained leaves.
  static let results = [bestFile, lastFile, historyFile]

  /// Whether the folder holds nothing yet that a run has trained.
  public static func isUntouched(_ folder: OutputFolder) -> Bool {
    !results.contains { folder.has($0) }
  }

  /// Renames an earlier run's files in the folder to `….old`, or `….old-2` where that is there, so that a run that replaces it never
  /// stands beside its weights, and nothing is lost.
  ///
  /// - Parameters:
  ///   - folder: where.
  ///   - kept: a file that is this run's already.
  /// - Throws: `FileError`.
  public static func setAsideEarlierRun(in folder: OutputFolder, except kept: String? = nil) throws
  {
    // run.json first: without it a run that is killed here is not taken for the earlier one.
    for name in [RunFile.name] + results + ["report.html"] where name != kept {
      let path = folder.file(name)
      guard FileManager.default.fileExists(atPath: path) else { continue }
      var (old, number) = (path + ".old", 1)
      while access(old, F_OK) == 0 {
        number += 1
        old = "\(path).old-\(number)"
      }
      guard rename(path, old) == 0 else {
        throw FileError.folderUnusable(path: path, reason: String(cString: strerror(errno)))
      }
    }
  }
}
