import CXRImage
import CXRTraining
import Foundation
import Testing

/// `cxr-predict` says of each film and finding what the checkpoint says: its own output, threshold
/// and calibration.
@Suite(.serialized) struct PredictionFigureTests {
  private let set: ComparedModels
  private var labels: [String] { ComparedModels.labels }
  /// Films of the test part, not in alphabetical order.
  private let films: [String]

  init() throws {
    set = try ComparedModels.shared.get()
    let names = set.films(of: .test).map(\.name)
    films = [17, 2, 40, 9, 3, 31, 25, 12, 5, 36].compactMap {
      names.indices.contains($0) ? names[$0] : nil
    }
    try #require(films.count == 10 && films != films.sorted() && films != films.sorted().reversed())
  }

  /// What is said of one finding of one film, as text.
  private struct Said: Equatable {
    let film: String
    let finding: String
    let output: String
    let threshold: String
    let verdict: String
    let probability: String
  }

  private func run(_ model: String, _ arguments: [String]) throws -> String {
    let result = try Program.run(
      "cxr-predict",
      ["--checkpoint", set.file(model + "/best.npz")] + arguments + films.map(set.path(of:)))
    try #require(result.status == 0, "\(result.errors)")
    return result.output
  }

  /// More films than are answered at once.
  @Test func everyFilmIsAnswered() throws {
    let names = set.films(of: .test).map(\.name).prefix(20)
    let result = try Program.run(
      "cxr-predict",
      ["--checkpoint", set.file("zinc/best.npz"), "--format", "csv"] + names.map(set.path(of:)))
    try #require(result.status == 0, "\(result.errors)")
    let films = try csv(result.output).map(\.film)
    #expect(films == names.flatMap { [String](repeating: $0, count: labels.count) })

    // What cannot be read is counted among all that was asked about.
    let folder = try TemporaryFolder()
    for name in ["bad.png", "bad.tar.gz"] {
      try "nothing".write(toFile: "\(folder.path)/\(name)", atomically: true, encoding: .utf8)
    }
    let failed = try Program.run(
      "cxr-predict",
      [
        "--checkpoint", set.file("zinc/best.npz"), set.path(of: films[0]), folder.path + "/bad.png",
        folder.path + "/bad.tar.gz",
      ])
    #expect(failed.status == 1)
    #expect(failed.errors.contains("2 of 3 films and archives cannot be read:"), "\(failed.errors)")
  }

