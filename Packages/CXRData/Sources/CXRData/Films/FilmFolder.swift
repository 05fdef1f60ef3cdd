import Foundation

/// The films under a folder by their file names, at any depth: flat, or `images_001/images/…`.
public struct FilmFolder: Sendable {
  /// The folder's path, as given.
  public let path: String
  /// File paths by name.
  private let paths: [String: String]

  private static let extensions: Set<String> = ["png", "jpg", "jpeg"]

  /// Searches a folder for files that `names` lists, and for other images.
  ///
  /// - Throws: ``DataError/unreadable(path:reason:)`` when it is no folder,
  ///   ``DataError/ambiguousFilm(name:first:second:)`` when a listed name is there twice.
  public init(path: String, names: some Sequence<String>) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw DataError.unreadable(path: path, reason: "no such folder")
    }
    guard isFolder.boolValue else {
      throw DataError.unreadable(path: path, reason: "it is not a folder")
    }
    let wanted = Set(names)
    var found: [String: String] = [:]
    // Links to folders are followed, as large sets are often mounted so; each folder once.
    var visited: Set<String> = []
    var pending = [path]
    while let folder = pending.popLast() {
      let real = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
      guard visited.insert(real).inserted else { continue }
      let entries: [String]
      do {
        entries = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      } catch {
        throw DataError.unreadable(path: folder, reason: error.localizedDescription)
      }
      for name in entries {
        let full = (folder as NSString).appendingPathComponent(name)
        let isImage =
          wanted.contains(name)
          || Self.extensions.contains((name as NSString).pathExtension.lowercased())
        guard isImage else {
          var isFolder: ObjCBool = false
          if FileManager.default.fileExists(atPath: full, isDirectory: &isFolder),
            isFolder.boolValue
          {
            pending.append(full)
          }
          continue
        }
        if let other = found.updateValue(full, forKey: name), wanted.contains(name) {
          throw DataError.ambiguousFilm(
            name: name, first: min(other, full), second: max(other, full))
        }
      }
    }
    self.path = path
    paths = found
  }

  /// Where a film is, if it is there.
  public func path(of name: String) -> String? { paths[name] }

  /// The listed films that are not in the folder, and the images that no row lists, each sorted.
  public func differences(
    from records: [FilmRecord]
  ) -> (rowsWithoutFilm: [String], filmsWithoutRow: [String]) {
    let listed = Set(records.map(\.name))
    return (
      listed.filter { paths[$0] == nil }.sorted(),
      paths.keys.filter { !listed.contains($0) }.sorted()
    )
  }
}
