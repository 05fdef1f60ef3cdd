import Foundation
import Testing

/// Every figure that a training run shows is the one of its `history.csv` or `run.json`.
@Suite(.serialized) struct TrainingPageTests {
  private let set: ComparedModels

  init() throws { set = try ComparedModels.shared.get() }

  private static let pictures = [
    ("loss", "loss", "loss"), ("binary-accuracy", "binary accuracy", "binary_accuracy"),
    ("auc", "AUC (Keras's approximation)", "auc"),
    ("precision", "precision at 0.5, pooled", "precision"),
    ("recall", "recall at 0.5, pooled", "recall"),
  ]

  private func history(_ run: String) throws -> [[String: Double]] {
    try set.table(run + "/history.csv").records.map { $0.compactMapValues(Double.init) }
  }

  private func bestEpoch(_ history: [[String: Double]]) throws -> Int {
    let best = try #require(
      history.min { ($0["val_loss"] ?? .infinity) < ($1["val_loss"] ?? .infinity) })
    return Int(try #require(best["epoch"]))
  }

  @Test(arguments: ComparedModels.names) func thePageSaysWhatTheRunWas(_ run: String) throws {
    let (page, history) = (try set.page(run), try history(run))
    let record = try set.json(run + "/run.json")
    #expect(history.count == (run == "zinc" ? 3 : 2))
    #expect(history.map { $0["epoch"] } == (1...history.count).map { Double($0) })
    #expect(page.title == "Training run \(run)")
    let best = try bestEpoch(history)
    #expect(Shown.numbers(in: page.lead) == ["\(history.count)", "\(best)"])
    #expect(try set.bestEpoch(run) == best)
    let facts = try #require(page.tables.first).cells
    #expect(page.tables.count == 1)
    let size = try record.count("options/image-size")
    let undefined = "5 of 6 findings; without positive or negative films in validation: Edema"
    let expected = [
      ["loss", try record.text("options/loss")],
      ["training films", "\(try record.count("films/training"))"],
      ["augmented copies", "\(try record.count("films/augmented_copies"))"],
      ["validation films", "\(try record.count("films/validation"))"],
      ["image size", "\(size) × \(size), \(try record.text("options/resize") ?? "")"],
      ["batch size", "\(try record.count("options/batch-size"))"],
      [
        "first learning rate, factor an epoch",
        "\(try #require(try record.number("options/learning-rate"))), "
          + "\(try #require(try record.number("options/decay")))",
      ],
      ["seed", "\(try record.count("options/seed"))"],
      ["BLAS", try record.text("device/blas")],
      ["threads", "\(try record.count("device/threads"))"],
      ["validation AUC is the mean over", undefined],
    ]
    #expect(facts.header == ["", ""])
    #expect(facts.rows == expected.map { $0.compactMap { $0 } })
    #expect(try record.text("options/loss") == (run == "zinc" ? "weighted-bce" : "bce"))
    #expect(try record.count("options/seed") == (run == "zinc" ? 1 : 2))
    // The rate falls by its factor.
    for (place, row) in history.enumerated() {
      let rate = (run == "zinc" ? 0.001 : 0.0004) * pow(0.95, Double(place))
      #expect(abs((row["learning_rate"] ?? 0) - rate) < 1e-8)
    }
    let network = try #require(page.preformatted.first).text
    let parameters = network.split(separator: "\n").dropFirst(2).dropLast().compactMap { line in
      line.split(separator: " ").last.flatMap { Int($0) }
    }
    let total = Shown.numbers(in: network.split(separator: "\n").last?.description ?? "").first
    #expect(total == "\(parameters.reduce(0, +))")
    #expect(page.callouts.isEmpty && page.paragraphs.count == 1)
  }

