import CXRData
import CXREvaluation
import CXRFilms
import CXRNet
import CXRParallel

/// Films that networks have answered, and that can be looked at once more.
struct AnsweredFilms: Sendable {
  let networks: Networks
  /// What the networks say.
  let answers: Networks.Answers
  /// The rows of the films that can be decoded.
  let rows: [FilmRow]
  /// Thresholds and calibrations of each network: as stored, or chosen anew.
  let fits: [ValidationFit?]
  /// Each of ``rows``' films in ``source``.
  var places: [CachedFilm] { answers.places }
  let source: PreparedFilms

  /// Applies the networks to the films of `asked` rows, once.
  ///
  /// - Parameters:
  ///   - asked: rows of the collection.
  ///   - collection: with the films.
  ///   - sources: networks and options.
  ///   - stored: thresholds of the networks, `nil` where they are to be chosen on the validation films.
  ///   - sightings: filled with what is kept of the films, a network.
  ///   - events: what is told meanwhile.
  /// - Throws: `FilmError` for films that cannot be decoded unless these are skipped, or where none can be.
  init(
    _ asked: [FilmRow], of collection: FilmCollection, _ sources: EvaluationSources,
    stored: [ValidationFit?], sightings: inout [Sightings], events: Evaluation.Events
  ) throws {
    let options = sources.options
    networks = Networks(sources.classifiers, dicomModalities: options.dicomModalities)
    // Thresholds first: what is a miss or an alarm is seen while films are answered.
    fits = try Self.fits(stored, networks, collection, sources, events)
    if let search = try sources.search(asked, in: collection) {
      sightings = fits.map { Sightings(search, fit: $0) }
    }
    var seen = sightings
    let classifiers = sources.classifiers
    let looks = !seen.isEmpty
    (source, answers) = try Self.answers(
      networks, asked, of: collection, options, events,
      see: looks
        ? { network, films, reading in
          seen[network].add(films, reading, by: classifiers[network])
        } : nil)
    sightings = seen
    rows = answers.places.map { asked[$0.index] }
    guard !rows.isEmpty else {
      throw FilmError.noFilms(
        part: sources.subset?.rawValue ?? "evaluated", why: "no film can be decoded")
    }
  }

  private static func answers(
    _ networks: Networks, _ rows: [FilmRow], of collection: FilmCollection,
    _ options: Evaluation.Options, _ events: Evaluation.Events,
    see: ((_ network: Int, _ films: [CachedFilm], FilmReading) -> Void)? = nil
  ) throws -> (PreparedFilms, Networks.Answers) {
    let films = collection.films(rows)
    let source = try networks.prepared(
      films, cacheFolder: options.cacheFolder, check: options.cacheCheck, ranks: options.ranks,
      waiting: events.waiting, progress: { events.progress($0, films.count) })
    let found = try networks.answers(
      on: source, count: rows.count, paths: options.checkpoints,
      ranks: options.ranks ?? LocalRanks.alone, see: see
    ) { events.progress($0, rows.count) }
    guard found.unreadable.isEmpty || options.skipsUnreadable else {
      throw FilmError.unreadableFilms(found.unreadable)
    }
    return (source, found)
  }

  /// The networks' thresholds and calibrations: as stored, or chosen anew on the validation films where another rule is asked
  /// for, or nothing is stored.
  private static func fits(
    _ stored: [ValidationFit?], _ networks: Networks, _ collection: FilmCollection,
    _ sources: EvaluationSources, _ events: Evaluation.Events
  ) throws -> [ValidationFit?] {
    var fits = stored
    guard sources.subset != nil, fits.contains(where: { $0 == nil }) else { return fits }
    let rows = collection.rows(of: .validation)
    events.fitting(rows.count)
    let (_, again) = try answers(networks, rows, of: collection, sources.options, events)
    let usable = again.places.map { rows[$0.index] }
    guard !usable.isEmpty else { return fits }
    let units = JudgedUnits(sources.options.unit, of: collection)
    try units.check(usable)
    let films = units.films(usable)
    for m in fits.indices where fits[m] == nil {
      let model = ScoredModel("", logits: again.logits[m], probabilities: again.probabilities[m])
      fits[m] = ValidationFit(
        rule: sources.rule(of: m), answers: units.model(model, usable).answers(films))
    }
    return fits
  }
}
