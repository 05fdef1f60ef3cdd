import CXRData

/// What is wrong with films, or with where they are.
public enum FilmError: Error, Equatable, CustomStringConvertible {
  /// Rows of the label file have no film.
  case missingFilms(names: [String], count: Int, folder: String, hints: [FilmNameHint])
  /// None of the label file's films is there.
  case noFilmFound(names: [String], count: Int, folder: String, hints: [FilmNameHint])
  /// Films are missing that may be in archives, which are read once into a film cache, and no cache is named.
  case archivesWithoutCache(names: [String], count: Int, archive: String)
  /// Films cannot be decoded.
  case unreadableFilms([UnreadableFilm])
  /// A part of the split has no film left.
  case noFilms(part: String, why: String)
  /// The film cache cannot be written or read.
  case cacheFailed(path: String, reason: String)
  /// A film in the cache is no longer what was prepared.
  case cacheChanged(path: String, film: String)

  /// The message a person reads.
  public var description: String {
    switch self {
    case .missingFilms(let names, let count, let folder, let hints):
      return "\(count) films of the label file are not under \(folder), the first: "
        + names.joined(separator: ", ") + "."
        + hints.map { " " + $0.description + "." }.joined()
        + " Correct --images, or go on without them by --allow-missing"
    case .noFilmFound(let names, let count, let folder, let hints):
      return "none of the \(count) films of the label file is under \(folder), the first: "
        + names.joined(separator: ", ") + "."
        + hints.map { " " + $0.description + "." }.joined() + " Correct --images"
    case .archivesWithoutCache(let names, let count, let archive):
      return "\(count) films of the label file are in no folder, the first: "
        + "\(names.joined(separator: ", ")). They may be in archives, the first of which is \(archive): archives are read "
        + "once, into a cache of prepared films; name a folder for it by --cache"
    case .unreadableFilms(let films):
      let shown = films.prefix(20).map { "  \($0.name): \($0.reason)" }
      let more = films.count > 20 ? ["  … and \(films.count - 20) more"] : []
      return "\(films.count) films cannot be decoded:\n" + (shown + more).joined(separator: "\n")
        + "\nReplace them, or go on without them by --skip-unreadable"
    case .noFilms(let part, let why):
      return "no film is left in the \(part) part: \(why)"
    case .cacheFailed(let path, let reason):
      return
        "\(path): the film cache failed (\(reason)); free space, or choose another folder with "
        + "--cache"
    case .cacheChanged(let path, let film):
      return
        "\(path): \(film) is not as it was prepared; another program changed the file, or the disk "
        + "fails. Run the command again (cxr-train with --resume): the film is prepared anew"
    }
  }
}

extension FilmError: RemediedError {
  /// Listed films that are missing in a folder.
  public static func missingFilms(_ names: [String], in folder: FilmFolder) -> FilmError {
    .missingFilms(
      names: Array(names.prefix(5)), count: names.count, folder: folder.path, hints: folder.hints)
  }

  /// What can be done, where it is no correction of files or options.
  public var remedies: [Remedy] {
    switch self {
    case .missingFilms(_, _, _, let hints), .noFilmFound(_, _, _, let hints):
      hints.first?.remedies ?? []
    default: []
    }
  }
}
