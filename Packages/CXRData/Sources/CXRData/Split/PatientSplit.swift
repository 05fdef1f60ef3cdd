/// Patients dealt to training, validation and test, so that no patient is in two of them.
///
/// ```swift
/// let file = try LabelFile(path: "Data_Entry_2017.csv")
/// let split = try PatientSplit(patients: file.patients, seed: 0)
/// let rows = split.rows(of: .train, in: file.records)
/// ```
public struct PatientSplit: Sendable {
  /// How a split came about.
  public enum Kind: String, Sendable, Codable {
    /// Patients drawn at random.
    case random
    /// By lists of films, as NIH's two.
    case official
    /// By a column of the files.
    case column
  }

  /// How the split came about.
  public let kind: Kind
  /// The seed of the draw.
  public let seed: UInt32
  /// SHA-256 over the two lists' own digests (their hexadecimal texts joined by a line feed), for an
  /// official split.
  public let listsSHA256: String?
  private let subsets: [PatientID: Subset]
  /// Films that an official split leaves out because neither list names them.
  private let listed: Set<String>?
  /// How many films of an official split's lists the label file does not have.
  public let strangerCount: Int
  /// Patients who have films in two parts, and are in none for that.
  public let patientsLeftOut: Int

  /// The share of a training list's patients that is drawn for validation.
  public static let validationFraction = 0.125

  /// Deals patients at random, as the reference does: first `testFraction` of all to test, then
  /// `validationFraction` of the rest to validation.
  ///
  /// - Parameters:
  ///   - patients: in order of first appearance in the whole label file.
  ///   - testFraction: the share of all patients, in 0…1, exclusive of both.
  ///   - validationFraction: the share of the patients that are not in test.
  ///   - seed: the random state of both draws.
  /// - Throws: ``DataError`` when a part comes out empty.
  public init(
    patients: [PatientID], testFraction: Double = 0.2, validationFraction: Double = 0.26,
    seed: UInt32
  ) throws {
    let (rest, test) = try trainTestSplit(patients, testFraction: testFraction, seed: seed)
    let (train, validation) = try trainTestSplit(
      rest, testFraction: validationFraction, seed: seed)
    subsets = try Self.assigned([(.train, train), (.validation, validation), (.test, test)])
    (kind, self.seed, listsSHA256, listed) = (.random, seed, nil, nil)
    (strangerCount, patientsLeftOut) = (0, 0)
  }

  /// The official split: films of `testList` to test; of the patients in `trainList`, in list
  /// order, `validationFraction` to validation, or those of a list of their own.
  ///
  /// - Parameters:
  ///   - records: all rows of the label file.
  ///   - trainList: path of NIH's `train_val_list.txt`, a film name a line.
  ///   - testList: path of NIH's `test_list.txt`.
  ///   - validationList: path of a list of validation films; `nil`: they are drawn from the training list.
  ///   - allowsStrangers: go on without listed films that the label file does not have; they are counted.
  ///   - validationFraction: the share of the training list's patients.
  ///   - seed: the random state of the draw.
  ///   - filmNames: what of the names does not count.
  /// - Throws: ``DataError`` for a film that the label file does not have, or a patient in both.
  public init(
    records: [FilmRecord], trainList: String, testList: String, validationList: String? = nil,
    allowsStrangers: Bool = false, validationFraction: Double = Self.validationFraction,
    seed: UInt32, filmNames: FilmNameRule = FilmNameRule()
  ) throws {
    let index = FilmNameIndex(records.map(\.name), rule: filmNames)
    var strangers = 0
    func read(_ path: String) throws -> (films: [String], patients: [PatientID], hash: String) {
      let bytes = try fileContents(path)
      let films = try FilmNameList(contents: bytes, path: path).films
      let found = films.map { index.place(of: $0.name) }
      let isWhole = !found.contains(nil)
      let rows: [Int]
      // A list of which no film is there is another collection's, whatever is asked for.
      if allowsStrangers, !isWhole, found.contains(where: { $0 != nil }) {
        rows = found.compactMap { $0 }
        strangers += found.count - rows.count
      } else if !isWhole, found.contains(where: { $0 != nil }),
        let first = found.firstIndex(of: nil),
        index.hints(for: films.indices.filter { found[$0] == nil }.map { films[$0].name }).isEmpty
      {
        let missing = films.indices.filter { found[$0] == nil }
        throw DataError.strangersInList(
          path: path, line: films[first].line, names: missing.prefix(5).map { films[$0].name },
          count: missing.count)
      } else {
        rows = try index.places(of: films.map(\.name), path: path, lines: films.map(\.line))
      }
      var seen = Set<PatientID>()
      let patients = rows.map { records[$0].patient }.filter { seen.insert($0).inserted }
      return (rows.map { records[$0].name }, patients, SHA256.hexDigest(of: bytes))
    }
    let (training, testing) = (try read(trainList), try read(testList))
    let validating = try validationList.map(read)
    let (train, validation) =
      if let validating {
        (training.patients, validating.patients)
      } else {
        try trainTestSplit(training.patients, testFraction: validationFraction, seed: seed)
      }
    subsets = try Self.assigned([
      (.train, train), (.validation, validation), (.test, testing.patients),
    ])
    (kind, self.seed) = (.official, seed)
    let lists = [training, testing] + (validating.map { [$0] } ?? [])
    listsSHA256 = SHA256.hexDigest(of: lists.map(\.hash).joined(separator: "\n"))
    listed = Set(lists.flatMap(\.films))
    (strangerCount, patientsLeftOut) = (strangers, 0)
  }

