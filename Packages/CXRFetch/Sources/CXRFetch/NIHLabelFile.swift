import CXRData

/// The four files of labels of NIH ChestX-ray14, known by what is in them, whatever they are called.
public enum NIHLabelFile: Sendable, Equatable {
  /// Findings of all 112,120 films, and whose they are.
  case findings(NIHRevision)
  /// The official list of 86,524 films for training and validation.
  case trainingList
  /// The official list of 25,596 films for the test.
  case testList
  /// 984 boxes on 880 films.
  case boxes

  /// The name under which it is kept.
  public var name: String {
    switch self {
    case .findings(.pneumonia1431): "Data_Entry_2017_v2020.csv"
    case .findings(.pneumonia1353): "Data_Entry_2017.csv"
    case .trainingList: "train_val_list.txt"
    case .testList: "test_list.txt"
    case .boxes: "BBox_List_2017.csv"
    }
  }

  /// What it is, in words.
  public var description: String {
    switch self {
    case .findings(let revision):
      revision.description
        + (revision == .pneumonia1431 ? " (v2020, NIH's own since 2020)" : " (of 2017)")
    case .trainingList: "the official list of \(Self.trainingFilms) films for training"
    case .testList: "the official list of \(Self.testFilms) films for the test"
    case .boxes: "\(Self.boxCount) boxes on \(Self.boxedFilms) films"
    }
  }

  private static let trainingFilms = 86_524
  private static let testFilms = 25_596
  private static let boxCount = 984
  private static let boxedFilms = 880

  /// Tells which of them some bytes are, and that they are all of it.
  ///
  /// - Parameters:
  ///   - contents: of a file.
  ///   - source: its path or address, for messages.
  /// - Throws: `DataError`, ``FetchError/strangeLabels(source:reason:)``.
  public init(_ contents: [UInt8], source: String) throws {
    var rows = FilmRowCounter(source: source)
    try Table(contents: contents, path: source).forEachRow(
      isFirst: { FilmRowCounter.Columns($0.names) != nil }, { try rows.add($0) })
    self = try Self.told(by: rows, source)
  }

  private static func told(by rows: FilmRowCounter, _ source: String) throws -> NIHLabelFile {
    func strange(_ found: String, _ wanted: String) -> FetchError {
      .strangeLabels(
        source: source,
        reason: "\(found), not \(wanted); save that file from \(FetchCatalogue.labelsPage)")
    }
    switch rows.columns {
    case .findings:
      guard rows.count == NIHRevision.films, rows.patients.count == NIHRevision.patients else {
        throw strange(
          "\(rows.count) films of \(rows.patients.count) patients",
          "the \(NIHRevision.films) of \(NIHRevision.patients) of NIH's label file")
      }
      guard
        let revision = NIHRevision(
          films: rows.count, patients: rows.patients.count,
          filmsWithPneumonia: rows.filmsWithPneumonia)
      else {
        throw strange(
          "\(rows.filmsWithPneumonia) films with Pneumonia", "the 1353 or 1431 of NIH's label file")
      }
      return .findings(revision)
    case .boxes:
      guard rows.count == boxCount, rows.films.count == boxedFilms else {
        throw strange(
          "\(rows.count) boxes on \(rows.films.count) films",
          "the \(boxCount) on \(boxedFilms) of NIH's list")
      }
      return .boxes
    case .none:
      switch rows.films.count {
      case trainingFilms: return .trainingList
      case testFilms: return .testList
      default:
        throw strange(
          "\(rows.films.count) films",
          "the \(trainingFilms) of train_val_list.txt or the \(testFilms) of test_list.txt")
      }
    }
  }
}
