import CXRTraining
import Foundation

/// The films that arguments name: files as they are, the films of folders at any depth, and for `-` the lines of
/// standard input.
struct FilmList {
  /// Extensions of files that folders are searched for.
  private static let extensions: Set<String> = ["png", "jpg", "jpeg", "dcm", "dicom"]

  let paths: [String]

  /// - Throws: `TrainingError.invalidOption` for what is neither a file nor a folder.
  init(_ arguments: [String]) throws {
    var paths: [String] = []
    for argument in arguments {
      if argument == "-" {
        while let line = readLine() {
          if !line.isEmpty { paths += try Self.films(at: line) }
        }
      } else {
        paths += try Self.films(at: argument)
      }
    }
    self.paths = paths
  }

  private static func films(at path: String) throws -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      // It is named with the unreadable ones, and the others are done.
      return [path]
    }
    guard isFolder.boolValue else { return [path] }
    guard let names = FileManager.default.enumerator(atPath: path) else {
      throw TrainingError.invalidOption("\(path): the folder cannot be read; check its permissions")
    }
    var found: [String] = []
    while let name = names.nextObject() as? String {
      let fileExtension = (name as NSString).pathExtension.lowercased()
      if extensions.contains(fileExtension) {
        found.append((path as NSString).appendingPathComponent(name))
      }
    }
    return found.sorted()
  }
}
