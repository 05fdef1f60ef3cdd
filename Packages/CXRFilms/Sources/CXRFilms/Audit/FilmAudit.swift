import CXRParallel
import CXRArchive
import CXRData
import CXRImage
import Synchronization

/// Every film of a collection decoded once, on all threads, and what is wrong or odd about it.
struct FilmAudit {
  /// What is wrong or odd: missing films, films without a row, then films in file order.
  let problems: [AuditProblem]
  /// Films that can be decoded.
  let decodedCount: Int
  /// How many films are of each size, the commonest first.
  let sizes: [(height: Int, width: Int, films: Int)]
  /// Of the prepared training films.
  let trainingPixels: PixelMoments
  /// The films, to be shown.
  let films: ShownFilms

  /// The kinds of problems that films may have, in the order of a report.
  static let kinds = [
    AuditProblem.missing, "unreadable", "without_row", "duplicate_pixels_across_parts",
    "duplicate_pixels_across_patients", "duplicate_pixels", "unused_bits", "exif_orientation",
    "near_constant", "inverted",
    "upside_down", "rotated", "mirrored", "too_dark", "too_bright", "not_grey", "wrong_type",
    "small", "narrow", "bit_depth", "alpha",
  ]

  /// The films of all rows, each once, and their rows.
  static func films(
    of collection: FilmCollection
  ) -> (rows: [FilmRow], films: [(name: String, path: String)]) {
    var seen = Set<String>()
    let rows = collection.rows(of: nil).filter {
      seen.insert(collection.file.records[$0].name).inserted
    }
    return (rows, collection.films(rows))
  }

  /// Audits the films of all rows.
  ///
  /// - Throws: ``FilmError/cacheFailed(path:reason:)``.
  init(_ collection: FilmCollection, by looker: FilmLooker) throws {
    let (rows, films) = Self.films(of: collection)
    let preparation = looker.preparation
    try looker.lookTogether(at: films)
    let (examinations, cache) = try Self.examine(
      films, preparation: preparation, cacheFolder: looker.cacheFolder,
      examined: looker.examinations, waiting: looker.waiting,
      progress: { [progress = looker.progress] in progress($0, films.count) })

    self.films = ShownFilms(
      cache: cache, paths: films.map(\.path), decoding: preparation.decoding)
    let parts = Dictionary(
      Subset.allCases.flatMap { part in collection.rows(of: part).map { ($0, part) } },
      uniquingKeysWith: { first, _ in first })
    problems =
      collection.rowsWithoutFilm.map {
        AuditProblem(
          image: $0, kind: AuditProblem.missing, severity: .error,
          detail: "no such film in the folder")
      }
      + collection.filmsWithoutRow.map {
        AuditProblem(
          image: $0, kind: "without_row", severity: .note, detail: "no row of the label file")
      }
      + Self.filmProblems(
        collection, rows: rows, films: films, parts: parts, examinations, preparation: preparation)

    var (decoded, pixels): (Int, PixelMoments) = (0, PixelMoments())
    var counts: [[Int]: Int] = [:]
    for (row, result) in zip(rows, examinations) {
      guard case .success(let film) = result else { continue }
      decoded += 1
      counts[[film.content.height, film.content.width], default: 0] += 1
      if parts[row] == .train { pixels.add(film.moments) }
    }
    (decodedCount, trainingPixels) = (decoded, pixels)
    sizes = counts.sorted { ($1.value, $0.key[0], $0.key[1]) < ($0.value, $1.key[0], $1.key[1]) }
      .map { ($0.key[0], $0.key[1], $0.value) }
  }

  private struct Unreadable: Error { let reason: String }

