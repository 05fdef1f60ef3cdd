import CXRCheckpoint
import CXRData
import Foundation
import Testing

/// The whole job through the apps: every file of the contract, and scikit-learn as the judge.
@Suite(.serialized) struct PipelineTests {
  private struct FilmSet {
    let name: String
    let csv: String
    let images: String
    var training: [String] = []
  }

  private func json(_ path: String) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func succeed(
    _ name: String, _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Program.Result {
    let result = try Program.run(name, arguments)
    #expect(
      result.status == 0, "\(name) \(arguments.joined(separator: " ")): \(result.errors)",
      sourceLocation: sourceLocation)
    return result
  }

  private func runAll(_ set: FilmSet) throws {
    let folder = try TemporaryFolder()
    func output(_ name: String) -> String { "\(folder.path)/\(name)" }
    func expectFiles(_ run: String, _ names: [String]) {
      for name in names {
        let size =
          (try? FileManager.default.attributesOfItem(atPath: output(run) + "/" + name)[.size])
          as? Int ?? 0
        #expect(size > 0, "\(set.name): \(run)/\(name)")
      }
    }
    let data = ["--csv", set.csv, "--images", set.images]
    let labels = set.training.firstIndex(of: "--labels").map { Array(set.training[$0...($0 + 1)]) }

    _ = try succeed("cxr-explore", data + (labels ?? []) + ["--output", output("explore")])
    let explore = try json(output("explore") + "/explore.json")
    for key in [
      "images", "patients", "labels", "labels_per_image", "split", "class_weights",
      "augmented_training_images", "other_labels", "audit", "flow", "characteristics",
      "films_per_patient", "co_occurrence",
    ] { #expect(explore[key] != nil, "\(set.name): explore.json has no \(key)") }
    expectFiles(
      "explore",
      [
        "report.html", "audit.csv", "characteristics.csv", "co_occurrence.csv", "label-counts.svg",
        "labels-per-image.svg",
        "positives-negatives.svg", "splits.svg", "class-weights.svg",
      ])

    for loss in ["weighted-bce", "bce"] {
      let result = try succeed(
        "cxr-train",
        data + [
          "--output", output(loss), "--loss", loss, "--epochs", "1", "--cache", output("cache"),
        ]
          + set.training)
      #expect(result.errors.contains("BLAS") && result.errors.contains("threads"))
      #expect(result.errors.contains("films found") && result.errors.contains("mean"))
      expectFiles(
        loss,
        [
          "history.csv", "best.npz", "last.npz", "run.json", "report.html", "loss.svg", "auc.svg",
          "binary-accuracy.svg", "precision.svg", "recall.svg", "learning-rate.svg",
          "seconds.svg",
        ])
    }
    let history = try String(contentsOfFile: output("bce") + "/history.csv", encoding: .utf8)
    #expect(
      history.hasPrefix(
        "epoch,loss,binary_accuracy,auc,recall,precision,val_loss,val_binary_accuracy,val_auc,"
          + "val_recall,val_precision,learning_rate,seconds,images_per_second\n1,"))

    _ = try succeed(
      "cxr-evaluate",
      data + [
        "--checkpoint", output("weighted-bce") + "/best.npz", "--checkpoint",
        output("bce") + "/best.npz", "--output", output("evaluation"),
      ])
    expectFiles(
      "evaluation",
      [
        "metrics.json", "report.html", "auc.svg", "positives-found.svg", "negatives-found.svg",
        "headline.csv", "labels.csv", "operating_points.csv", "differences.csv",
        "calibration.csv", "reliability.csv", "subgroups.csv", "plots/roc-by-finding-1.svg",
        "pooled.csv", "decision_curves.csv",
        "plots/precision-recall-by-finding-2.svg",
      ]
        + ["weighted-bce", "bce"].flatMap {
          [
            "predictions-\($0).csv", "classification_report-\($0).txt", "roc-\($0).svg",
            "precision-recall-\($0).svg", "plots/reliability-\($0)-1.svg",
          ]
        })
    let metrics = try json(output("evaluation") + "/metrics.json")
    let models = try #require(metrics["models"] as? [[String: Any]])
    #expect(models.map { $0["name"] as? String } == ["weighted-bce", "bce"])
    for model in models {
      for key in ["checkpoint", "mean_auc", "positives_found_percent", "negatives_found_percent"] {
        #expect(model[key] != nil, "\(set.name): \(key)")
      }
      for (_, figures) in try #require(model["labels"] as? [String: [String: Any]]) {
        for key in [
          "auc", "auc_low", "auc_high", "average_precision", "precision", "recall", "f1",
          "support", "sensitivity", "specificity",
        ] { #expect(figures[key] != nil, "\(set.name): \(key)") }
      }
    }

    // Of the films from many hospitals the test part has too few patients for intervals.
    if set.name != "xrays" {
      for model in models {
        let low = try #require(model["mean_auc_low"] as? Double)
        #expect(low < model["mean_auc_high"] as? Double ?? 0)
      }
    }
    #expect((metrics["differences"] as? [[String: Any]])?.count == 1)
    for model in models {
      #expect(model["operating_point"] as? String == "youden")
      #expect(model["baseline"] is [String: Any], "\(set.name)")
      #expect(((model["subgroups"] as? [Any])?.count ?? 0) > 0, "\(set.name)")
    }
    try predict(set, output)

    if let python = Given.python {
      let script = Given.root.appendingPathComponent("Tests/Parity/sklearn_parity.py").path
      let result = try Program.run(
        python,
        [script, output("evaluation"), set.csv, output("weighted-bce") + "/best.npz"])
      #expect(result.status == 0, "\(set.name): \(result.output)\(result.errors)")
      print("\(set.name): \(result.output)", terminator: "")
    } else {
      print("\(set.name): SKIPPED the comparison with scikit-learn: CXR_PYTHON is not set")
    }
  }

