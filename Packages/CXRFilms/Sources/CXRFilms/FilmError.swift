import CXRData
import CXRImage

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
  /// Another rank prepares a film's bytes to other pixels than this one.
  case preparedDifferently(film: String, rank: Int)

  /// The message a person reads.
  public var description: String {
    switch self {
    case .missingFilms(let names, let count, let folder, let hints):
      return "\(count) films of the label file are not under \(folder), the first: "
        + names.joined(separator: ", ") + "."
        + hints.map { " " + $0.description + "." }.joined()
        + " Correct the folder of films, or go on without them"
    case .noFilmFound(let names, let count, let folder, let hints):
      return "none of the \(count) films of the label file is under \(folder), the first: "
        + names.joined(separator: ", ") + "."
        + hints.map { " " + $0.description + "." }.joined() + " Correct the folder of films"
    case .archivesWithoutCache(let names, let count, let archive):
      return "\(count) films of the label file are in no folder, the first: "
        + "\(names.joined(separator: ", ")). They may be in archives, the first of which is \(archive): archives are read "
        + "once, into a cache of prepared films; name a folder for it"
    case .unreadableFilms(let films):
      let shown = films.prefix(20).map { "  \($0.name): \($0.reason)" }
      let more = films.count > 20 ? ["  … and \(films.count - 20) more"] : []
      return "\(films.count) films cannot be decoded:\n" + (shown + more).joined(separator: "\n")
        + "\nReplace them, or go on without them"
    case .noFilms(let part, let why):
      return "no film is left in the \(part) part: \(why)"
    case .cacheFailed(let path, let reason):
      return
        "\(path): the film cache failed (\(reason)); free space, or choose another folder for it"
    case .cacheChanged(let path, let film):
      return
        "\(path): \(film) is not as it was prepared; another program changed the file, or the disk "
        + "fails. Begin again, or go on with a training run: the film is prepared anew"
    case .preparedDifferently(let film, let rank):
      return
        "\(film): rank \(rank) prepares it to other pixels than this computer, from the same bytes; install the same versions of "
        + "the libraries that decode films (libjpeg-turbo, libpng) on both"
    }
  }
}

extension FilmError: RemediedError {
  /// Listed films that are missing in a folder.
  public static func missingFilms(_ names: [String], in folder: FilmFolder) -> FilmError {
    .missingFilms(
      names: Array(names.prefix(5)), count: names.count, folder: folder.path, hints: folder.hints)
  }

  /// What can be done by options, beside a correction of files.
  public var remedies: [Remedy] {
    switch self {
    case .missingFilms(_, _, _, let hints): (hints.first?.remedies ?? []) + [.allowMissing]
    case .noFilmFound(_, _, _, let hints): hints.first?.remedies ?? []
    case .archivesWithoutCache, .cacheFailed: [.nameCache]
    case .unreadableFilms(let films):
      // What one film is refused for is often what all are.
      [.skipUnreadable] + (films.lazy.compactMap(\.remedy).first.map { [Remedy($0)] } ?? [])
    case .noFilms, .preparedDifferently: []
    case .cacheChanged: [.goOn]
    }
  }
}

extension Remedy {
  /// Go on without films that are missing: ``FilmCollection/Options/allowMissing``.
  public static let allowMissing = Remedy(option: "allowMissing")
  /// Go on without films that cannot be decoded.
  public static let skipUnreadable = Remedy(option: "skipUnreadable")
  /// Name a folder for prepared films: ``FilmCache/init(films:preparation:folder:check:waiting:progress:)``.
  public static let nameCache = Remedy(option: "cacheFolder")
  /// Go on with a training run that was stopped.
  public static let goOn = Remedy(option: "resume")

  /// A decoding option with which a film would be read.
  public init(_ decoding: DecodingRemedy) {
    self.init(option: decoding.option, value: decoding.value)
  }
}
