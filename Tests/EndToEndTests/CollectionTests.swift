import Foundation
import Testing

/// Synthetic films in the shape of each public collection, through every program by `--collection` alone.
@Suite struct CollectionTests {
  private struct Shape: Decodable {
    let name: String
    let collection: String
    let csv: String
    let images: String
    let flags: [String]
    let labels: [String]
    let films: Int
    let positives: [String: Int]
  }

  private struct Explored: Decodable {
    let images: Int
    let labels: [String: Int]
    let collection: Named
    struct Named: Decodable { let name: String }
  }

  private static func shapes(in folder: TemporaryFolder) throws -> [Shape] {
    let synth = try Program.run(
      "cxr-synth",
      ["--output", folder.path + "/synth", "--images", "240", "--patients", "120", "--size", "128"])
    try #require(synth.status == 0, "\(synth.errors)")
    // shapes.py needs the standard library only.
    let python = Given.python ?? URL(fileURLWithPath: "/usr/bin/python3")
    let script = Given.root.appendingPathComponent("Tests/Collections/shapes.py").path
    let made = try Program.run(python, [script, folder.path + "/synth", folder.path + "/shapes"])
    try #require(made.status == 0, "\(made.errors)")
    return try JSONDecoder().decode(
      [Shape].self,
      from: Data(contentsOf: URL(fileURLWithPath: folder.path + "/shapes/shapes.json")))
  }

