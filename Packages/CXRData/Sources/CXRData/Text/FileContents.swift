import Foundation

/// The bytes of a file, or ``DataError/unreadable(path:reason:)``.
func fileContents(_ path: String) throws -> [UInt8] {
  var isFolder: ObjCBool = false
  guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
    throw DataError.unreadable(path: path, reason: "no such file")
  }
  guard !isFolder.boolValue else {
    throw DataError.unreadable(path: path, reason: "it is a folder")
  }
  do {
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe))
  } catch {
    throw DataError.unreadable(path: path, reason: error.localizedDescription)
  }
}
