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
    ("learning-rate", "learning rate", "learning_rate"),
    ("seconds", "seconds of training", "seconds"),
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
    #expect(
      page.callouts.map { $0.hasPrefix("Not converged: ") } == (best == history.count ? [true] : [])
    )
    #expect(page.paragraphs.count == 1)
  }

  @Test(arguments: ComparedModels.names) func theCurvesAreTheHistory(_ run: String) throws {
    let (page, history) = (try set.page(run), try history(run))
    #expect(page.pictures.map(\.title) == Self.pictures.map { "By epoch: " + $0.1 })
    let caption = "Loss and metrics, rate and time. Dashed, the epoch of best.npz."
    #expect(page.pictures.allSatisfy { $0.caption == caption })
    #expect(page.legends[caption] == ["training", "validation"])
    let best = try bestEpoch(history)
    for (file, title, column) in Self.pictures {
      let script = try set.text("\(run)/plots/\(file).gp")
      #expect(
        script.contains("set title '\(title.components(separatedBy: "'").joined(separator: "''"))'")
      )
      #expect(script.contains("set arrow 1 from \(best).0, graph 0 to \(best).0, graph 1 "))
      let drawn = script.matches(
        of: /'([^']+\.tsv)' using 1:2 with lines [^\n]* rgb '(#[0-9A-F]+)'/
      )
      .map { [$0.output.1, $0.output.2].map(String.init) }
      let parts = [(1, "", "#0072B2"), (2, "val_", "#D55E00")].filter {
        $0.1.isEmpty || history.contains { $0["val_" + column] != nil }
      }
      #expect(drawn == parts.map { ["\(file)-1-line-\($0.0).tsv", $0.2] }, "\(run) \(file)")
      for (number, prefix, _) in parts {
        let rows = try set.text("\(run)/plots/\(file)-1-line-\(number).tsv").split(separator: "\n")
          .map { $0.split(separator: "\t").compactMap { Double($0) } }
        let stated = history.map { [$0["epoch"], $0[prefix + column]].compactMap { $0 } }
        #expect(rows.count == stated.count)
        for (row, stated) in zip(rows, stated) {
          // A rate is one of 32 bits.
          #expect(
            row.count == 2 && stated.count == 2 && row[0] == stated[0]
              && abs(row[1] - stated[1]) < 1e-7 * abs(stated[1]) + 1e-12, "\(run) \(file) \(prefix)"
          )
        }
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
