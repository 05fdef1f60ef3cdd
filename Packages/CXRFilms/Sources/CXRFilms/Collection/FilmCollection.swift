import CXRArchive
import CXRData
import CXRParallel

/// A label file, the films it lists, and the split of its patients: what every command starts from.
public struct FilmCollection: Sendable {
  /// Where things are and how they are read.
  public struct Options: Sendable {
    /// The label file's path.
    public var labelFile: String
    /// The folder of films, or an archive; `nil`, the default, where no film is used.
    public var images: String?
    /// How the label file is read; `nil`, the default: by its columns, as NIH's or CheXpert's.
    public var collection: CollectionDescription?
    /// Where it stands whose films they are; in the label file unless said otherwise.
    public var patients = PatientSource.labelFile
    /// The findings, in output order, each once; `nil`, the default: the collection's, or NIH's fourteen.
    public var labels: [String]?
    /// What labels are called in the label file, where that is something else: the map of an external test. `nil`, the default:
    /// all have their own names; of a label that neither the map nor the file has nothing is known.
    public var partners: LabelMap?
    /// Labels that are known to exist though no row may have them, beside NIH's fourteen, such as a checkpoint's; none unless
    /// said otherwise.
    public var vocabulary: [String] = []
    /// Names of the label file that are taken for others, as `Pleural Effusion` for `Effusion`; none unless said otherwise.
    public var renames: [String: String] = [:]
    /// Whether a rename of what nothing in the label file is called is an error; it is unless said otherwise.
    public var renamesMustOccur = true
    /// What of films' names does not count when they are looked for; every part counts unless said otherwise.
    public var filmNames = FilmNameRule()
    /// What uncertain findings count as; as unknown unless said otherwise.
    public var uncertain = UncertainPolicy.ignore
    /// The seed of the random split, or of the draw of validation patients; 0 unless said otherwise.
    public var splitSeed: UInt32
    /// Lists of films, as NIH's two, for the official split; `nil`, the default: patients are split at random.
    public var lists: (train: String, test: String)?
    /// A list of validation films beside them; `nil`, the default: an eighth of the training list's patients is drawn.
    public var validationList: String?
    /// Go on without films of these lists that the label file does not have; unless said otherwise they are an error.
    public var allowsUnknownFilms = false
    /// Go on without rows whose film is absent; unless said otherwise they are an error.
    public var allowMissing: Bool
    /// An `audit.csv` whose films of severity `error` are left out; `nil`, the default, for none.
    public var exclude: String?
    /// Deal the patients to parts, as is done unless said otherwise; without it all films belong together.
    public var dividesPatients = true

    /// The collection's findings and the random split of seed 0 unless said otherwise.
    public init(
      labelFile: String, images: String? = nil, labels: [String]? = nil,
      splitSeed: UInt32 = 0, lists: (train: String, test: String)? = nil, allowMissing: Bool = false
    ) {
      self.labelFile = labelFile
      self.images = images
      self.labels = labels
      self.splitSeed = splitSeed
      self.lists = lists
      self.allowMissing = allowMissing
    }
  }

  /// The label file.
  public let file: LabelFile
  /// The films' folder.
  public let folder: FilmFolder?
  /// Which patient is in which part.
  public let split: PatientSplit
  /// The findings of every row.
  public private(set) var matrix: LabelMatrix
  /// Listed films that an audit leaves out, by name.
  public let excluded: Set<String>
  /// Films that an audit leaves out and the label file does not list, sorted.
  public let excludedStrangers: [String]
  /// What of films' names does not count.
  public let filmNames: FilmNameRule
  /// Listed films that are absent, sorted.
  public var rowsWithoutFilm: [String] {
    (folder?.missing ?? []).filter { !excluded.contains($0) }
  }
  /// Films that no row lists, by their paths below the folder, sorted.
  public var filmsWithoutRow: [String] { folder?.unlisted ?? [] }
  /// Labels of which the files say nothing under any name, where a map of labels is given.
  public let labelsWithoutPartner: [String]
  /// Films that the audit calls missing and that are there, sorted; they are used.
  let foundAgain: [String]
  /// Archives in which films that are missing may be, and which were not looked into, as there is no cache for them.
  let unreadArchives: [String]
  /// Why an archive could not be read to its end, though no film is missing.
  let archiveFailure: ArchiveError?
  private let vocabulary: [String]
  let partners: [String: [String]]

