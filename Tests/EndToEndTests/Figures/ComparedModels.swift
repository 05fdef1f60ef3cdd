import CXRCheckpoint
import CXRData
import Foundation
import Testing

/// A small set of films on which two networks of different figures were trained, explored and
/// evaluated by the programs: once for all tests that only look.
///
/// Neither the findings nor the models are in alphabetical order, so that sorting is noticed.
/// Nobody of the test part has a hernia, and nobody of the validation part an edema: the one has no
/// area, the other no threshold. In the validation part an atelectasis is rarer than elsewhere.
struct ComparedModels: Sendable {
  static let labels = ["Mass", "Effusion", "Hernia", "Cardiomegaly", "Atelectasis", "Edema"]
  /// In the order of the comparison.
  static let names = ["zinc", "amber"]

  /// Made by the first test that asks; it goes away with the process.
  static let shared = Result { try ComparedModels() }

  private static let path = FileManager.default.temporaryDirectory.path + "/" + UUID().uuidString

  /// A row of the label file.
  struct Film: Sendable {
    let name: String
    let patient: String
    let findings: Set<String>
    let age: Int
    let sex: String
    let view: String
    let part: Subset
  }

  let csv: String
  let films: [Film]
  /// What the programs wrote, by the name of the folder.
  let results: [String: Program.Result]
  /// The pages, by the name of the folder.
  private let pages: [String: Page]