  /// A film says alone what it says among the others.
  private func predict(_ set: FilmSet, _ output: (String) -> String) throws {
    let table = try String(
      contentsOfFile: output("evaluation") + "/predictions-weighted-bce.csv", encoding: .utf8
    ).split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    try #require(table.count > 2 && table[0].count > 1 && table.allSatisfy { !$0.isEmpty })
    let names = Set([table[1][0], table[2][0]])
    var films: [String: String] = [:]
    let files = FileManager.default.enumerator(atPath: set.images)
    while let name = files?.nextObject() as? String {
      let last = (name as NSString).lastPathComponent
      if names.contains(last) { films[last] = "\(set.images)/\(name)" }
    }
    let paths = films.values.sorted()
    #expect(paths.count == 2)
    let result = try Program.run(
      "cxr-predict",
      [
        "--checkpoint", output("weighted-bce") + "/best.npz", "--format", "json", "--maps",
        output("maps"), "--map-labels", table[0][1],
      ] + paths + ["no-such-film.png"])
    // A film that is not there is named, and the others are answered.
    #expect(result.status == 1 && result.errors.contains("no-such-film.png"), "\(result.errors)")
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let answers = try #require(document["films"] as? [[String: Any]])
    #expect(answers.count == 2)
    for (answer, path) in zip(answers, paths) {
      let row = try #require(table.first { $0[0] == (path as NSString).lastPathComponent })
      let findings = try #require(answer["findings"] as? [String: [String: Any]])
      for (label, value) in zip(table[0], row).dropFirst() {
        let output = try #require(findings[label]?["output"] as? Double)
        #expect(abs(output - (Double(value) ?? 2)) < 1e-6, "\(set.name) \(label)")
      }
    }
    let maps = try FileManager.default.contentsOfDirectory(atPath: output("maps"))
    #expect(maps.count == 2 && maps.allSatisfy { $0.hasSuffix("-\(table[0][1]).svg") })
  }