  /// Reads the label file, splits the patients and finds the films.
  ///
  /// - Parameters:
  ///   - options: where things are.
  ///   - tolerateMissing: do not throw for absent films, whatever the options say.
  /// - Throws: `DataError`; ``FilmError/missingFilms(names:count:folder:hints:)``.
  public init(_ options: Options, tolerateMissing: Bool = false) throws {
    try self.init(options, tolerateMissing: tolerateMissing, archives: nil)
  }

  /// The same, with what reads archives of films; `nil`: an archive that must be read is an error. Of `ranks` that read films
  /// together each reads some of the archives; all must ask.
  public init(
    _ options: Options, tolerateMissing: Bool = false, archives shelf: ArchiveShelf?,
    ranks: (any Ranks)? = nil
  ) throws {
    let labels = options.labels ?? Self.labels(of: options.collection)
    file = try LabelFile(
      path: options.labelFile, collection: options.collection,
      vocabulary: labels + options.vocabulary, renames: options.renames,
      patients: options.patients)
    vocabulary = LabelSet.nih14 + options.vocabulary + (options.collection?.labels ?? [])
    let partners =
      try options.partners?.partners(of: labels, in: file) ?? Self.aliases(of: labels, in: file)
    self.partners = partners
    labelsWithoutPartner = labels.filter { partners[$0]?.isEmpty == true }
    if options.renamesMustOccur, let unused = file.unusedRenames.first {
      throw DataError.unusedRename(
        path: options.labelFile, from: unused,
        nearest: LabelSet.nearest(to: unused, among: file.labelNames))
    }
    matrix = try LabelMatrix(
      file, labels: labels, uncertain: options.uncertain, vocabulary: vocabulary,
      partners: partners)
    let filmNames = options.filmNames.joined(
      with: options.collection, names: file.records.map(\.name))
    split =
      if !options.dividesPatients {
        .undivided
      } else if let lists = options.lists {
        try PatientSplit(
          records: file.records, trainList: lists.train, testList: lists.test,
          validationList: options.validationList, allowsStrangers: options.allowsUnknownFilms,
          seed: options.splitSeed, filmNames: filmNames)
      } else if let column = options.collection?.split {
        try PatientSplit(
          records: file.records, by: column, others: Array(file.valuesWithoutPart.keys),
          seed: options.splitSeed)
      } else {
        try PatientSplit(patients: file.patients, seed: options.splitSeed)
      }
    let names = file.records.map(\.name)
    var (unread, failure): ([String], ArchiveError?) = ([], nil)
    var isListed = false
    let folder = try options.images.map {
      try FilmFolder(path: $0, names: names, rule: filmNames) { archives, isWanted in
        guard let shelf else {
          unread = archives
          return [:]
        }
        isListed = true
        let listing = try shelf.listing(
          of: archives, most: names.count, ranks: ranks, isWanted: isWanted)
        failure = listing.failure
        return listing.films
      }
    }
    if !isListed { DividedPreparation.standAside(ranks) }
    self.folder = folder
    (unreadArchives, archiveFailure) = (unread, failure)
    self.filmNames = filmNames
    let audited: (excluded: Set<String>, strangers: [String], missing: Set<String>) =
      try options.exclude.map { path in
        try Self.excluded(by: path, among: names, rule: filmNames)
      } ?? ([], [], [])
    // An audit of a part of the archives, as of the first two, calls the others' films missing.
    foundAgain = audited.missing.filter { folder?.path(of: $0) != nil }.sorted()
    (excluded, excludedStrangers) = (audited.excluded.subtracting(foundAgain), audited.strangers)
    let missing = (folder?.missing ?? []).filter { !excluded.contains($0) }
    // What is missing may be where an archive breaks off.
    if let failure, !missing.isEmpty { throw failure }
    let isComplete = missing.isEmpty || options.allowMissing || tolerateMissing
    let hasNone = (folder?.missing.count ?? 0) == names.count
    if let archive = unread.first, !missing.isEmpty, !isComplete || hasNone {
      throw FilmError.archivesWithoutCache(
        names: Array(missing.prefix(5)), count: missing.count, archive: archive)
    }
    if let folder, !isComplete { throw FilmError.missingFilms(missing, in: folder) }
  }