  /// The split that the files say, film by film (``FilmRecord/part``). Films to which they assign no part are in none.
  ///
  /// - Parameters:
  ///   - records: all rows of the label file.
  ///   - column: how it is said; without values for validation, an eighth of the training patients is drawn.
  ///   - others: values of the column that tell no part, for messages.
  ///   - seed: the random state of that draw.
  /// - Throws: ``DataError`` for a patient in two parts, where these are refused, and for a part without patients.
  public init(
    records: [FilmRecord], by column: CollectionDescription.SplitColumn, others: [String] = [],
    seed: UInt32
  ) throws {
    var parts: [Subset: [PatientID]] = [:]
    var first: [PatientID: (part: Subset, line: Int)] = [:]
    var leaking: Set<PatientID> = []
    for record in records {
      guard let own = record.part else { continue }
      guard let other = first[record.patient] else {
        first[record.patient] = (own, record.line)
        parts[own, default: []].append(record.patient)
        continue
      }
      if other.part == own { continue }
      guard column.patientsInTwoParts == .leftOut else {
        throw DataError.patientAcrossParts(
          patient: record.patient.description, column: column.column,
          first: other.part.rawValue, line: other.line, second: own.rawValue,
          otherLine: record.line)
      }
      leaking.insert(record.patient)
    }
    func patients(_ subset: Subset) -> [PatientID] {
      (parts[subset] ?? []).filter { !leaking.contains($0) }
    }
    var (train, validation) = (patients(.train), patients(.validation))
    for subset in Subset.allCases where subset != .validation || column.validation != nil {
      guard patients(subset).isEmpty else { continue }
      throw DataError.emptyPartOfColumn(
        part: subset.rawValue, column: column.column, others: others.sorted(),
        leaking: parts[subset] == nil ? 0 : leaking.count)
    }
    if column.validation == nil {
      (train, validation) = try trainTestSplit(
        train, testFraction: Self.validationFraction, seed: seed)
    }
    subsets = try Self.assigned([
      (.train, train), (.validation, validation), (.test, patients(.test)),
    ])
    (kind, self.seed, listsSHA256) = (.column, seed, nil)
    listed = Set(records.compactMap { $0.part == nil ? nil : $0.name })
    (strangerCount, patientsLeftOut) = (0, leaking.count)
  }

  /// No division: every patient is in no part, for films that are all evaluated.
  public static let undivided = PatientSplit()

  private init() {
    (subsets, kind, seed, listsSHA256, listed) = ([:], .random, 0, nil, nil)
    (strangerCount, patientsLeftOut) = (0, 0)
  }

  private static func assigned(
    _ parts: [(Subset, [PatientID])]
  ) throws -> [PatientID: Subset] {
    var subsets: [PatientID: Subset] = [:]
    for (subset, patients) in parts {
      guard !patients.isEmpty else {
        throw DataError.emptyPart(
          part: subset.rawValue, patients: parts.reduce(0) { $0 + $1.1.count })
      }
      for patient in patients {
        if let other = subsets.updateValue(subset, forKey: patient), other != subset {
          throw DataError.patientInTwoParts(
            patient: patient.description, first: other.rawValue, second: subset.rawValue)
        }
      }
    }
    return subsets
  }

  /// How many of `records` an official split leaves out, because neither list names them.
  public func unlistedCount(in records: [FilmRecord]) -> Int {
    records.count { !names($0) }
  }

  /// Whether a film may be in a part: not where lists, or a column, divide films and do not name it.
  public func names(_ film: FilmRecord) -> Bool { listed?.contains(film.name) ?? true }

  /// The part a patient is in, if any.
  public func subset(of patient: PatientID) -> Subset? { subsets[patient] }

  /// The patients of a part, sorted.
  public func patients(of subset: Subset) -> [PatientID] {
    subsets.filter { $0.value == subset }.keys.sorted()
  }

  /// The places of a part's films in `records`, in file order.
  public func rows(of subset: Subset, in records: [FilmRecord]) -> [FilmRow] {
    // A patient's films often follow each other.
    var last: (patient: PatientID, isIn: Bool)?
    return records.positions.filter { row in
      if last?.patient != records[row].patient {
        last = (records[row].patient, subsets[records[row].patient] == subset)
      }
      return last?.isIn == true && names(records[row])
    }
  }

  /// SHA-256 of a part's sorted patient identifiers, joined by line feeds.
  public func patientsSHA256(of subset: Subset) -> String {
    SHA256.hexDigest(of: patients(of: subset).map(\.description).joined(separator: "\n"))
  }
}
