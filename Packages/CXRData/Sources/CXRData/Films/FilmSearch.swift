import Foundation

/// All films below a folder: the one search of every program.
///
/// Links to files and folders are followed, and each folder is entered once, so that loops end. A film is a file whose
/// extension says so, one that begins as DICOM does, or one that is asked for by name. What systems and tools leave
/// between films, such as `._x.png` or `.ipynb_checkpoints`, is left out and counted.
public struct FilmSearch: Sendable {
  /// A file that is a film.
  public struct File: Sendable {
    /// Where it is, below the folder as given.
    public let path: String
    /// Its own name.
    public let name: String
    /// The folder it lies in, in ``FilmSearch/folders``.
    let folder: Int
  }

  /// A folder, with every way in which it is reached.
  struct Folder: Sendable {
    /// The folder above, `nil` for the root of the file system, and the name by which this one lies there.
    var entries: [(above: Int?, name: String)]
  }

  /// The films, ordered by path within each folder.
  public private(set) var files: [File] = []
  /// Archives, in which films may be, by path; their members are no part of the search unless they are added.
  public private(set) var archives: [String] = []
  /// Archives that are not whole, by path, as `cxr-fetch` leaves them while it is not done.
  public private(set) var unfinishedArchives: [String] = []
  /// The folder that each archive is, in ``folders``.
  private var archiveFolders: [String: Int] = [:]
  /// Films left out: hidden files and those in folders that are no part of a collection.
  public private(set) var leftOutCount = 0
  /// Whether a link leads to any of them.
  private(set) var hasLinks = false
  private(set) var folders: [Folder] = []

  private static let strangeFolders: Set<String> = [
    "__MACOSX", "@eaDir", "$RECYCLE.BIN", "System Volume Information", "lost+found",
  ]