  private static func run(_ program: String, _ arguments: [String]) throws -> Program.Result {
    let result = try Program.run(program, arguments)
    try #require(
      result.status == 0, "\(program) \(arguments.joined(separator: " ")):\n\(result.errors)")
    return result
  }

  private static func train(_ shape: Shape, labels: [String], to output: String) throws {
    _ = try run(
      "cxr-train",
      [
        "--collection", shape.collection, "--csv", shape.csv, "--images", shape.images, "--output",
        output, "--labels", labels.joined(separator: ","), "--skip-empty-labels", "--epochs", "1",
        "--image-size", "112",
      ] + shape.flags)
  }

  @Test func everyShapeGoesThroughEveryProgram() throws {
    let folder = try TemporaryFolder()
    let shapes = try Self.shapes(in: folder)
    #expect(
      Set(shapes.map(\.collection)) == [
        "nih", "chexpert", "padchest", "vindr-cxr", "rsna-pneumonia", "siim", "mimic-cxr",
        "covid-chestxray",
      ])
    for shape in shapes {
      func output(_ part: String) -> String { "\(folder.path)/\(shape.name)-\(part)" }
      let files = ["--collection", shape.collection, "--csv", shape.csv]
      _ = try Self.run(
        "cxr-explore",
        files + ["--images", shape.images, "--output", output("explored")] + shape.flags)
      let explored = try JSONDecoder().decode(
        Explored.self,
        from: Data(contentsOf: URL(fileURLWithPath: output("explored") + "/explore.json")))
      #expect(explored.images == shape.films, "\(shape.name)")
      #expect(explored.collection.name == shape.collection)
      for (label, count) in shape.positives where explored.labels[label] != nil {
        #expect(explored.labels[label] == count, "\(shape.name) \(label)")
      }
      try Self.train(shape, labels: shape.labels, to: output("run"))
      let best = output("run") + "/best.npz"
      let evaluated = try Self.run(
        "cxr-evaluate",
        files + ["--checkpoint", best, "--images", shape.images, "--output", output("test")])
      // What a run knows of its collection and its patients is in the checkpoint.
      #expect(
        evaluated.errors.contains("each film is taken for a patient") == !shape.flags.isEmpty)
      let page = try String(contentsOfFile: output("test") + "/report.html", encoding: .utf8)
      #expect(page.contains("Each film is taken for a patient") == !shape.flags.isEmpty)
      let asked = try Self.run(
        "cxr-predict",
        files + ["--checkpoint", best, "--format", "csv", "--images", shape.images])
      let films = Set(
        asked.output.split(separator: "\n").dropFirst().map { $0.prefix { $0 != "," } })
      #expect(films.count == shape.films, "\(shape.name)")
    }
  }

  @Test func testsOnFilmsOfAnotherCollection() throws {
    guard let python = Given.python else {
      print(
        "SKIPPED figures on another collection's films beside scikit-learn: CXR_PYTHON is not set")
      return
    }
    let folder = try TemporaryFolder()
    let shapes = try Self.shapes(in: folder)
    func shape(_ name: String) throws -> Shape {
      try #require(shapes.first { $0.name == name })
    }
    let trained = folder.path + "/run"
    // Lung Lesion is Mass or Nodule in CheXpert's words; Fracture is nothing that VinDr's readers drew.
    let chexpert = try shape("chexpert")
    try #require(chexpert.labels.contains("Effusion") && chexpert.labels.contains("Cardiomegaly"))
    try Self.train(chexpert, labels: chexpert.labels, to: trained)
    for (name, truth, map) in [
      (
        "vindr-cxr-kaggle", "vindr_kaggle",
        ["Lung Lesion": ["Nodule/Mass", "Other lesion"], "Pneumonia": []]
      ),
      (
        "padchest", "padchest",
        ["Effusion": ["pleural effusion"], "Lung Lesion": ["Mass", "Nodule"]]
      ),
      ("nih", "nih", ["Lung Lesion": ["Mass", "Nodule"], "Lung Opacity": ["Infiltration"]]),
    ] as [(String, String, [String: [String]])] {
      let other = try shape(name)
      let text = map.filter { chexpert.labels.contains($0.key) }.map { label, names in
        "\"\(label)\" = [" + names.map { "\"\($0)\"" }.joined(separator: ", ") + "]\n"
      }
      let file = folder.path + "/\(name).toml"
      try text.joined().write(toFile: file, atomically: true, encoding: .utf8)
      let output = folder.path + "/on-\(name)"
      let evaluated = try Self.run(
        "cxr-evaluate",
        [
          "--checkpoint", trained + "/best.npz", "--subset", "all", "--collection",
          other.collection,
          "--csv", other.csv, "--images", other.images, "--remap", file, "--replicates", "100",
          "--output", output,
        ] + other.flags)
      let known =
        try JSONSerialization.jsonObject(
          with: Data(contentsOf: URL(fileURLWithPath: trained + "/run.json"))) as? [String: Any]
      let labels = try #require(known?["labels"] as? [String])
      // pandas speaks of the label file in the collection's words.
      var names = map.filter { labels.contains($0.key) }
      if names["Effusion"] != nil { names["Effusion"] = ["Effusion"] }
      let mapping = folder.path + "/\(name).json"
      try JSONEncoder().encode(names).write(to: URL(fileURLWithPath: mapping))
      let script = Given.root.appendingPathComponent("Tests/Collections/remap.py").path
      let judged = try Program.run(python, [script, output, truth, other.csv, mapping])
      #expect(judged.status == 0, "\(name):\n\(judged.errors)")
      print("\(name): \(judged.output)", terminator: "")
      // Said once, however many films there are.
      #expect(
        evaluated.errors.split(separator: "\n").count { $0.contains("without a partner") } == 1)
      let page = try String(contentsOfFile: output + "/report.html", encoding: .utf8)
      #expect(page.contains("Labels without a partner in the label file, n/a: "))
    }
    // A name that neither side has is refused, with the nearest.
    let wrong = folder.path + "/wrong.toml"
    for (text, expected) in [
      ("Effusoin = \"Effusion\"", "did you mean \"Effusion\"?"),
      ("Effusion = \"Pleural efusion\"", "Pleural efusion"),
      ("Effusion = 1 2", "line 1"),
    ] {
      try text.write(toFile: wrong, atomically: true, encoding: .utf8)
      let other = try shape("nih")
      let result = try Program.run(
        "cxr-evaluate",
        [
          "--checkpoint", trained + "/best.npz", "--subset", "all", "--csv", other.csv, "--images",
          other.images, "--remap", wrong, "--output", folder.path + "/never",
        ])
      #expect(result.status == 1)
      #expect(result.errors.contains(expected), "\(result.errors)")
    }
  }

  @Test func aRunGoesOnUnderItsOwnDescriptionOnly() throws {
    let folder = try TemporaryFolder()
    try folder.addSmallFilms()
    let (csv, images) = (folder.path + "/labels.csv", folder.path + "/films")
    let toml = folder.path + "/mine.toml"
    func describe(_ more: String) throws {
      try """
      film = "Image Index"
      patient = "Patient ID"
      findings = { column = "Finding Labels", separator = "|" }
      labels = ["Mass", "Nodule"]
      \(more)
      """.write(toFile: toml, atomically: true, encoding: .utf8)
    }
    try describe("")
    let run = folder.path + "/run"
    let first = try Program.run(
      "cxr-train",
      [
        "--collection", toml, "--csv", csv, "--images", images, "--output", run,
        "--epochs", "1", "--image-size", "112", "--skip-empty-labels",
      ])
    try #require(first.status == 0, "\(first.errors)")
    // More epochs: the run goes on from its record alone.
    let more = try Program.run("cxr-train", ["--resume", "--output", run, "--epochs", "2"])
    #expect(more.status == 0, "\(more.errors)")
    try describe("blank = \"unknown\"")
    let changed = try Program.run("cxr-train", ["--resume", "--output", run, "--epochs", "3"])
    #expect(changed.status == 1)
    #expect(
      changed.errors.contains("collection: was mine, is another description of that name"),
      "\(changed.errors)")
    // Of two meanings of a label no comparison can be made.
    let second = folder.path + "/second"
    let trained = try Program.run(
      "cxr-train",
      [
        "--collection", toml, "--csv", csv, "--images", images, "--output", second, "--epochs", "1",
        "--image-size", "112", "--skip-empty-labels",
      ])
    try #require(trained.status == 0, "\(trained.errors)")
    let both = try Program.run(
      "cxr-evaluate",
      [
        "--checkpoint", run + "/best.npz", "--checkpoint", second + "/best.npz", "--csv", csv,
        "--images", images, "--output", folder.path + "/both",
      ])
    #expect(both.status == 1)
    #expect(both.errors.contains("one label means two things"), "\(both.errors)")
    let other = try Program.run(
      "cxr-evaluate",
      [
        "--checkpoint", run + "/best.npz", "--collection", toml, "--csv", csv, "--images",
        images, "--output", folder.path + "/test",
      ])
    #expect(other.status == 1)
    #expect(other.errors.contains("read as the collection mine"), "\(other.errors)")
  }

  @Test func descriptionsThatAreNotUnderstoodAreRefused() throws {
    let folder = try TemporaryFolder()
    let csv = folder.path + "/labels.csv"
    try "file,mrn,codes\na.png,1,Mass\nb.png,2,\n".write(
      toFile: csv, atomically: true, encoding: .utf8)
    let toml = folder.path + "/mine.toml"
    let good = "film = \"file\"\npatient = \"mrn\"\nfindings = { column = \"codes\" }\n"
    for (text, expected) in [
      ("film = \"file\"\npatient = \"mrn\"\n", "findings: is missing"),
      (good.replacing("film", with: "flim"), "is flim meant to be it?"),
      (good + "[views]\nblank = \"unknown\"\n", "views.blank: stands below [views]"),
      (good + "pateint = \"mrn\"\n", "pateint: nothing is called so here; did you mean patient?"),
      (good + "blank = \"maybe\"\n", "blank: \"maybe\" is none of absent, unknown"),
      (good + "labels = [1.5]\n", "labels: texts in quotes"),
      (good + "[readers]\nvote = \"any\"\n", "readers.column: the column"),
      (good + "study = { pattern = \"([0-9]\" }\n", "is no regular expression"),
      (good + "view = \n", "line 4"),
      (good + "base = \"chexprt\"\n", "base: no collection is called \"chexprt\""),
      (good + "[split]\ncolumn = \"s\"\ntrain = [\"A\"]\n", "train and test are needed"),
      (good + "view = \"projection\"\n[keep]\nprojection = [\"PA\"]\n", "no column \"projection\""),
    ] {
      try text.write(toFile: toml, atomically: true, encoding: .utf8)
      let result = try Program.run(
        "cxr-explore",
        ["--collection", toml, "--csv", csv, "--output", folder.path + "/out", "--force"])
      #expect(result.status == 1, "\(text)")
      #expect(result.errors.contains(expected), "\(result.errors)")
    }
    let nothing = try Program.run(
      "cxr-explore", ["--collection", "chexprt", "--csv", csv, "--output", folder.path + "/out"])
    #expect(nothing.status == 64)
    #expect(nothing.errors.contains("did you mean chexpert?"), "\(nothing.errors)")
  }
}