  @Test(arguments: ComparedModels.names) func theCurvesAreTheHistory(_ run: String) throws {
    let (page, history) = (try set.page(run), try history(run))
    #expect(page.pictures.map(\.title) == Self.pictures.map { $0.1 + " against epoch" })
    #expect(
      page.pictures.map(\.caption)
        == Self.pictures.map { $0.1 + ": training solid, validation dashed." })
    for (file, title, column) in Self.pictures {
      let script = try set.text("\(run)/plots/\(file).gp")
      let titles = script.matches(of: /'([^']+)' using [^\n]* dt (\d) [^\n]* title '([^']+)'/)
        .map { [$0.output.1, $0.output.2, $0.output.3].map(String.init) }
      #expect(
        titles == [["\(file)-1.tsv", "1", "training"], ["\(file)-2.tsv", "2", "validation"]])
      #expect(
        script.contains(
          "set ylabel '\(title.components(separatedBy: "'").joined(separator: "''"))'"))
      for (number, prefix) in [(1, ""), (2, "val_")] {
        let rows = try set.text("\(run)/plots/\(file)-\(number).tsv").split(separator: "\n")
          .map { $0.split(separator: "\t").compactMap { Double($0) } }
        let stated = history.map { [$0["epoch"], $0[prefix + column]].compactMap { $0 } }
        #expect(rows == stated, "\(run) \(file) \(prefix)")
      }
    }
  }

  @Test(arguments: ComparedModels.names) func theConsoleSaysTheHistory(_ run: String) throws {
    let (result, history) = (try set.output(run), try history(run))
    let lines = result.errors.split(separator: "\n").filter { $0.hasPrefix("epoch ") }
    func short(_ value: Double?) -> String {
      value.map { "\(($0 * 10_000).rounded() / 10_000)" } ?? "n/a"
    }
    var least = Double.infinity
    var expected: [[String]] = []
    for (place, row) in history.enumerated() {
      let loss = try #require(row["val_loss"])
      let seconds = Int(try #require(row["seconds"]).rounded())
      expected.append(
        [
          "epoch", "\(place + 1)/\(history.count)", "loss", short(row["loss"]), "val_loss",
          short(loss), "val_auc", short(row["val_auc"]), "val_recall", short(row["val_recall"]),
          "\(Int(try #require(row["images_per_second"]).rounded()))", "images/s",
          String(format: "%d:%02d", seconds / 60, seconds % 60),
        ] + (loss < least ? ["best"] : []))
      least = min(least, loss)
    }
    #expect(lines.count == expected.count)
    for (line, expected) in zip(lines, expected) {
      let words = line.split(separator: " ").map(String.init)
      // A clock may round otherwise; all else is stated to the digit.
      #expect(words.filter { !$0.contains(":") } == expected.filter { !$0.contains(":") })
    }
    #expect(
      result.output
        == "best epoch \(try bestEpoch(history)) of \(history.count) · "
        + "\(set.file(run))/best.npz\n")
    let record = try set.json(run + "/run.json")
    let films = try #require(
      result.errors.split(separator: "\n").first { $0.contains(" films to train on with ") })
    #expect(
      Shown.numbers(in: films.description).prefix(3)
        == [
          "\(try record.count("films/training"))", "\(try record.count("films/augmented_copies"))",
          "\(try record.count("films/validation"))",
        ])
  }

  /// What another program reads of each step and epoch.
  @Test(arguments: ComparedModels.names) func theEventsAreTheHistory(_ run: String) throws {
    let (history, record) = (try history(run), try set.json(run + "/run.json"))
    let events = try set.text(run + ".jsonl").split(separator: "\n").map {
      try JSONTree(String($0))
    }
    let films = try record.count("films/training") + record.count("films/augmented_copies")
    let epochs = try events.filter { try $0.text("event") == "epoch" }
    let steps = try events.filter { try $0.text("event") == "step" }
    #expect(epochs.count == history.count)
    #expect(steps.count == history.count * ((films + 31) / 32))
    var least = Double.infinity
    for (event, row) in zip(epochs, history) {
      for column in row.keys {
        let stated = try #require(try event.number(column))
        #expect(stated == row[column], "\(run) \(column)")
      }
      let loss = try #require(row["val_loss"])
      #expect(try event.at("best") == .flag(loss < least))
      least = min(least, loss)
      let last = try #require(
        steps.last { (try? $0.number("epoch")) == row["epoch"] })
      #expect(try last.count("step") == last.count("steps"))
      #expect(try last.number("loss") == row["loss"], "\(run)")
    }
    let keys = steps.first?.keys ?? []
    #expect(
      Set(keys) == [
        "event", "epoch", "step", "steps", "batch_loss", "loss", "gradient_norm", "learning_rate",
        "images_per_second", "seconds_left",
      ])
    #expect(
      Set(epochs.first?.keys ?? []) == [
        "event", "epoch", "loss", "binary_accuracy", "auc", "recall", "precision", "val_loss",
        "val_binary_accuracy", "val_auc", "val_recall", "val_precision", "learning_rate",
        "seconds", "images_per_second", "best",
      ])
  }
}
