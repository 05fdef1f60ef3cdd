import Testing

/// What `cxr-evaluate` and `cxr-predict` are asked that cannot be done, and what is said of a table of one finding.
@Suite(.serialized) struct EvaluationUsageTests {
  private func expect(
    _ program: String, _ arguments: [String], status: Int32 = 64, says words: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let result = try Program.run(program, arguments)
    #expect(
      result.status == status && result.errors.contains(words), "\(arguments): \(result.errors)",
      sourceLocation: sourceLocation)
  }

  @Test func whatDoesNotGoTogetherIsRefused() throws {
    let needed = ["--csv", "labels.csv", "--output", "/nowhere/at/all"]
    let table = ["--predictions", "t.csv"]
    let network = ["--checkpoint", "best.npz", "--images", "films"]
    let refused: [([String], String)] = [
      ([], "name at least one --checkpoint"),
      (["--checkpoint", "best.npz"], "--images is missing"),
      (table + ["--replicates", "99"], "--replicates 99: a number from 100 to 10000"),
      (table + ["--replicates", "10001"], "--replicates 10001: a number from 100 to 10000"),
      (network + ["--labels", "Mass"], "a checkpoint has its own findings"),
      (table + ["--subset", "test"], "--subset: without a checkpoint"),
      (table + ["--boxes", "b.csv"], "--boxes: tables have no maps"),
      (table + ["--remap", "r.toml"], "--remap is of a checkpoint's findings"),
      (table + ["--operating-point", "f1"], "there are no films to choose thresholds on"),
      (
        table + table + ["--validation-predictions", "v.csv"],
        "--validation-predictions: 1 for 2 --predictions"
      ),
      (network + ["--validation-predictions", "v.csv"], "--validation-predictions: 1 for 0"),
      (network + ["--operating-point", "sensitivity=1.5"], "--operating-point"),
      (table + ["--prevalence", "0"], "\"0\" is no share"),
      (table + ["--prevalence", "1"], "\"1\" is no share"),
      (table + ["--prevalence", "Mass=2 %"], "\"2 %\" is no share"),
      (table + ["--prevalence", "0.1,0.2"], "a share for all findings stands there twice"),
      (table + ["--prevalence", "Mass=0.1,Mass=0.2"], "a share for Mass stands there twice"),
    ]
    for (arguments, words) in refused {
      try expect("cxr-evaluate", arguments + needed, says: words)
    }
    let predict = ["--checkpoint", "best.npz"]
    let unanswered: [([String], String)] = [
      ([], "name films, folders"), (["--csv", "l.csv"], "--csv and --images go together"),
      (["--csv", "l.csv", "--images", "films", "a.png"], "--csv lists the films"),
      (["a.png", "--allow-missing"], "are of a label file"),
      (["a.png", "--map-labels", "Mass"], "--map-labels needs --maps"),
    ]
    for (arguments, words) in unanswered {
      try expect("cxr-predict", predict + arguments, says: words)
    }
  }

  /// Twenty patients of a film each, and thresholds from twenty others.
  @Test func aTableOfOneFinding() throws {
    let folder = try TemporaryFolder()
    try folder.addSmallFilms()
    func table(_ name: String, _ films: Range<Int>) throws -> String {
      let path = "\(folder.path)/\(name).csv"
      let rows = films.map {
        "\($0).png,\(Double(($0 * 7) % 20) / 20 + ($0 % 2 == 0 ? 0.03 : 0))\n"
      }
      try ("Image Index,Mass\n" + rows.joined())
        .write(toFile: path, atomically: true, encoding: .utf8)
      return path
    }
    let arguments = [
      "--csv", folder.path + "/labels.csv", "--predictions", try table("theirs", 0..<20),
      "--validation-predictions", try table("chosen", 20..<40), "--replicates", "100",
    ]
    let result = try Program.run(
      "cxr-evaluate",
      arguments + ["--output", folder.path + "/e", "--prevalence", "Mass=0.1", "--seed", "5"])
    try #require(result.status == 0, "\(result.errors)")
    #expect(result.output.hasPrefix("20 films of 20 patients (table), 1 findings\n"))
    // All findings have a threshold, and there is nothing to compare with.
    let parts = result.output.components(separatedBy: "\n\n")
    let chosen = try #require(
      parts.first { $0.hasPrefix("at the thresholds chosen on validation patients:") })
    let row = try #require(TextTable(console: chosen, first: "model")?.rows.first)
    #expect(Array(row.prefix(2)) == ["theirs", "youden"])
    #expect(!result.output.contains("one less another") && !result.output.contains("regression"))
    let page = try Page(path: folder.path + "/e/report.html")
    #expect(page.title == "theirs on 20 films of 20 patients")
    #expect(
      page.callouts.contains(
        "Whether theirs was trained on some of these patients is not known; if it was, figures flatter it."
      ))
    // Of an earlier program's training nothing is known: that is null, not none.
    let document = try JSONTree(path: folder.path + "/e/metrics.json")
    let model = try #require(try document.list("models").first)
    for key in ["loss", "patients_seen_in_training", "patients_seen_in_validation", "baseline"] {
      #expect(try model.at(key) == .null, "\(key)")
    }
    #expect(try document.text("subset") == "table" && document.count("intervals/seed") == 5)
    #expect(try document.number("intervals/level") == 0.95)
    #expect(try document.text("intervals/resampled") == "patients")
    try expect(
      "cxr-evaluate",
      arguments + ["--output", folder.path + "/f", "--prevalence", "0.1,Edema=0.2"], status: 1,
      says: "--prevalence: Edema is not among the findings Mass")
  }

  /// What is uncertain counts as is asked for; and a finding's name may hold an equals sign.
  @Test func uncertainFindingsCountAsIsSaid() throws {
    let folder = try TemporaryFolder()
    let (csv, scores) = (folder.path + "/labels.csv", folder.path + "/theirs.csv")
    // Four patients with it, three of whom it is not certain, five without.
    let rows = (0..<12).map { "\($0).png,\($0),PA,\($0 < 4 ? "1" : $0 < 7 ? "-1" : "0")\n" }
    try ("Path,Patient ID,View Position,a=b\n" + rows.joined())
      .write(toFile: csv, atomically: true, encoding: .utf8)
    try ("Path,a=b\n" + (0..<12).map { "\($0).png,0.\(10 + ($0 * 5) % 12)\n" }.joined())
      .write(toFile: scores, atomically: true, encoding: .utf8)
    for (policy, with, known) in [("ones", 7, 12), ("zeros", 4, 12), ("ignore", 4, 9)] {
      let output = "\(folder.path)/\(policy)"
      let result = try Program.run(
        "cxr-evaluate",
        [
          "--csv", csv, "--predictions", scores, "--replicates", "100", "--labels", "a=b",
          "--uncertain", policy, "--prevalence", "a=b=0.1", "--output", output,
        ])
      try #require(result.status == 0, "\(policy): \(result.errors)")
      let model = try #require(try JSONTree(path: output + "/metrics.json").list("models").first)
      #expect(try model.count("labels/a=b/support") == with, "\(policy)")
      #expect(try model.count("labels/a=b/images") == known, "\(policy)")
      // An exploration counts the same.
      let explored = try Program.run(
        "cxr-explore",
        [
          "--csv", csv, "--labels", "a=b", "--uncertain", policy, "--output",
          output + "-explored",
        ])
      try #require(explored.status == 0, "\(policy): \(explored.errors)")
      let counts = try JSONTree(path: output + "-explored/explore.json")
      #expect(try counts.count("labels/a=b") == with, "\(policy)")
      // By view too, the share is of what is known.
      let page = try String(contentsOfFile: output + "-explored/report.html", encoding: .utf8)
      let table = try #require(page.components(separatedBy: "Findings by view").last)
        .components(separatedBy: "</table>")[0]
      let share = String(format: "%.1f", 100 * Double(with) / Double(known))
      #expect(table.contains("<td>\(share)</td>"), "\(policy): \(table)")
    }
  }
}