  /// Labels by the names under which the collection's own files have them, as CheXpert's `Pleural Effusion`.
  private static func aliases(of labels: [String], in file: LabelFile) -> [String: [String]] {
    guard let renames = file.collection?.renames else { return [:] }
    let own = labels.filter { label in
      renames[label].map { !labels.contains($0) } == true
        && file.knownLabels?.contains(label) == false
    }
    if own.isEmpty { return [:] }
    return Dictionary(
      uniqueKeysWithValues: labels.map { label in
        (label, [own.contains(label) ? renames[label] ?? label : label])
      })
  }

  /// The labels of a collection, unless others are asked for.
  public static func labels(of collection: CollectionDescription?) -> [String] {
    guard let collection else { return LabelSet.nih14 }
    if !collection.labels.isEmpty { return collection.labels }
    guard case .columns(let columns) = collection.findings, !columns.isEmpty else {
      return LabelSet.nih14
    }
    return columns.filter { !collection.noFinding.contains($0) }
      .map { collection.renames[$0] ?? $0 }.filter { $0 != LabelSet.noFinding }
  }

  /// The films that an audit calls unusable, among those of the label file and beside them.
  private static func excluded(
    by path: String, among names: [String], rule: FilmNameRule
  ) throws -> (excluded: Set<String>, strangers: [String], missing: Set<String>) {
    let films = try ExcludedFilms(auditFile: path)
    let audited = films.names.sorted()
    guard !audited.isEmpty else { return ([], [], []) }
    let index = FilmNameIndex(names, rule: rule)
    let strangers = audited.filter { index.place(of: $0) == nil }
    // Of another collection, or under other names: nothing would be left out.
    guard strangers.count < audited.count else {
      throw DataError.unknownFilms(
        path: path, line: nil, names: Array(strangers.prefix(5)), count: strangers.count,
        hints: index.hints(for: strangers))
    }
    func found(_ films: some Sequence<String>) -> Set<String> {
      Set(films.compactMap { index.place(of: $0).map { names[$0] } })
    }
    return (found(audited), strangers, found(films.missing))
  }

  /// The same films under another set of labels.
  /// - Throws: `DataError` for an empty or repeated label.
  public func selecting(labels: [String]) throws -> FilmCollection {
    var selection = self
    selection.matrix = try LabelMatrix(
      file, labels: labels, uncertain: matrix.uncertain, vocabulary: vocabulary,
      partners: partners)
    return selection
  }

  /// A part's rows whose film is there and not left out by an audit, in file order; of all parts for
  /// `nil`.
  public func rows(of subset: Subset?) -> [FilmRow] {
    let rows = subset.map { split.rows(of: $0, in: file.records) } ?? Array(file.records.positions)
    return rows.filter { row in
      let name = file.records[row].name
      return !excluded.contains(name) && (folder == nil || folder?.path(of: name) != nil)
    }
  }

  /// How many of the films that are used are in archives.
  public var archivedCount: Int {
    films(rows(of: nil)).count { ArchivedPath($0.path) != nil }
  }

  /// The name and path of each of `rows`' films; rows without film are left out.
  public func films(_ rows: [FilmRow]) -> [(name: String, path: String)] {
    rows.compactMap { row in
      let name = file.records[row].name
      return folder?.path(of: name).map { (name, $0) }
    }
  }
}

extension FilmNameRule {
  /// What of names does not count by this rule or in a collection; folders that are named count before a number of them.
  ///
  /// - Parameters:
  ///   - collection: whose rule is added.
  ///   - names: of its films; leading folders that they do not share count.
  public func joined(
    with collection: CollectionDescription?, names: [String]
  ) -> FilmNameRule {
    guard let collection else { return self }
    var rule = self
    rule.ignoresExtensions = ignoresExtensions || collection.ignoresExtensions
    // Folders that tell films apart count; what all share may be the collection's own name.
    let first = names.first?.split(separator: "/").prefix(collection.leadingFolders) ?? []
    let prefix = first.joined(separator: "/") + "/"
    if droppedFolders.isEmpty, names.allSatisfy({ $0.hasPrefix(prefix) }) {
      rule.droppedFolderCount = collection.leadingFolders
    }
    return rule
  }
}
