import Foundation
import Testing

/// Where data comes in: what the programs say of names, labels and tables that are not as they should be.
@Suite(.serialized) struct DoorTests {
  private let folder: TemporaryFolder
  private var films: String { folder.path + "/films" }

  init() throws {
    folder = try TemporaryFolder()
    try folder.addSmallFilms()
  }

  private func write(_ name: String, _ text: String) throws -> String {
    try folder.write(text, to: name)
  }

  private func labels(
    _ name: String, film: (Int) -> String = { "\($0).png" },
    findings: (Int) -> String = { $0 % 2 == 0 ? "Mass" : "No Finding" }
  ) throws -> String {
    try write(
      name,
      "Image Index,Finding Labels,Patient ID\n"
        + (0..<40).map { "\(film($0)),\(findings($0)),\($0)\n" }.joined())
  }

  private func run(
    _ program: String, _ arguments: [String], status: Int32 = 0, says words: [String] = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let result = try Program.run(program, arguments)
    #expect(result.status == status, "\(result.errors)", sourceLocation: sourceLocation)
    for word in words {
      #expect(
        result.errors.contains(word), "\(word): \(result.errors)", sourceLocation: sourceLocation)
    }
    return result.output
  }

  private func explore(_ csv: String, _ more: [String] = []) -> [String] {
    ["--csv", csv, "--images", films, "--output", folder.path + "/e", "--force"] + more
  }

  /// A table of scores, judged into `v`.
  private func evaluating(_ table: String, by csv: String) -> [String] {
    [
      "--predictions", table, "--csv", csv, "--output", folder.path + "/v", "--replicates", "100",
      "--force",
    ]
  }

  private func json(_ name: String) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(name)"))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test func everyRemedyIsAnOptionThatWorks() throws {
    let endings = try labels("endings.csv", film: { "\($0).jpg" })
    _ = try run(
      "cxr-explore", explore(endings), status: 1,
      says: ["40 rows match if extensions are ignored", "to allow it: --ignore-extensions"])
    _ = try run("cxr-explore", explore(endings, ["--ignore-extensions"]))
    #expect((try json("e/explore.json")["audit"] as? [String: Any])?["ok"] as? Int == 40)

    let renamed = try labels("renamed.csv", film: { "NIH v1/images/\($0).png" })
    _ = try run(
      "cxr-explore", explore(renamed), status: 1,
      says: [
        "40 rows match if the leading folder NIH v1/images of their names is left out",
        "to allow it: --drop-folders 'NIH v1/images'",
      ])
    _ = try run("cxr-explore", explore(renamed, ["--drop-folders", "NIH v1/images"]))
    #expect((try json("e/explore.json")["audit"] as? [String: Any])?["ok"] as? Int == 40)

    let lower = try labels("lower.csv", findings: { $0 % 2 == 0 ? "mass" : "nodule|HERNIA" })
    _ = try run(
      "cxr-explore", explore(lower), status: 1,
      says: [
        "line 2: \"mass\" is almost the label \"Mass\"", "\"nodule\" (line 3)",
        "to allow it: --rename mass=Mass --rename HERNIA=Hernia --rename nodule=Nodule",
      ])
    _ = try run(
      "cxr-explore",
      explore(
        lower,
        ["--rename", "mass=Mass", "--rename", "HERNIA=Hernia", "--rename", "nodule=Nodule"]))
    let counts = try #require(try json("e/explore.json")["labels"] as? [String: Int])
    #expect(counts["Mass"] == 20 && counts["Nodule"] == 20 && counts["Hernia"] == 20)

    _ = try run(
      "cxr-explore", explore(folder.path + "/labels.csv", ["--labels", "Mas,Edema"]), status: 1,
      says: ["nothing in the file is called \"Mas\"", "in --labels write Mass for Mas"])
  }

  @Test func whatIsReadOtherwiseIsSaid() throws {
    let csv = try labels("commas.csv", findings: { $0 % 2 == 0 ? "\"Mass, Nodule\"" : "NaN" })
    _ = try run(
      "cxr-explore", explore(csv),
      says: [
        "findings parted otherwise than by | in 20 rows",
        "\"Mass, Nodule\" was read as Mass|Nodule",
        "20 films whose findings the file calls unknown",
      ])
    let explored = try json("e/explore.json")
    let counts = try #require(explored["labels"] as? [String: Int])
    #expect(counts["Mass"] == 20 && counts["Nodule"] == 20)
    #expect((explored["unknown_labels"] as? [String: Int])?["Mass"] == 20)
    let long = try write(
      "long.csv",
      "Image Index,Finding Labels,Patient ID\n"
        + (0..<40).map { "\($0).png,Mass,\($0)\n\($0).png,Nodule,\($0)\n" }.joined())
    _ = try run(
      "cxr-explore", explore(long),
      says: ["40 films stand in several rows, which are joined: 80 rows of 40 films"])
    #expect(try json("e/explore.json")["images"] as? Int == 40)
  }

  @Test func aRunKeepsItsRenames() throws {
    let csv = try labels("lower.csv", findings: { $0 % 2 == 0 ? "mass" : "No Finding" })
    let run = folder.path + "/run"
    _ = try self.run(
      "cxr-train",
      [
        "--csv", csv, "--images", films, "--output", run, "--labels", "Mass", "--rename",
        "mass=Mass",
        "--image-size", "106", "--epochs", "1",
      ])
    _ = try self.run(
      "cxr-train",
      [
        "--resume", "--output", run, "--epochs", "2", "--rename", "No Finding=Healthy",
      ], status: 1, says: ["rename: was"])
    // The checkpoint knows what its labels are called in the file.
    _ = try self.run(
      "cxr-evaluate",
      [
        "--checkpoint", run + "/best.npz", "--csv", csv, "--images", films, "--output",
        folder.path + "/v", "--replicates", "100",
      ])
    let model = try #require((try json("v/metrics.json")["models"] as? [[String: Any]])?.first)
    let mass = try #require((model["labels"] as? [String: [String: Any]])?["Mass"])
    #expect((mass["support"] as? Int ?? 0) > 0)
  }

  /// A label that the file has no column for is unknown, never negative.
  @Test func aLabelWithoutColumnIsNotAvailable() throws {
    let csv = try write(
      "columns.csv",
      "Path,Patient ID,Mass\n" + (0..<40).map { "\($0).png,\($0),\($0 % 2)\n" }.joined())
    let table = try write(
      "scores.csv",
      "\u{FEFF}index;PATH;fold;hernia;Mass\n"
        + (0..<40).map { "\($0);./\($0).png;\($0 % 5); 0,9 ; 0,\($0 % 2 * 4 + 3)\n" }.joined())
    let evaluate = evaluating(table, by: csv)
    _ = try run(
      "cxr-evaluate", evaluate, status: 1,
      says: ["\"hernia\" is almost the label \"Hernia\"", "--rename hernia=Hernia"])
    let output = try run(
      "cxr-evaluate", evaluate + ["--rename", "hernia=Hernia"],
      says: [
        "labels without a column in the file, unknown on all films: Hernia",
        "columns that are no findings judged here: index, fold",
      ])
    #expect(output.contains("1 of them n/a and left out of means: Hernia"))
    let model = try #require((try json("v/metrics.json")["models"] as? [[String: Any]])?.first)
    #expect(model["negatives_found_percent"] as? Double == 100)
    #expect(model["mean_auc"] as? Double == 1)
    #expect((model["labels"] as? [String: [String: Any]])?["Hernia"]?["auc"] is NSNull)
    // What is asked for is judged, and only that.
    _ = try run(
      "cxr-evaluate", evaluate + ["--labels", "fold"], status: 1, says: ["called \"fold\""])
    _ = try run("cxr-evaluate", evaluate + ["--labels", "Mass"])
  }

  @Test func predictionSearchesAsTheOthersDo() throws {
    _ = try run(
      "cxr-train",
      [
        "--csv", folder.path + "/labels.csv", "--images", films, "--output", folder.path + "/run",
        "--labels", "Mass", "--image-size", "106", "--epochs", "1",
      ])
    let shelf = folder.path + "/shelf"
    let manager = FileManager.default
    try manager.createDirectory(atPath: shelf, withIntermediateDirectories: true)
    try manager.createDirectory(
      atPath: folder.path + "/disk/.ipynb_checkpoints", withIntermediateDirectories: true)
    for (from, to) in [
      ("1.png", "disk/a.png"), ("2.png", "disk/.ipynb_checkpoints/a-checkpoint.png"),
      ("3.png", "disk/._a.png"), ("4.png", "shelf/b.png"),
    ] { try manager.copyItem(atPath: "\(films)/\(from)", toPath: "\(folder.path)/\(to)") }
    try manager.createSymbolicLink(
      atPath: shelf + "/linked", withDestinationPath: folder.path + "/disk")
    let predict = ["--checkpoint", folder.path + "/run/best.npz", "--format", "csv"]
    let output = try run(
      "cxr-predict", predict + [shelf], says: ["2 hidden files that look like films"])
    #expect(output.contains("linked/a.png") && output.contains("shelf/b.png"))
    #expect(!output.contains("._a.png") && !output.contains("checkpoint.png"))
    // A DICOM film without extension is found by its content, and named where it cannot be read.
    try (Data(repeating: 0, count: 128) + Data("DICM".utf8))
      .write(to: URL(fileURLWithPath: shelf + "/1.2.840.99"))
    _ = try run("cxr-predict", predict + [shelf], status: 1, says: ["shelf/1.2.840.99: "])
  }

  @Test func namesInListsTablesAndAuditsAreMatchedByTheSameRule() throws {
    let csv = try labels("folders.csv", film: { "set/images/\($0).png" })
    let table = try write(
      "scores.csv",
      "Image Index,pred_Mass\n" + (0..<40).map { "images/\($0).jpg,0.\($0)\n" }.joined())
    let evaluate = evaluating(table, by: csv)
    _ = try run(
      "cxr-evaluate", evaluate, status: 1,
      says: ["none of its columns is called as a finding", "to allow it: --rename pred_Mass=Mass"])
    _ = try run(
      "cxr-evaluate", evaluate + ["--rename", "pred_Mass=Mass"], status: 1,
      says: ["40 of its films are not in the label file"])
    _ = try run(
      "cxr-evaluate",
      evaluate + [
        "--rename", "pred_Mass=Mass", "--drop-folders", "set", "--ignore-extensions",
      ])
    #expect(try json("v/metrics.json")["models"] != nil)
    // An audit of other names leaves nothing out, which is said; one of a rename that nothing is called too.
    let audit = try write("audit.csv", "image,problem,severity,detail\n3.png,small,error,x\n")
    _ = try run(
      "cxr-train",
      ["--csv", csv, "--images", films, "--output", folder.path + "/r", "--exclude", audit],
      status: 1,
      says: ["1 of its films is not in the label file, the first: 3.png"])
    _ = try run(
      "cxr-explore", explore(folder.path + "/labels.csv", ["--rename", "Mas=Mass"]), status: 1,
      says: ["nothing is called \"Mas\"", "did you mean \"Mass\"?"])
    let lists = try ["0.png\n1.png\n2.png\n3.png\n", "4.png\n5.png\n"].enumerated().map {
      try write("list\($0.offset).txt", $0.element)
    }
    _ = try run(
      "cxr-explore",
      explore(folder.path + "/labels.csv", ["--train-list", lists[0], "--test-list", lists[1]]),
      says: ["34 films are in neither list, not used"])
  }

  @Test func whatIsTrueIsNotTakenForAPredictionWithoutAWord() throws {
    let truth = try write(
      "truth.csv", "Image Index,Mass\n" + (0..<40).map { "\($0).png,\(1 - $0 % 2)\n" }.joined())
    let evaluate = evaluating(truth, by: folder.path + "/labels.csv")
    _ = try run(
      "cxr-evaluate", evaluate, says: ["all scores of Mass are exactly 0 or 1"])
    for (score, words) in [("1.5", "--scores logit"), ("90 %", "divided by 100"), ("", "a blank")] {
      _ = try write(
        "truth.csv",
        "Image Index,Mass\n" + (0..<40).map { "\($0).png,\($0 == 3 ? score : "0.5")\n" }.joined())
      _ = try run("cxr-evaluate", evaluate, status: 1, says: ["line 5", words])
    }
    // One bad cell of the label file does not leave its column out.
    let csv = try write(
      "bad.csv",
      "Path,Patient ID,Mass,Own\n"
        + (0..<40).map { "\($0).png,\($0),\($0 % 2),\($0 == 7 ? "x" : "0")\n" }.joined())
    let table = try write(
      "own.csv", "Image Index,Mass,Own\n" + (0..<40).map { "\($0).png,0.5,0.\($0)\n" }.joined())
    _ = try run(
      "cxr-evaluate",
      [
        "--predictions", table, "--csv", csv, "--output", folder.path + "/w", "--replicates", "100",
      ],
      status: 1, says: ["line 9: \"x\" in the column Own is no label"])
  }

  @Test func boxesAndCheckpointsHaveTheRunsRenames() throws {
    let csv = try labels("lower.csv", findings: { $0 % 2 == 0 ? "tumour" : "knot" })
    for (name, rename) in [("one", "tumour=Mass"), ("two", "knot=Mass")] {
      _ = try run(
        "cxr-train",
        [
          "--csv", csv, "--images", films, "--output", "\(folder.path)/\(name)", "--labels", "Mass",
          "--rename", rename, "--image-size", "106", "--epochs", "1",
        ])
    }
    let boxes = try write(
      "boxes.csv",
      "Image Index,Finding Label,\"Bbox [x,y,w,h]\",,,\n"
        + (0..<40).map { "\($0).png,\($0 % 2 == 0 ? "tumour" : "other"),10,10,500,500\n" }.joined())
    let evaluate = ["--csv", csv, "--images", films, "--subset", "all", "--replicates", "100"]
    let output = try run(
      "cxr-evaluate",
      evaluate + [
        "--checkpoint", folder.path + "/one/best.npz", "--boxes", boxes, "--output",
        folder.path + "/v",
      ], says: ["boxes of what is no finding judged here: other"])
    #expect(output.contains("of 20 films"), "\(output)")
    _ = try run(
      "cxr-evaluate",
      evaluate + [
        "--checkpoint", folder.path + "/one/best.npz", "--checkpoint",
        folder.path + "/two/best.npz", "--output", folder.path + "/w",
      ], status: 1, says: ["other renames of findings"])
    let corners = try write(
      "corners.csv", "Image Index,Finding Label,x1,y1,x2,y2\n0.png,Mass,1,1,2,2\n")
    _ = try run(
      "cxr-evaluate",
      evaluate + [
        "--checkpoint", folder.path + "/one/best.npz", "--boxes", corners, "--output",
        folder.path + "/x",
      ], status: 1, says: ["x, y, width and height in this order"])
  }
}
