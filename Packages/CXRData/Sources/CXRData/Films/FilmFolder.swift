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
    guard isFolder.boolValue, let walk = FileManager.default.enumerator(atPath: path) else {
      throw DataError.unreadable(path: path, reason: "it is not a folder")
    }
    let wanted = Set(names)
    var found: [String: String] = [:]
    for case let relative as String in walk {
      let name = (relative as NSString).lastPathComponent
      guard
        wanted.contains(name)
          || Self.extensions.contains((name as NSString).pathExtension.lowercased())
      else { continue }
      let full = (path as NSString).appendingPathComponent(relative)
      if let other = found.updateValue(full, forKey: name), wanted.contains(name) {
        throw DataError.ambiguousFilm(
          name: name, first: min(other, full), second: max(other, full))
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
