import Foundation

/// The films under a folder by their file names, at any depth: flat, or `images_001/images/…`.
///
/// A name that is a path, as CheXpert's `train/patient00001/study1/view1_frontal.jpg`, is found by its last
/// three parts, so that the folder may be the path's root or any of the folders below it.
public struct FilmFolder: Sendable {
  /// The folder's path, as given.
  public let path: String
  /// File paths by key.
  private let paths: [String: String]
  /// How many of the last parts of a path make its key.
  private let depth: Int

  private static let extensions: Set<String> = ["png", "jpg", "jpeg", "dcm"]

  /// Searches a folder for files that `names` lists, and for other images.
  ///
  /// - Throws: ``DataError/unreadable(path:reason:)`` when it is no folder,
  ///   ``DataError/ambiguousFilm(name:first:second:)`` when a listed name is there twice.
  public init(path: String, names: some Collection<String>) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw DataError.unreadable(path: path, reason: "no such folder")
    }
    guard isFolder.boolValue else {
      throw DataError.unreadable(path: path, reason: "it is not a folder")
    }
    let depth = names.contains { $0.utf8.contains(UInt8(ascii: "/")) } ? 3 : 1
    let wanted = Set(names.map { Self.key($0, depth) })
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
        let key = depth == 1 ? name : Self.key(full, depth)
        let isImage =
          wanted.contains(key)
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
        if let other = found.updateValue(full, forKey: key), wanted.contains(key) {
          throw DataError.ambiguousFilm(
            name: name, first: min(other, full), second: max(other, full))
        }
      }
    }
    self.path = path
    self.depth = depth
    paths = found
  }

  /// The last parts of a path.
  private static func key(_ path: String, _ depth: Int) -> String {
    depth == 1 ? path : path.split(separator: "/").suffix(depth).joined(separator: "/")
  }

  /// Where a film is, if it is there.
  public func path(of name: String) -> String? { paths[Self.key(name, depth)] }

  /// The listed films that are not in the folder, and the images that no row lists, each sorted.
  public func differences(
    from records: [FilmRecord]
  ) -> (rowsWithoutFilm: [String], filmsWithoutRow: [String]) {
    let listed = Set(records.map { Self.key($0.name, depth) })
    return (
      Set(records.map(\.name)).filter { path(of: $0) == nil }.sorted(),
      paths.keys.filter { !listed.contains($0) }.sorted()
    )
  }
}