  /// Boxes, tables of predictions and draws: what an evaluation is asked beyond its defaults.
  @Test func evaluationOfTablesAndBoxes() throws {
    let folder = try TemporaryFolder()
    func output(_ name: String) -> String { "\(folder.path)/\(name)" }
    _ = try succeed(
      "cxr-synth",
      ["--output", output("p"), "--images", "150", "--patients", "70", "--size", "128"])
    let data = ["--csv", output("p") + "/Data_Entry_2017.csv", "--images", output("p")]
    _ = try succeed(
      "cxr-train",
      data + [
        "--output", output("run"), "--epochs", "1", "--image-size", "140", "--skip-empty-labels",
        "--operating-point", "sensitivity=0.8",
      ])
    var texts: [String] = []
    for threads in ["1", "2"] {
      let result = try succeed(
        "cxr-evaluate",
        data + [
          "--checkpoint", output("run") + "/best.npz", "--output", output("e\(threads)"),
          "--boxes", output("p") + "/BBox_List_2017.csv", "--prevalence", "0.1,Mass=0.01",
          "--replicates", "100", "--threads", threads,
        ])
      #expect(result.output.contains("the map's peak lies in the box on"))
      #expect(result.output.contains("sensitivity=0.8"))
      texts.append(
        try String(contentsOfFile: output("e\(threads)") + "/metrics.json", encoding: .utf8))
    }
    #expect(texts[0] == texts[1])
    let metrics = try json(output("e1") + "/metrics.json")
    let model = try #require((metrics["models"] as? [[String: Any]])?.first)
    let localisation = try #require(model["localisation"] as? [String: Any])
    #expect(((localisation["all"] as? [String: Any])?["images"] as? Int ?? 0) > 5)
    let labels = try #require(model["labels"] as? [String: [String: Any]])
    let mass = try #require(labels["Mass"]?["at_half"] as? [String: Any])
    #expect(mass["prevalence"] as? Double == 0.01)

    // Another program's table of the same films gives the same areas.
    _ = try succeed(
      "cxr-evaluate",
      [
        "--predictions", output("e1") + "/predictions-run.csv", "--csv",
        output("p") + "/Data_Entry_2017.csv", "--output", output("table"), "--replicates", "100",
      ])
    let table = try json(output("table") + "/metrics.json")
    let other = try #require((table["models"] as? [[String: Any]])?.first)
    #expect(other["mean_auc"] as? Double == model["mean_auc"] as? Double)
    #expect(other["mean_auc_low"] as? Double == model["mean_auc_low"] as? Double)
    // A later evaluation leaves no table of an earlier one beside its report, and no other file is touched.
    try "mine".write(
      toFile: output("e1") + "/predictions-mine.csv", atomically: true, encoding: .utf8)
    _ = try succeed(
      "cxr-evaluate",
      [
        "--predictions", output("e2") + "/predictions-run.csv", "--csv",
        output("p") + "/Data_Entry_2017.csv", "--output", output("e1"), "--replicates", "100",
        "--force",
      ])
    func isThere(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: output("e1") + "/" + name)
    }
    #expect(!isThere("localisation.csv") && !isThere("predictions-run.csv"))
    #expect(isThere("predictions-mine.csv") && isThere("labels.csv"))
    for wrong in [
      ["--predictions", "nowhere.csv", "--output", output("w1")],
      ["--output", output("w2")],
      ["--predictions", output("e1") + "/labels.csv", "--output", output("w3")],
      [
        "--predictions", output("e2") + "/predictions-run.csv", "--prevalence", "2", "--output",
        "w",
      ],
      ["--predictions", output("e2") + "/predictions-run.csv", "--operating-point", "best"],
    ] {
      let result = try Program.run(
        "cxr-evaluate", ["--csv", output("p") + "/Data_Entry_2017.csv"] + wrong)
      #expect(result.status == 1 || result.status == 64, "\(wrong)")
      #expect(result.errors.contains("Error"), "\(result.errors)")
    }
  }

  @Test func onSyntheticFilms() throws {
    let folder = try TemporaryFolder()
    _ = try succeed(
      "cxr-synth",
      ["--output", folder.path + "/p", "--images", "150", "--patients", "70", "--size", "128"])
    try runAll(
      FilmSet(
        name: "phantom", csv: folder.path + "/p/Data_Entry_2017.csv", images: folder.path + "/p",
        training: ["--image-size", "106", "--skip-empty-labels"]))
  }

  @Test func onRealFilms() throws {
    guard let real = Given.realData else {
      print("SKIPPED real films: CXR_REAL_DATA is not set")
      return
    }
    let sets = [
      FilmSet(
        name: "nih64", csv: "\(real)/nih64/Data_Entry_2017.csv", images: "\(real)/nih64",
        training: ["--skip-empty-labels"]),
      FilmSet(
        name: "nih1024", csv: "\(real)/nih1024/Data_Entry_2017.csv", images: "\(real)/nih1024",
        training: ["--skip-empty-labels"]),
      FilmSet(
        name: "xrays", csv: "\(real)/xrays/Data_Entry_2017.csv", images: "\(real)/xrays",
        training: [
          "--labels", "COVID-19,ARDS,Streptococcus,Pneumocystis", "--skip-empty-labels",
        ]),
    ]
    for set in sets { try runAll(set) }
  }

  /// An epoch on real films leaves the same bits on one thread and on three.
  @Test func threadsDoNotChangeABit() throws {
    guard let real = Given.realData else {
      print("SKIPPED threads on real films: CXR_REAL_DATA is not set")
      return
    }
    let folder = try TemporaryFolder()
    var arrays: [[NamedArray]] = []
    for threads in [1, 3] {
      let run = "\(folder.path)/\(threads)"
      _ = try succeed(
        "cxr-train",
        [
          "--csv", "\(real)/nih64/Data_Entry_2017.csv", "--images", "\(real)/nih64", "--output",
          run,
          "--cache", "\(folder.path)/cache", "--epochs", "1", "--skip-empty-labels", "--threads",
          "\(threads)",
        ])
      arrays.append(try Checkpoint(path: run + "/last.npz").arrays)
    }
    #expect(arrays[0].count > 40)
    for other in arrays.dropFirst() {
      #expect(other.map(\.name) == arrays[0].map(\.name))
      for (a, b) in zip(arrays[0], other) {
        #expect(a.scalars.map(\.bitPattern) == b.scalars.map(\.bitPattern), "\(a.name)")
      }
    }
  }

  /// The benchmark's one line, and the plan's words.
  @Test func benchmarkPrintsOneLine() throws {
    for mode in ["train", "infer"] {
      let result = try succeed(
        "cxr-benchmark",
        [mode, "--batch", "2", "--image-size", "106", "--steps", "4", "--threads", "2"])
      let lines = result.output.split(separator: "\n")
      #expect(lines.count == 1)
      let line = try #require(
        try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      let seconds = try #require(line["seconds_per_step"] as? [Double]).sorted()
      try #require(seconds.count == 4)
      // Of the median step, of two films.
      let rate = try #require(line["images_per_second"] as? Double)
      #expect(abs(rate * (seconds[1] + seconds[2]) / 2 / 2 - 1) < 1e-9)
      #expect((line["estimated_bytes"] as? Int ?? 0) > 1_000_000)
      #expect((line["peak_rss_bytes"] as? Int ?? 0) > 1_000_000)
    }
    let plan = try succeed(
      "cxr-benchmark", ["plan", "--input", "32,109,109,16", "--filters", "32", "--kernel", "7"])
    #expect(plan.output.contains("* Fourier transforms"))
    let wrong = try Program.run("cxr-benchmark", ["train", "--batch", "0"])
    #expect(wrong.status == 64 && wrong.errors.contains("--batch 0"))
    // The smallest films, whose last block is not fused; and numbers too large to multiply.
    let layers = try succeed(
      "cxr-benchmark", ["layers", "--batch", "1", "--image-size", "106", "--steps", "1"])
    #expect(layers.output.split(separator: "\n").count == 4)
    for input in ["65536,65536,65536,65536", "1,2,3", "a,b,c,d"] {
      let refused = try Program.run(
        "cxr-benchmark", ["plan", "--input", input, "--filters", "4", "--kernel", "3"])
      #expect(refused.status == 64 && refused.errors.contains("--input"))
    }
  }

  /// What feeds the network: of forty films each round, of forty rows, and of whole batches alone.
  @Test func benchmarkOfWhatFeedsTheNetwork() throws {
    let folder = try TemporaryFolder()
    try folder.addSmallFilms()
    let (csv, films) = (folder.path + "/labels.csv", folder.path + "/films")
    for (arguments, images, rounds) in [
      (["prepare", "--images", films, "--rounds", "3"], 40.0, 3),
      (["labels", "--csv", csv, "--rounds", "3"], 40, 3),
    ] {
      let result = try succeed("cxr-benchmark", arguments)
      let line = try #require(
        try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      let seconds = try #require(line["seconds_per_step"] as? [Double]).sorted()
      try #require(seconds.count == rounds, "\(arguments)")
      let rate = try #require(line["images_per_second"] as? Double)
      #expect(abs(rate * seconds[1] / images - 1) < 1e-9, "\(arguments): \(result.output)")
    }
    let result = try succeed(
      "cxr-benchmark", ["batches", "--csv", csv, "--images", films, "--batch", "4"])
    let line = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let seconds = try #require(line["seconds_per_step"] as? [Double]).sorted()
    let median = (seconds[(seconds.count - 1) / 2] + seconds[seconds.count / 2]) / 2
    let rate = try #require(line["images_per_second"] as? Double)
    #expect(abs(rate * median / 4 - 1) < 1e-9)
    #expect((0..<1).contains(line["augmented_share"] as? Double ?? -1))
  }

  #if os(Linux)
    /// As many threads as there are processors that the process may run on.
    @Test func oneProcessorMeansOneThread() throws {
      let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      let first = try #require(status.firstMatch(of: /Cpus_allowed_list:\s*([0-9]+)/)).output.1
      let result = try Program.run(
        URL(fileURLWithPath: "/usr/bin/taskset"),
        [
          "-c", String(first), Program.folder.appendingPathComponent("cxr-benchmark").path, "peak",
        ])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("\"threads\": 1}"))
    }
  #endif

  /// The whole NIH label file: the reference's counts, weights and patients.
  @Test func wholeLabelFile() throws {
    guard let real = Given.realData else {
      print("SKIPPED the whole label file: CXR_REAL_DATA is not set")
      return
    }
    let folder = try TemporaryFolder()
    let csv = folder.path + "/Data_Entry_2017_v2020.csv"
    let unpacked = try Program.run(
      URL(fileURLWithPath: "/bin/sh"),
      ["-c", "gzip -dc '\(real)/nih-labels/Data_Entry_2017_v2020.csv.gz' > '\(csv)'"])
    #expect(unpacked.status == 0)
    _ = try succeed("cxr-explore", ["--csv", csv, "--output", folder.path + "/e"])
    let explore = try json(folder.path + "/e/explore.json")
    #expect(explore["patients"] as? Int == 30_805)
    #expect(explore["augmented_training_images"] as? Int == 82_992)
    let split = try #require(explore["split"] as? [String: [String: Any]])
    #expect(split["train"]?["images"] as? Int == 66_543)
    #expect(split["validation"]?["images"] as? Int == 23_514)
    #expect(split["test"]?["images"] as? Int == 22_063)
    let hashes = [
      "train": "8f6846a3ff2a2a3e82a4881b15102031a7fa7724929bfd6153d8c7a97dae471c",
      "validation": "58314bebdf8ab4915f314968ba3efcf12657fca8dbfc4c5fc13e1d364c2b8c79",
      "test": "a258f65bb457a922b729852b21d69bd96257bfe68925a7d9f80cc28f0b0ed32f",
    ]
    for (part, hash) in hashes { #expect(split[part]?["patients_sha256"] as? String == hash) }
    let weights = try #require(explore["class_weights"] as? [[String: Any]])
    #expect(weights.count == 14)
    for weight in weights {
      let label = try #require(weight["label"] as? String)
      let expected = try #require(Self.referenceWeights[label])
      let negative = try #require(weight["negative"] as? Double)
      let positive = try #require(weight["positive"] as? Double)
      #expect(abs(negative / expected.negative - 1) < 1e-12, "\(label)")
      #expect(abs(positive / expected.positive - 1) < 1e-12, "\(label)")
    }
  }

  private static let referenceWeights: [String: (negative: Double, positive: Double)] = [
    "Atelectasis": (0.5575824102160178, 4.841603608847497),
    "Cardiomegaly": (0.5125868523625383, 20.361995104039167),
    "Consolidation": (0.5213824552606011, 12.191828508611213),
    "Edema": (0.5101034879264086, 25.24393019726859),
    "Effusion": (0.5639332870048644, 4.410326086956522),
    "Emphysema": (0.5123973942371368, 20.66552795031056),
    "Fibrosis": (0.5077912762125698, 32.5871694417238),
    "Hernia": (0.5013259601910588, 189.04261363636365),
    "Infiltration": (0.6081985193309569, 2.810567663456665),
    "Mass": (0.5262562674975879, 10.021536144578315),
    "Nodule": (0.5302062085670577, 8.776444209970984),
    "Pleural_Thickening": (0.5155494607660841, 16.577727952167415),
    "Pneumonia": (0.5065928711725566, 38.41974595842956),
    "Pneumothorax": (0.5249775155024694, 10.509001895135818),
  ]
}