  /// Searches a folder.
  ///
  /// - Parameters:
  ///   - path: of the folder.
  ///   - isWanted: whether a file of this name is a film whatever its extension.
  /// - Throws: ``DataError/unreadable(path:reason:)`` when it is no folder, or one below cannot be read.
  public init(_ path: String, isWanted: (String) -> Bool = { _ in false }) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw DataError.unreadable(
        path: path, reason: FilmName.isArchive(path) ? "no such archive" : "no such folder")
    }
    guard isFolder.boolValue else {
      guard FilmName.isArchive(path) else {
        throw DataError.unreadable(
          path: path, reason: "it is neither a folder nor an archive (.tar, .tar.gz, .tgz, .zip)")
      }
      archives = [path]
      archiveFolders = [path: addRoot(path)]
      return
    }
    let root = addRoot(path)
    // Folders by device and number.
    var known = [try FileIdentity(path): root]
    var pending = [(path: path, folder: root)]
    while let (path, folder) = pending.popLast() {
      for entry in try Self.entries(of: path) {
        let full = path.hasSuffix("/") ? path + entry.name : path + "/" + entry.name
        let isHidden = entry.name.hasPrefix(".") || Self.strangeFolders.contains(entry.name)
        var kind = entry.kind
        if kind == .unknown {
          kind = Self.kind(of: full)
          hasLinks = true
        }
        switch kind {
        case .folder where isHidden: leftOutCount += Self.filmCount(below: full)
        case .folder:
          let identity = try FileIdentity(full)
          if let place = known[identity] {
            folders[place].entries.append((folder, entry.name))
          } else {
            known[identity] = folders.count
            pending.append((full, folders.count))
            folders.append(Folder(entries: [(folder, entry.name)]))
          }
        case .file where !isHidden && FilmName.isArchive(entry.name):
          archives.append(full)
          archiveFolders[full] = folders.count
          folders.append(Folder(entries: [(folder, entry.name)]))
        case .file where !isHidden && FilmName.isUnfinishedArchive(entry.name):
          unfinishedArchives.append(full)
        case .file, .nothing:
          let isFilm =
            FilmName.extensions.contains(FilmName.fileExtension(entry.name))
            || isWanted(entry.name)
          if isHidden, !isWanted(entry.name) {
            if isFilm { leftOutCount += 1 }
          } else if isFilm || (kind == .file && !isHidden && Self.isDICOM(full)) {
            files.append(File(path: full, name: entry.name, folder: folder))
          }
        case .unknown, .other: break
        }
      }
    }
  }

  /// Adds the films of an archive, as if it were a folder; hidden ones are counted as left out.
  ///
  /// - Parameters:
  ///   - archive: one of ``archives``.
  ///   - members: names within it, parts between slashes.
  public mutating func add(archive: String, members: some Sequence<String>) {
    guard let root = archiveFolders[archive] else { return }
    var known: [Substring: Int] = [:]
    for member in members {
      let parts = FilmName.parts(member)
      guard let name = parts.last else { continue }
      if parts.contains(where: { $0.hasPrefix(".") || Self.strangeFolders.contains(String($0)) }) {
        leftOutCount += 1
        continue
      }
      let way = Substring(parts.dropLast().joined(separator: "/"))
      let folder: Int
      if let found = known[way] {
        folder = found
      } else {
        var place = root
        for part in parts.dropLast() {
          folders.append(Folder(entries: [(place, String(part))]))
          place = folders.count - 1
        }
        (known[way], folder) = (place, place)
      }
      files.append(File(path: archive + "/" + member, name: String(name), folder: folder))
    }
  }

  /// Adds the folder itself below all that are above it: as its path is spelled, and as it is without links.
  private mutating func addRoot(_ path: String) -> Int {
    let absolute = URL(fileURLWithPath: path).standardizedFileURL.path
    let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let root = 0
    folders.append(Folder(entries: []))
    for spelled in Set([absolute, real]) {
      var above: Int?
      let parts = spelled.split(separator: "/").map { String($0) }
      for part in parts.dropLast() {
        folders.append(Folder(entries: [(above, part)]))
        above = folders.count - 1
      }
      if let name = parts.last { folders[root].entries.append((above, name)) }
    }
    return root
  }

  /// Whether a film's path ends with `parts`, by any of the ways that lead to its folder.
  func folder(_ folder: Int, endsWith parts: some BidirectionalCollection<Substring>) -> Bool {
    var reached: Set<Int> = [folder]
    var rest = parts[...]
    while let part = rest.popLast() {
      var above: Set<Int> = []
      for place in reached {
        for entry in folders[place].entries where entry.name == part {
          // A way that ends at the root of the file system holds no further part.
          if let next = entry.above { above.insert(next) } else if rest.isEmpty { return true }
        }
      }
      if above.isEmpty { return false }
      reached = above
    }
    return true
  }

  // MARK: the file system

  private enum Kind { case file, folder, nothing, other, unknown }

  /// What a folder holds, sorted; links are of unknown kind.
  private static func entries(of folder: String) throws -> [(name: String, kind: Kind)] {
    guard let stream = opendir(folder) else {
      throw DataError.unreadable(path: folder, reason: String(cString: strerror(errno)))
    }
    defer { closedir(stream) }
    var found: [(name: String, kind: Kind)] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(
          to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)
        ) { String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      let kind: Kind =
        switch Int(entry.pointee.d_type) {
        case Int(DT_REG): .file
        case Int(DT_DIR): .folder
        case Int(DT_LNK), Int(DT_UNKNOWN): .unknown
        default: .other
        }
      found.append((name, kind))
    }
    return found.sorted { $0.name < $1.name }
  }

  /// What a path leads to, links followed; `nothing` for a link to what is not there.
  private static func kind(of path: String) -> Kind {
    var status = stat()
    guard stat(path, &status) == 0 else { return .nothing }
    return switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    default: .other
    }
  }

  /// Whether a file begins with 128 bytes of anything and `DICM`.
  private static func isDICOM(_ path: String) -> Bool {
    guard let file = fopen(path, "rb") else { return false }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 132)
    return fread(&bytes, 1, 132, file) == 132 && bytes[128...] == Array("DICM".utf8)[...]
  }

  /// How many files below a folder that is left out look like films; links are not followed.
  private static func filmCount(below path: String) -> Int {
    ((try? entries(of: path)) ?? []).reduce(0) { count, entry in
      switch entry.kind {
      case .folder: count + filmCount(below: path + "/" + entry.name)
      default:
        count + (FilmName.extensions.contains(FilmName.fileExtension(entry.name)) ? 1 : 0)
      }
    }
  }
}

/// A file or folder, whatever the path that leads to it.
struct FileIdentity: Hashable {
  private let device: UInt64
  private let number: UInt64

  /// - Throws: ``DataError/unreadable(path:reason:)`` where nothing is.
  init(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw DataError.unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    // Darwin's numbers of devices have a sign.
    (device, number) = (UInt64(truncatingIfNeeded: status.st_dev), UInt64(status.st_ino))
  }
}
