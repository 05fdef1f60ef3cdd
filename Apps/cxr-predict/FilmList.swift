import CXRData
import Foundation

/// The films that arguments name: files as they are, the films of folders at any depth, and for `-` the lines of
/// standard input.
struct FilmList {
  /// The films' paths.
  private(set) var paths: [String] = []
  /// Hidden files in folders that look like films, which are left out.
  private(set) var leftOutCount = 0

  /// - Throws: `DataError` for a folder or a list that cannot be read.
  init(_ arguments: [String]) throws {
    for argument in arguments {
      if argument == "-" {
        let bytes = [UInt8](FileHandle.standardInput.readDataToEndOfFile())
        for film in try FilmNameList(contents: bytes, path: "standard input").films {
          // A backslash may be part of a name after all.
          try add(FileManager.default.fileExists(atPath: film.text) ? film.text : film.name)
        }
      } else {
        try add(argument)
      }
    }
  }

  private mutating func add(_ path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    else {
      // What is not there is named with the unreadable ones, and the others are done.
      paths.append(path)
      return
    }
    let search = try FilmSearch(path)
    paths += search.files.map(\.path).sorted()
    leftOutCount += search.leftOutCount
  }
}
