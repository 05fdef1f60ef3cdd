import CXRData

/// Why a run cannot start, go on, or be evaluated.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// An option is outside its range.
  case invalidOption(String)
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
  /// The work takes more memory than there is, in bytes.
  case notEnoughMemory(need: Int, what: String, limit: String, left: Int, remedy: String)
  /// The film cache cannot be written or read.
  case cacheFailed(path: String, reason: String)
  /// A film in the cache is no longer what was prepared.
  case cacheChanged(path: String, film: String)
  /// Something of a run is no longer a number.
  case notFinite(Quantity, epoch: Int, step: Int, films: [String])
  /// A checkpoint's metadata lacks something or is of a newer format.
  case unusableCheckpoint(path: String, reason: String)
  /// A run cannot go on with other options than it began with.
  case resumeMismatch(path: String, differences: [String])
  /// Checkpoints that cannot be compared, or do not belong to these films.
  case evaluationMismatch(String)

  /// What may cease to be a number.
  public enum Quantity: String, Sendable {
    /// Of the batch.
    case loss = "the loss is"
    /// Of a step whose loss is a number.
    case gradient = "the gradient is"
    /// The network's or the optimizer's, after a step.
    case weights = "the weights are"
    /// Of a validation batch.
    case validationLoss = "the validation loss is"
  }

  /// The message a person reads.
  public var description: String {
    switch self {
    case .invalidOption(let text): return text
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
    case .notEnoughMemory(let need, let what, let limit, let left, let remedy):
      return
        "not enough memory: \(what) take about \(need >> 20) MiB more, and \(limit) \(left >> 20) MiB. "
        + "Lower --batch-size, --image-size or --threads, choose a smaller network, or \(remedy)"
    case .cacheFailed(let path, let reason):
      return
        "\(path): the film cache failed (\(reason)); free space, or choose another folder with "
        + "--cache"
    case .cacheChanged(let path, let film):
      return
        "\(path): \(film) is not as it was prepared; another program changed the file, or the disk "
        + "fails. Run the command again (cxr-train with --resume): the film is prepared anew"
    case .notFinite(let quantity, let epoch, let step, let films):
      return
        "\(quantity.rawValue) not finite in epoch \(epoch), step \(step); best.npz and last.npz stay as "
        + "they were. Start anew with a lower --learning-rate or with --clip-norm 1"
        + (films.isEmpty ? "" : ". Films of the batch: " + films.joined(separator: ", "))
    case .unusableCheckpoint(let path, let reason):
      return "\(path): \(reason)"
    case .resumeMismatch(let path, let differences):
      return "\(path): the run began with other settings, so it cannot go on:\n  "
        + differences.joined(separator: "\n  ")
        + "\nUse the same settings, or start anew in another folder"
    case .evaluationMismatch(let text): return text
    }
  }
}

extension TrainingError: RemediedError {
  /// Listed films that are missing in a folder.
  public static func missingFilms(_ names: [String], in folder: FilmFolder) -> TrainingError {
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

/// A film that cannot be decoded, and why.
public struct UnreadableFilm: Sendable, Equatable {
  /// The film's name in the label file.
  public let name: String
  /// The decoder's reason.
  public let reason: String

  /// Gathers both.
  public init(name: String, reason: String) { (self.name, self.reason) = (name, reason) }
}
