import CXRFiles
import CXRFilms
import CXRArchive
import CXRCommandLine
import CXRData
import CXRTraining
import Foundation

/// The films that arguments name: files as they are, the films of folders at any depth, and for `-` the lines of
/// standard input.
struct FilmList {
  /// The films' paths.
  private(set) var paths: [String] = []
  /// Hidden files in folders that look like films, which are left out.
  private(set) var leftOutCount = 0
  /// Archives that could not be read to their end; what was found in them is asked about.
  private(set) var failures: [UnreadableFilm] = []
  /// Films of a label file that are missing.
  private(set) var missingCount = 0

  /// - Throws: `DataError` for a folder or a list that cannot be read.
  init(_ arguments: [String]) throws {
    for argument in arguments {
      if argument == "-" {
        let bytes = FileHandle.standardInput.bytesToEnd()
        for film in try FilmNameList(contents: bytes, path: "standard input").films {
          // A backslash may be part of a name after all.
          try add(FileManager.default.fileExists(atPath: film.text) ? film.text : film.name)
        }
      } else {
        try add(argument)
      }
    }
  }

  /// The films of a label file.
  ///
  /// - Parameters:
  ///   - labelFile: its path.
  ///   - images: the folder of films.
  ///   - collection: how the label file is read; `nil`: what its header tells.
  ///   - own: how the checkpoint's was read, for a file that its header does not tell.
  ///   - rule: what of films' names does not count, beside what the collection says.
  ///   - allowMissing: go on without rows whose film is missing.
  /// - Throws: `DataError`, `TrainingError`.
  init(
    listedIn labelFile: String, images: String, collection: CollectionOptions.Choice?,
    asCheckpoint own: CollectionDescription?, rule: FilmNameRule, allowMissing: Bool
  ) throws {
    func read(_ description: CollectionDescription?) throws -> (LabelFile, FilmNameRule) {
      // Whose films they are makes no difference to an answer.
      let saysNothing = description.map { $0.patient == nil } ?? false
      let file = try LabelFile(
        path: labelFile, collection: description, patients: saysNothing ? .eachFilm : .labelFile)
      return (file, rule.joined(with: description, names: file.records.map(\.name)))
    }
    let recognised = CollectionDescription.recognised(labelFile: labelFile)
    var order: [String: [String]] = [:]
    let (file, names) =
      if let collection {
        try read(collection.description)
      } else if let recognised {
        try read(recognised)
      } else if let own, let file = try? read(own) { file } else { try read(nil) }
    let films = file.records.map(\.name)
    var broken: [ArchiveError] = []
    let folder = try FilmFolder(path: images, names: films, rule: names) {
      (order, broken) = FilmFiles.listing(of: $0, isWanted: $1)
      return order
    }
    // What is missing may be where an archive breaks off.
    if let failure = broken.first, !folder.missing.isEmpty, !allowMissing { throw failure }
    if !folder.missing.isEmpty { note(broken) }
    guard folder.missing.isEmpty || allowMissing else {
      throw FilmError.missingFilms(folder.missing, in: folder)
    }
    paths = films.compactMap(folder.path(of:))
    if !order.isEmpty { readArchivesInOrder(order) }
    missingCount = folder.missing.count
  }

  private mutating func note(_ broken: [ArchiveError]) {
    failures += broken.map { failure in
      // Its message begins with the archive's path.
      let reason = failure.description.dropFirst(failure.archive.count)
      return UnreadableFilm(
        name: failure.archive, reason: reason.trimmingCharacters(in: .whitespaces))
    }
  }

  /// Puts films in archives last, in the order in which they lie there, so that each archive is read once.
  private mutating func readArchivesInOrder(_ members: [String: [String]]) {
    var places: [String: (archive: String, member: Int)] = [:]
    for (archive, members) in members {
      for (place, member) in members.enumerated() {
        places[archive + "/" + member] = (archive, place)
      }
    }
    let archived = paths.filter { places[$0] != nil }.sorted {
      guard let one = places[$0], let other = places[$1] else { return false }
      return one < other
    }
    paths = paths.filter { places[$0] == nil } + archived
  }

  private mutating func add(_ path: String) throws {
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    guard isThere, isFolder.boolValue || ArchivedPath.isArchive(path) else {
      // What is not there is named with the unreadable ones, and the others are done.
      paths.append(path)
      return
    }
    var search = try FilmSearch(path)
    let (members, broken) = FilmFiles.listing(of: search.archives)
    note(broken)
    for archive in search.archives { search.add(archive: archive, members: members[archive] ?? []) }
    paths += search.files.map(\.path).sorted()
    if !members.isEmpty { readArchivesInOrder(members) }
    leftOutCount += search.leftOutCount
  }
}