  func file(_ name: String) -> String { Self.path + "/" + name }
  func text(_ name: String) throws -> String {
    try String(contentsOfFile: file(name), encoding: .utf8)
  }
  func json(_ name: String) throws -> JSONTree { try JSONTree(path: file(name)) }
  func table(_ name: String) throws -> TextTable { try TextTable(csvAt: file(name)) }
  func page(_ folder: String) throws -> Page { try #require(pages[folder]) }
  func output(_ name: String) throws -> Program.Result { try #require(results[name]) }

  /// What the checkpoint of a model says of itself.
  func checkpoint(_ name: String, _ kind: String = "best") throws -> JSONTree {
    try JSONTree(try Checkpoint(path: file("\(name)/\(kind).npz")).metadata)
  }

  /// The epoch of a checkpoint's weights.
  func bestEpoch(_ name: String) throws -> Int { try checkpoint(name).count("epoch") }

  func films(of part: Subset?) -> [Film] { films.filter { part == nil || $0.part == part } }

  /// The path of a film.
  func path(of film: String) -> String { file("p/images_001/images/" + film) }

  private init() throws {
    try FileManager.default.createDirectory(
      atPath: Self.path, withIntermediateDirectories: true)
    atexit { try? FileManager.default.removeItem(atPath: ComparedModels.path) }
    var results: [String: Program.Result] = [:]
    func file(_ name: String) -> String { Self.path + "/" + name }
    func run(_ key: String, _ program: String, _ arguments: [String]) throws {
      let result = try Program.run(program, arguments)
      try #require(result.status == 0, "\(program) \(key): \(result.errors)")
      results[key] = result
    }
    try run(
      "synth", "cxr-synth",
      ["--output", file("p"), "--images", "420", "--patients", "190", "--size", "128"])
    csv = file("labels.csv")
    films = try Self.relabel(file("p/Data_Entry_2017.csv"), to: csv)
    try Self.spoil(films, in: file("p/images_001/images/"))

    let data = ["--csv", csv, "--images", file("p"), "--cache", file("cache")]
    let kind = ["--labels", Self.labels.joined(separator: ","), "--image-size", "122"]
    try run("explore", "cxr-explore", data + kind + ["--output", file("explore")])
    // A shell opens the descriptor to which the figures of every step are written.
    func train(_ name: String, _ arguments: [String]) throws {
      let result = try Program.run(
        URL(fileURLWithPath: "/bin/sh"),
        [
          "-c", "exec \"$0\" \"$@\" 3>'\(file(name)).jsonl'",
          Program.folder.appendingPathComponent("cxr-train").path,
        ] + data + kind + ["--output", file(name), "--metrics-fd", "3"] + arguments)
      try #require(result.status == 0, "\(name): \(result.errors)")
      results[name] = result
    }
    try train("zinc", ["--loss", "weighted-bce", "--epochs", "3", "--seed", "1"])
    try train(
      "amber",
      [
        "--loss", "bce", "--epochs", "2", "--seed", "2", "--learning-rate", "0.0004",
        "--operating-point", "sensitivity=0.8",
      ])

    func checkpoints(_ names: [String]) -> [String] {
      names.flatMap { ["--checkpoint", file($0 + "/best.npz")] }
    }
    func evaluate(_ key: String, _ arguments: [String]) throws {
      try run(
        key, "cxr-evaluate", data + arguments + ["--replicates", "100", "--output", file(key)])
    }
    let asked = ["--boxes", file("p/BBox_List_2017.csv"), "--prevalence", "0.1,Mass=0.01"]
    try evaluate("comparison", checkpoints(Self.names) + asked)
    try evaluate("exchanged", checkpoints(Self.names.reversed()) + asked)
    try evaluate("everything", checkpoints(Self.names) + ["--subset", "all"])
    self.results = results
    pages = try results.filter { $0.key != "synth" }.reduce(into: [:]) { pages, run in
      pages[run.key] = try Page(path: file(run.key + "/report.html"))
    }
  }

  /// A film twice under two names of one patient, and one that no row names: something for an audit
  /// to find.
  private static func spoil(_ films: [Film], in folder: String) throws {
    let places = films.indices.dropFirst().filter {
      films[$0].patient == films[$0 - 1].patient && films[$0].part == .train
    }
    let place = try #require(places.first)
    let data = try Data(contentsOf: URL(fileURLWithPath: folder + films[place - 1].name))
    for name in [films[place].name, "stray.png"] {
      try data.write(to: URL(fileURLWithPath: folder + name))
    }
  }

  /// Commoner findings than a phantom has, so that groups of patients tell something.
  private static func relabel(_ source: String, to csv: String) throws -> [Film] {
    let others = [
      "Infiltration": "Effusion", "Nodule": "Mass", "Consolidation": "Atelectasis",
      "Pneumothorax": "Atelectasis", "Emphysema": "Atelectasis",
    ]
    let table = try TextTable(csvAt: source)
    let patients = try table.records.map { try #require($0["Patient ID"]) }
    var seen: Set<String> = []
    let each = patients.filter { seen.insert($0).inserted }
    let split = try PatientSplit(patients: each.compactMap { PatientID($0) }, seed: 0)
    var parts: [String: Subset] = [:]
    for part in Subset.allCases {
      for patient in split.patients(of: part) { parts[patient.description] = part }
    }
    var (films, lines) = ([Film](), [table.header.joined(separator: ",")])
    for (row, record) in zip(table.rows, table.records) {
      func value(_ column: String) throws -> String { try #require(record[column]) }
      let patient = try value("Patient ID")
      let part = try #require(parts[patient])
      let original = try value("Finding Labels").components(separatedBy: "|")
      var findings = Set(original.map { others[$0] ?? $0 })
      findings.remove("No Finding")
      switch part {
      case .train: break
      case .validation:
        findings.remove("Edema")
        if !original.contains("Emphysema") { findings.remove("Atelectasis") }
      case .test: findings.remove("Hernia")
      }
      var cells = row
      let place = try #require(table.header.firstIndex(of: "Finding Labels"))
      cells[place] =
        findings.isEmpty ? "No Finding" : findings.sorted().joined(separator: "|")
      lines.append(cells.joined(separator: ","))
      films.append(
        Film(
          name: try value("Image Index"), patient: patient, findings: findings,
          age: try #require(Int(try value("Patient Age"))), sex: try value("Patient Gender"),
          view: try value("View Position"), part: part))
    }
    try (lines.joined(separator: "\n") + "\n")
      .write(toFile: csv, atomically: true, encoding: .utf8)
    return films
  }
}