  private static func examine(
    _ films: [(name: String, path: String)], preparation: FilmPreparation, cacheFolder: String?,
    examined: [String: FilmExamination], waiting: () -> Void,
    progress: @escaping @Sendable (Int) -> Void
  ) throws -> ([Result<FilmExamination, Unreadable>], FilmCache?) {
    let results = Mutex(
      films.map { film -> Result<FilmExamination, Unreadable> in
        examined[film.path].map { .success($0) } ?? .failure(Unreadable(reason: "not looked at"))
      })
    @Sendable func keep(_ place: CachedFilm, _ film: PreparedFilm) {
      let examination = FilmExamination(film, preparation: preparation)
      results.withLock { $0[place.index] = .success(examination) }
    }
    if let cacheFolder {
      let cache = try FilmCache(
        films: films, preparation: preparation, folder: cacheFolder, check: .stamp,
        waiting: waiting, inspect: keep, isKnown: { examined[films[$0.index].path] != nil },
        progress: progress)
      let reasons = Dictionary(
        cache.unreadable.map { ($0.name, $0.reason) }, uniquingKeysWith: { first, _ in first })
      let found = zip(films, results.withLock { $0 }).map { film, result in
        reasons[film.name].map { .failure(Unreadable(reason: $0)) } ?? result
      }
      return (found, cache)
    }
    let done = Atomic<Int>(0)
    Parallel.forEach(films.count) { i in
      do {
        if examined[films[i].path] == nil {
          keep(CachedFilm(i), try PreparedFilm(path: films[i].path, preparation: preparation))
        }
      } catch {
        let reason = UnreadableFilm.reason(error)
        results.withLock { $0[i] = .failure(Unreadable(reason: reason)) }
      }
      progress(done.add(1, ordering: .relaxed).newValue)
    }
    return (results.withLock { $0 }, nil)
  }

  /// What films are by themselves, beside their doubles and beside films of their view, in file order.
  private static func filmProblems(
    _ collection: FilmCollection, rows: [FilmRow], films: [(name: String, path: String)],
    parts: [FilmRow: Subset], _ examinations: [Result<FilmExamination, Unreadable>],
    preparation: FilmPreparation
  ) -> [AuditProblem] {
    let records = collection.file.records
    var problems = [[AuditProblem]](repeating: [], count: rows.count)
    var decoded: [(place: Int, film: FilmExamination)] = []
    for (place, result) in examinations.enumerated() {
      let name = films[place].name
      switch result {
      case .success(let film):
        problems[place] = film.problems(
          name: name, file: films[place].path, smallest: preparation.imageSize)
        decoded.append((place, film))
      case .failure(let error):
        problems[place] = [
          AuditProblem(image: name, kind: "unreadable", severity: .error, detail: error.reason)
        ]
      }
    }
    let places = Dictionary(
      films.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    let doubles = DuplicateAudit.problems(
      decoded.filter { !$0.film.showsNothing }.map { place, film in
        DuplicateAudit.Film(
          record: records[rows[place]], subset: parts[rows[place]], content: film.content)
      }
    ) { first, second in
      // One hash is almost surely one film; the pixels make sure.
      guard let a = places[first.name], let b = places[second.name] else { return false }
      // Their prepared pixels and what is known of the others, of films that are not read once more.
      var areAlike: Bool {
        guard case .success(let one) = examinations[a], case .success(let other) = examinations[b]
        else { return false }
        return one.isAlike(other)
      }
      if ArchivedPath(films[a].path) != nil || ArchivedPath(films[b].path) != nil {
        return areAlike
      }
      if let one = try? SourceStamp(path: films[a].path).file,
        one == (try? SourceStamp(path: films[b].path).file)
      {
        return true
      }
      // One that has gone meanwhile is judged by what was seen of it.
      guard let one = try? GreyFilm(path: films[a].path, options: preparation.decoding),
        let other = try? GreyFilm(path: films[b].path, options: preparation.decoding)
      else { return areAlike }
      return one == other
    }
    for problem in doubles {
      if let place = places[problem.image] { problems[place].append(problem) }
    }
    let poses = PoseAudit.findings(
      decoded.map(\.film.pose), views: decoded.map { records[rows[$0.place]].view ?? "" })
    for finding in poses {
      let place = decoded[finding.film].place
      problems[place].append(
        AuditProblem(
          image: films[place].name, kind: finding.kind, severity: .warning, detail: finding.detail))
    }
    return problems.flatMap { $0 }
  }
}

extension LabelFile.Problem {
  /// The kinds of problems that rows may have, in the order of a report.
  static let kinds = [
    "duplicates", "contradiction", "no_labels", "unknown_findings", "other_separators",
    "sex_changes", "age_falls", "name_of_other_patient",
    "study_of_two_patients",
    "implausible_age", "unreadable_age",
  ]

  /// How bad it is.
  var severity: AuditProblem.Severity {
    switch self {
    case .implausibleAge, .unreadableAge, .unknownFindings: .note
    case .duplicateFilm, .contradiction, .noLabels, .otherSeparator, .sexChange, .ageFall,
      .nameOfOtherPatient, .studyOfTwoPatients:
      .warning
    }
  }
}