  private func csv(_ text: String) throws -> [Said] {
    let table = TextTable(csv: text)
    #expect(
      table.header
        == [
          "film", "finding", "output", "threshold", "verdict", "probability", "map", "warnings",
        ])
    return try table.rows.map { row in
      try #require(row.count == 8)
      return Said(
        film: (row[0] as NSString).lastPathComponent, finding: row[1], output: row[2],
        threshold: row[3], verdict: row[4], probability: row[5])
    }
  }

  /// How an output becomes a probability by the checkpoint; `nil` where that is not said.
  private func reading(
    _ model: JSONTree, _ place: Int, _ method: String
  ) throws -> ((Double) -> Double)? {
    let fits = try model.list("validation/labels")
    let weights = try model.list("class_weights")
    try #require(fits.indices.contains(place) && weights.indices.contains(place))
    let isWeighted = try model.text("loss") == "weighted-bce"
    switch method {
    case "none": return isWeighted ? nil : { $0 }
    case "weights":
      guard isWeighted else { return { $0 } }
      guard let positive = try weights[place].number("positive"),
        let negative = try weights[place].number("negative")
      else { return nil }
      return {
        let odds = $0 / (1 - $0) * negative / positive
        return odds / (1 + odds)
      }
    default:
      guard let line = try StatedLine(fits[place].at(method)) else { return nil }
      return { line($0) }
    }
  }

  @Test(arguments: ComparedModels.names, ["", "none", "weights", "platt", "vector"])
  func everyRowFollowsFromTheCheckpoint(_ model: String, _ method: String) throws {
    let said = try csv(
      try run(model, ["--format", "csv"] + (method.isEmpty ? [] : ["--calibration", method])))
    let checkpoint = try set.checkpoint(model)
    let fits = try checkpoint.list("validation/labels")
    let table = try set.table("comparison/predictions-\(model).csv").records
    #expect(said.map(\.film) == films.flatMap { film in labels.map { _ in film } })
    #expect(said.map(\.finding) == films.flatMap { _ in labels })
    var (differing, yes, no) = (0, 0, 0)
    for said in said {
      let what = "\(model) \(method) \(said.film) \(said.finding)"
      let place = try #require(labels.firstIndex(of: said.finding))
      try #require(fits.indices.contains(place))
      // The output is that of the evaluation, the probability the checkpoint's reading of it.
      let output = try #require(Float(said.output))
      let row = try #require(table.first { $0["Image Index"] == said.film })
      #expect(abs(output - (Float(row[said.finding] ?? "") ?? 2)) < 1e-6, "\(what)")
      let kind = method.isEmpty ? "platt" : method
      let expected = try reading(checkpoint, place, kind).map { $0(Double(output)) }
      let probability = Double(said.probability)
      switch (probability, expected) {
      case (nil, nil): #expect(said.probability.isEmpty, "\(what)")
      case (let probability?, let expected?):
        #expect(abs(probability - expected) < 1e-9, "\(what): \(probability), \(expected)")
        if abs(probability - Double(output)) > 0.01 { differing += 1 }
      default: Issue.record("\(what): \(said.probability), \(String(describing: expected))")
      }
      if let threshold = try fits[place].number("threshold") {
        #expect(Float(said.threshold) == Float(threshold), "\(what)")
        #expect(said.verdict == (Double(output) > threshold ? "yes" : "no"), "\(what)")
        if said.verdict == "yes" { yes += 1 } else { no += 1 }
      } else {
        #expect(said.finding == "Edema" && said.threshold.isEmpty && said.verdict.isEmpty)
      }
    }
    #expect(yes > 0 && no > 0)
    // Nothing would be seen of a probability that is the output.
    let isOutput = model == "amber" && ["none", "weights"].contains(method)
    #expect(isOutput || (model == "zinc" && method == "none") || differing > 12)
  }

  @Test(arguments: ComparedModels.names) func theThreeFormsAgree(_ model: String) throws {
    let said = try csv(try run(model, ["--format", "csv"]))
    let document = try JSONTree(try run(model, ["--format", "json"]))
    #expect(
      document.keys
        == [
          "checkpoint", "operating_point", "calibration", "feature_distance_limit", "films",
          "unreadable",
        ])
    #expect(try document.text("checkpoint") == set.file(model + "/best.npz"))
    #expect(
      try document.text("operating_point")
        == set.checkpoint(model).text("validation/operating_point"))
    #expect(try document.text("calibration") == "platt")
    func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    let stated = try document.list("films").flatMap { film in
      #expect(
        film.keys == ["film", "findings", "feature_distance", "warnings", "problems"])
      return try film.at("findings").members.map { finding in
        let own = finding.value
        #expect(own.keys == ["output", "probability", "threshold", "verdict", "map"])
        return Said(
          film: (try film.text("film") as NSString?)?.lastPathComponent ?? "",
          finding: finding.key, output: text(try own.number("output")),
          threshold: text(try own.number("threshold")), verdict: try own.text("verdict") ?? "",
          probability: text(try own.number("probability")))
      }
    }
    #expect(stated == said)
    // The table is rounded; a film's path stands above its findings.
    var (film, header, shown) = ("", [String](), [Said]())
    for line in try run(model, ["--format", "table"]).split(separator: "\n") {
      let cells = line.split(separator: /\s{2,}/).map(String.init).filter { !$0.isEmpty }
      if cells.count == 1 {
        film = (cells.first.map { $0 as NSString })?.lastPathComponent ?? ""
      } else if cells.first == "finding" {
        header = cells
        #expect(header == ["finding", "probability", "verdict", "output", "threshold"])
      } else if !line.contains("!") {
        try #require(cells.count == 5)
        shown.append(
          Said(
            film: film, finding: cells[0], output: cells[3], threshold: cells[4],
            verdict: cells[2], probability: cells[1]))
      }
    }
    func rounded(_ text: String) -> String { Shown.number(Double(text), 3) }
    #expect(
      shown
        == said.map {
          Said(
            film: $0.film, finding: $0.finding, output: rounded($0.output),
            threshold: rounded($0.threshold), verdict: $0.verdict.isEmpty ? "n/a" : $0.verdict,
            probability: rounded($0.probability))
        })
  }

  /// Distances are told in standard deviations, not squared.
  @Test func distancesAreOfTheCheckpoint() throws {
    let predictor = try FilmPredictor(path: set.file("zinc/best.npz"))
    let text = try run("zinc", ["--format", "json"])
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let squared = try #require(predictor.classifier.typicalFilms?.figures.distance)
    let limit = try #require(document["feature_distance_limit"] as? Double)
    #expect(squared > 1 && abs(limit - squared.squareRoot()) < 1e-9 * limit)
    let told = try #require(document["films"] as? [[String: Any]])
    let answers = try predictor.answers(films: films.map(set.path(of:))).map { try $0.get() }
    try #require(told.count == answers.count)
    for (film, answer) in zip(told, answers) {
      let (own, expected) = (film["feature_distance"] as? Double, try #require(answer.distance))
      #expect(abs(try #require(own) - expected) < 1e-9 * expected)
    }
  }

  /// A map is named and described by its own film and finding, and drawn of those with the verdict
  /// yes.
  @Test func mapsAreOfTheirFindings() throws {
    let folder = try TemporaryFolder()
    let text = try run("zinc", ["--format", "csv", "--maps", folder.path])
    let table = TextTable(csv: text)
    let maps = table.records.filter { !($0["map"] ?? "").isEmpty }
    #expect(maps.count == table.records.filter { $0["verdict"] == "yes" }.count)
    #expect(maps.allSatisfy { $0["verdict"] == "yes" })
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(files.sorted() == maps.compactMap { $0["map"] }.sorted())
    let answers = try FilmPredictor(path: set.file("zinc/best.npz"))
      .answers(films: films.map(set.path(of:))).map { try $0.get() }
    for row in maps {
      let (file, label) = (try #require(row["map"]), try #require(row["finding"]))
      let film = (try #require(row["film"]) as NSString).lastPathComponent
      #expect(file == (film as NSString).deletingPathExtension + "-\(label).svg")
      let svg = try String(contentsOfFile: "\(folder.path)/\(file)", encoding: .utf8)
      let answer = try #require(answers.first { $0.path == row["film"] })
      let place = try #require(answer.findings.firstIndex { $0.label == label })
      let map = answer.maps[place]
      let output = Double(answer.findings[place].probability)
      func rounded(_ column: String) -> String { Shown.number(Double(row[column] ?? ""), 3) }
      for words in [
        "\(label) on \(film)",
        "output \(rounded("output")), threshold \(rounded("threshold")): yes",
        "probability \(rounded("probability")) (platt); output ",
        "Of 100 films like those of training that are so answered ",
        // The scale's ends are the map's, and its mean the log-odds of the output.
        ">\(Shown.number(Double(map.least), 2))</text>",
        ">\(Shown.number(Double(map.most), 2))</text>",
        "over all places the mean is \(Shown.number(log(output / (1 - output)), 2)).",
      ] { #expect(svg.contains(words), "\(file): \(words)") }
    }
  }

  /// A film that has a problem of its own is warned of as unlike those of training too: once a film, in
  /// each form, on the console and beside its map.
  @Test func aFilmIsWarnedOfInEveryRespect() throws {
    let folder = try TemporaryFolder()
    let odd = folder.path + "/odd.png"
    // Every pixel is alike, and the film wider than those of training by a quarter.
    let constant = GreyFilm(
      height: 128, width: 160, pixels: [UInt8](repeating: 120, count: 128 * 160))
    try Data(constant.pngData()).write(to: URL(fileURLWithPath: odd))
    let usual = set.path(of: films[0])
    func predict(_ arguments: [String]) throws -> Program.Result {
      let result = try Program.run(
        "cxr-predict",
        ["--checkpoint", set.file("zinc/best.npz")] + arguments + [odd, usual])
      try #require(result.status == 0, "\(result.errors)")
      return result
    }

    let film = try #require(
      try JSONTree(predict(["--format", "json"]).output).list("films").first)
    let (unlike, problems) = (try film.texts("warnings"), try film.list("problems"))
    #expect(unlike.first == "160 × 128 pixels, where training had 128 × 128")
    #expect(unlike.contains { $0.hasPrefix("flatter than the films of training: ") })
    #expect(try problems.map { try $0.text("problem") } == ["near_constant"])
    let detail = "standard deviation of 0.0 grey levels"
    #expect(try problems.first?.text("detail") == detail)
    let expected = ["near constant: " + detail] + unlike.map { "unlike training: " + $0 }

    let maps = folder.path + "/maps"
    let csv = try predict(["--format", "csv", "--maps", maps, "--map-labels", "Mass,Edema"])
    let rows = TextTable(csv: csv.output).records
    #expect(rows.count == 2 * labels.count)
    #expect(rows.first?["film"] == odd)
    #expect(rows.first?["warnings"] == expected.joined(separator: "; "))
    #expect(rows[1..<labels.count].allSatisfy { $0["warnings"] == "" })
    for words in expected { #expect(csv.errors.contains("\(odd): \(words)"), "\(words)") }
    // The maps that were asked for, whatever the verdict.
    for row in rows {
      let isAsked = ["Mass", "Edema"].contains(row["finding"])
      #expect((row["map"] ?? "").isEmpty == !isAsked)
    }
    #expect(csv.errors.contains("maps written: 4, in "))
    let svg = try String(contentsOfFile: maps + "/odd-Mass.svg", encoding: .utf8)
    for words in expected.map({ $0.prefix(1).uppercased() + $0.dropFirst() + "." })
      + ["Research software, not a medical device."]
    { #expect(svg.contains(">\(words)</text>"), "\(words)") }

    let table = try predict(["--format", "table"])
    let lines = table.output.components(separatedBy: "\n")
    let own = lines.prefix { $0 != usual }
    #expect(own.first == odd)
    #expect(own.filter { $0.hasPrefix("  ! ") } == expected.map { "  ! " + $0 })
    #expect(!table.errors.contains("unlike training"))
  }

  /// `last.npz` goes on with a run; it holds no thresholds, so there are no verdicts.
  @Test func withoutThresholdsThereAreNoVerdicts() throws {
    func predict(_ model: String, _ arguments: [String]) throws -> Program.Result {
      try Program.run(
        "cxr-predict",
        ["--checkpoint", set.file(model + "/last.npz")] + arguments + [set.path(of: films[0])])
    }
    for model in ComparedModels.names {
      // Not on a terminal the form is CSV.
      let result = try predict(model, [])
      try #require(result.status == 0, "\(result.errors)")
      for words in [
        "last.npz holds no thresholds, as only best.npz of a training run does; there are no verdicts",
        "thresholds n/a, calibration none",
        "whether films are inverted, turned or lateral is not looked at",
      ] { #expect(result.errors.contains(words), "\(words): \(result.errors)") }
      let said = try csv(result.output)
      #expect(said.map(\.finding) == labels)
      for said in said {
        #expect(said.threshold.isEmpty && said.verdict.isEmpty)
        // Under a weighted loss the output is no probability.
        let probability = Float(said.probability)
        #expect(probability == (model == "amber" ? Float(said.output) : nil), "\(said)")
      }
    }
    let table = try predict("zinc", ["--format", "table"]).output
    #expect(table.components(separatedBy: "  n/a").count == 3 * labels.count + 1)
    let folder = try TemporaryFolder()
    let refused: [([String], String)] = [
      (["--maps", folder.path + "/m"], "so there are no verdicts to draw maps of"),
      (
        ["--maps", folder.path + "/m", "--map-labels", "Mass,Fracture"],
        "--map-labels: Fracture not among the network's findings"
      ),
      (["--calibration", "platt"], "--calibration platt: "),
    ]
    for (arguments, words) in refused {
      let result = try predict("zinc", arguments)
      #expect(result.status == 1 && result.errors.contains(words), "\(result.errors)")
    }
  }
}
