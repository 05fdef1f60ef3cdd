import CXRData
import CXREvaluation
import CXRFilms

/// Films that networks have answered, and that can be looked at once more.
struct AnsweredFilms: Sendable {
  let networks: Networks
  /// What the networks say.
  let answers: Networks.Answers
  /// The rows of the films that can be decoded.
  let rows: [Int]
  /// The place of each of ``rows``' films in ``source``.
  var places: [Int] { answers.places }
  let source: PreparedFilms

  /// Applies the networks to the films of `asked` rows.
  /// - Throws: `FilmError` for films that cannot be decoded unless these are skipped, or where none can be.
  init(
    _ asked: [Int], of collection: FilmCollection, _ sources: EvaluationSources,
    events: Evaluation.Events
  ) throws {
    networks = Networks(sources.classifiers, dicomModalities: sources.options.dicomModalities)
    (source, answers) = try Self.answers(networks, asked, of: collection, sources.options, events)
    rows = answers.places.map { asked[$0] }
    guard !rows.isEmpty else {
      throw FilmError.noFilms(
        part: sources.subset?.rawValue ?? "evaluated", why: "no film can be decoded")
    }
  }

  private static func answers(
    _ networks: Networks, _ rows: [Int], of collection: FilmCollection,
    _ options: Evaluation.Options, _ events: Evaluation.Events
  ) throws -> (PreparedFilms, Networks.Answers) {
    let films = collection.films(rows)
    let source = try networks.prepared(
      films, cacheFolder: options.cacheFolder, check: options.cacheCheck, waiting: events.waiting,
      progress: { events.progress($0, films.count) })
    let found = try networks.answers(
      on: source, count: rows.count, paths: options.checkpoints
    ) { events.progress($0, rows.count) }
    guard found.unreadable.isEmpty || options.skipsUnreadable else {
      throw FilmError.unreadableFilms(found.unreadable)
    }
    return (source, found)
  }

  /// The networks' thresholds and calibrations: as stored, or chosen anew on the validation films where another rule is asked
  /// for, or nothing is stored.
  func fits(
    _ stored: [ValidationFit?], in collection: FilmCollection, _ sources: EvaluationSources,
    events: Evaluation.Events
  ) throws -> [ValidationFit?] {
    var fits = stored
    guard sources.subset != nil, fits.contains(where: { $0 == nil }) else { return fits }
    let rows = collection.rows(of: .validation)
    events.fitting(rows.count)
    let (_, again) = try Self.answers(networks, rows, of: collection, sources.options, events)
    let usable = again.places.map { rows[$0] }
    guard !usable.isEmpty else { return fits }
    let films = JudgedFilms(rows: usable, of: collection)
    for m in fits.indices where fits[m] == nil {
      fits[m] = ValidationFit(
        rule: sources.rule(of: m),
        answers: FilmAnswers(films: films, scores: again.probabilities[m]))
    }
    return fits
  }
}
