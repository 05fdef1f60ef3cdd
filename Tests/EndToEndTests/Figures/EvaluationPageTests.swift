import Foundation
import Testing

/// Every figure of the page and the console of an evaluation is the one that `metrics.json` has for
/// the model, the finding and the column.
@Suite(.serialized) struct EvaluationPageTests {
  private let set: ComparedModels
  private var labels: [String] { ComparedModels.labels }
  private static let words = [
    "none": "as it is", "weights": "weights taken out", "platt": "Platt",
    "vector": "vector scaling",
  ]

  init() throws { set = try ComparedModels.shared.get() }

  /// A table as it must be, found by where it stands and what it is called.
  private struct Expected {
    var caption: String?
    var heading: String?
    var summary = ""
    let header: [String]
    let rows: [[String]]
  }

  /// Compares cell by cell, so that a failure names the row and the column.
  private func expect(_ expected: [Expected], _ tables: [Page.Table], _ what: String) {
    #expect(tables.count == expected.count, "\(what)")
    for (expected, table) in zip(expected, tables) {
      let name = "\(what), \(table.heading), \(table.summary), \(table.caption)"
      if let caption = expected.caption { #expect(table.caption == caption, "\(name)") }
      if let heading = expected.heading { #expect(table.heading == heading, "\(name)") }
      #expect(table.summary == expected.summary, "\(name)")
      #expect(table.cells.header == expected.header, "\(name)")
      #expect(table.cells.rows.count == expected.rows.count, "\(name)")
      for (row, found) in zip(expected.rows, table.cells.rows) {
        #expect(found.count == expected.header.count, "\(name)")
        for (column, cells) in zip(expected.header, zip(row, found)) {
          #expect(
            cells.1 == cells.0,
            "\(name): \(column) of \(row.first ?? "") \(row.dropFirst(2).first ?? "")")
        }
      }
    }
  }

  /// How many films are called right and wrong, over all findings, at a point.
  private func pooled(
    _ model: JSONTree, _ point: String
  ) throws -> (counts: RecomputedFigures.Counts, findings: Int) {
    var (sum, findings) = (RecomputedFigures.Counts(), 0)
    for label in labels {
      let figures = try model.at("labels/\(label)/\(point)")
      guard figures != .null else { continue }
      findings += 1
      sum =
        sum
        + RecomputedFigures.Counts(
          truePositives: try figures.count("true_positives"),
          falsePositives: try figures.count("false_positives"),
          trueNegatives: try figures.count("true_negatives"),
          falseNegatives: try figures.count("false_negatives"))
    }
    return (sum, findings)
  }

  private func name(_ model: JSONTree) throws -> String { try #require(try model.text("name")) }

  private func headline(_ models: [JSONTree]) throws -> [Expected] {
    let epochs = try ["zinc": set.bestEpoch("zinc"), "amber": set.bestEpoch("amber")]
    let means = Expected(
      caption: "Means over the findings that are defined, with 95 % intervals.", heading: "",
      header: [
        "model", "trained with", "mean AUC", "mean average precision",
        "thumbnail regression's AUC", "over it",
      ],
      rows: try models.map { model in
        let name = try name(model)
        return [
          name, "\(try model.text("loss") ?? ""), epoch \(epochs[name] ?? 0)",
          try model.estimate("mean_auc").shown(3),
          try model.estimate("mean_average_precision").shown(3),
          try model.at("baseline").estimate("mean_auc").shown(3),
          try model.at("baseline/difference/mean_auc").estimate("difference").shown(3),
        ]
      })
    let pooled = Expected(
      heading: "",
      header: [
        "model", "threshold", "sensitivity", "specificity", "accuracy", "PPV",
        "mean sensitivity", "mean specificity",
      ],
      rows: try models.flatMap { model in
        let rule = try model.text("operating_point") ?? ""
        let findings = try model.count("at_operating_point/labels")
        return try [
          ("0.5", "at_half"),
          ("chosen: \(rule) (\(findings) of \(labels.count) findings)", "at_operating_point"),
        ].map { words, key in
          let point = try model.at(key)
          return [try name(model), words]
            + (try ["sensitivity", "specificity", "accuracy", "ppv"].map {
              try point.estimate($0).shown(3)
            })
            + (try ["mean_sensitivity", "mean_specificity"].map {
              Shown.number(try point.number($0), 3)
            })
        }
      })
    return [means, pooled]
  }

  private func areas(_ metrics: JSONTree) throws -> [Expected] {
    let models = try metrics.list("models")
    let difference = try #require(try metrics.list("differences").first)
    let names = try models.map(name)
    func row(_ name: String, _ counts: [String], _ path: String, _ areas: [String]) throws
      -> [String]
    {
      let own = try difference.at(path)
      return [name] + counts + areas + [
        try own.estimate("difference").shown(3),
        path == "mean_auc" ? "" : Shown.p(try own.number("p_corrected")),
      ]
    }
    let first = try #require(models.first)
    let yardsticks = try models.map { model in
      try labels.map { try model.at("baseline/labels/" + $0).estimate("auc") }
    }
    let isShared = yardsticks.allSatisfy { $0 == yardsticks[0] }
    return [
      Expected(
        caption: "Areas under the ROC curve. Difference: \(names[0]) less \(names[1]); p corrected "
          + "for looking at \(try difference.count("tested")) findings.",
        heading: "Ranking: AUC and ROC",
        header: ["finding", "films with it", "patients"] + names.map { "AUC, \($0)" } + [
          "difference", "p corrected",
        ],
        rows: try labels.map { label in
          let own = try first.at("labels/" + label)
          return try row(
            label, ["\(try own.count("support"))", "\(try own.count("patients_with"))"],
            "labels/" + label, models.map { try $0.at("labels/" + label).estimate("auc").shown(3) })
        } + [
          row("mean", ["", ""], "mean_auc", models.map { try $0.estimate("mean_auc").shown(3) })
        ]
      ),
      Expected(
        caption: "Average precision, and how a regression on thumbnails ranks the same films.",
        heading: "Precision and recall",
        header: ["finding", "films with it"]
          + names.flatMap {
            ["average precision, \($0)"] + (isShared ? [] : ["thumbnail regression's AUC, \($0)"])
          } + (isShared ? ["thumbnail regression's AUC"] : []),
        rows: try labels.map { label in
          [label, "\(try first.count("labels/\(label)/support"))"]
            + (try models.flatMap { model in
              [try model.at("labels/" + label).estimate("average_precision").shown(3)]
                + (isShared
                  ? [] : [try model.at("baseline/labels/" + label).estimate("auc").shown(3)])
            })
            + (isShared ? [try first.at("baseline/labels/" + label).estimate("auc").shown(3)] : [])
        }),
    ]
  }

  private func differences(_ metrics: JSONTree) throws -> [Expected] {
    try metrics.list("differences").map { difference in
      let paired = try difference.at("at_operating_point")
      func shares(_ path: String) throws -> [String] {
        let isThere = try paired.at("labels").keys.contains(path)
        guard path == "pooled" || isThere else {
          return ["n/a", "n/a", "n/a", "n/a"]
        }
        let own = try paired.at(path == "pooled" ? path : "labels/" + path)
        return try ["sensitivity", "specificity"].flatMap { share in
          [
            try own.at(share).estimate("difference").shown(3),
            Shown.p(try own.number("\(share)/\(path == "pooled" ? "p" : "p_corrected")")),
          ]
        }
      }
      func row(_ name: String, _ path: String, isMean: Bool = false) throws -> [String] {
        let row = try difference.at(path)
        return [
          name, try row.estimate("difference").shown(3), Shown.p(try row.number("p")),
          isMean ? "" : Shown.p(try row.number("p_corrected")),
        ] + (try shares(isMean ? "pooled" : name))
      }
      return Expected(
        caption:
          "\(try difference.text("model") ?? "") less \(try difference.text("other") ?? ""); corrected "
          + "over the \(try difference.count("tested")) of \(labels.count) findings that can be tested. "
          + "Sensitivity and specificity are at the chosen thresholds, p of findings corrected likewise; all: "
          + "the mean AUC, and all film-and-finding pairs.",
        heading: "One model against another",
        header: [
          "finding", "AUC", "p", "p corrected", "sensitivity", "p", "specificity", "p",
        ],
        rows: try labels.map { try row($0, "labels/" + $0) } + [
          row("all", "mean_auc", isMean: true)
        ])
    }
  }

  private func operatingPoints(
    _ model: JSONTree, _ key: String, hasPrevalence: Bool
  ) throws -> Expected {
    let fits = try set.checkpoint(try name(model)).list("validation/labels")
    let isFitted = key == "at_operating_point"
    let header =
      ["finding", "threshold", "TP", "FP", "FN", "TN"] + RecomputedFigures.Counts.titles
      + ["false alarms per 100 films"] + (hasPrevalence ? ["PPV at prevalence"] : [])
    return Expected(
      caption: isFitted
        ? "\(try name(model)), at the threshold chosen on validation patients "
          + "(\(try model.text("operating_point") ?? ""))."
        : "\(try name(model)), at 0.5.",
      heading: "Operating points", summary: isFitted ? "" : "The same at 0.5", header: header,
      rows: try zip(labels, fits).map { label, fit -> [String] in
        let own = try model.at("labels/" + label)
        let point = try own.at(key)
        guard point != .null else {
          return [label] + [String](repeating: "n/a", count: header.count - 1)
        }
        var cells = [
          label,
          Shown.number(try point.number("threshold"), 3)
            + (isFitted ? " on \(try fit.count("positives"))" : ""),
        ]
        for count in ["true_positives", "false_positives", "false_negatives", "true_negatives"] {
          cells.append("\(try point.count(count))")
        }
        let without =
          try point.count("false_positives") + point.count("true_negatives")
        for key in RecomputedFigures.Counts.keys {
          let estimate = try point.estimate(key)
          let isEndless =
            key == "false_alarms_per_found" && (estimate.high ?? 0) > Double(without)
          cells.append(
            isEndless
              ? "\(Shown.number(estimate.value, 2)) (\(Shown.number(estimate.low, 2)) to ∞)"
              : estimate.shown(2))
        }
        let alarms = Double(try point.count("false_positives"))
        cells.append(Shown.number(100 * alarms / Double(try own.count("images")), 1))
        guard hasPrevalence else { return cells }
        let there = try point.estimate("ppv_at_prevalence")
        return cells + [
          there.value == nil
            ? "n/a"
            : there.shown(2) + " at " + Shown.percent(try point.number("prevalence"))
        ]
      })
  }

  private func calibrations(_ model: JSONTree) throws -> [Expected] {
    let name = try name(model)
    let kinds = try model.at("labels/\(labels.first ?? "")/calibration").keys
    func readings(_ kind: String) throws -> [JSONTree?] {
      try labels.map { label in
        let own = try model.at("labels/\(label)/calibration")
        return own.keys.contains(kind) ? try own.at(kind) : nil
      }
    }
    let keys = [
      ("brier", 4), ("brier_skill", 3), ("expected_calibration_error", 4),
      ("expected_calibration_error_by_chance", 4),
    ]
    let columns = ["Brier score", "skill", "ECE", "by chance"]
    let words = kinds.map { Self.words[$0] ?? $0 }
    let all = Expected(
      caption: "\(name): means over the findings, and for how many the interval of O:E holds 1.",
      heading: "Is 0.3 three in ten?",
      header: ["read"] + columns + ["O:E holds 1"],
      rows: try zip(kinds, words).map { kind, words in
        let own = try readings(kind).compactMap { $0 }
        let intervals = try own.compactMap { reading -> ClosedRange<Double>? in
          let ratio = try reading.estimate("observed_to_expected")
          guard let low = ratio.low, let high = ratio.high else { return nil }
          return low...high
        }
        return [words]
          + (try keys.map { key, digits in
            let values = try own.compactMap { try $0.number(key) }
            return Shown.number(
              values.isEmpty ? nil : values.reduce(0, +) / Double(values.count), digits)
          }) + ["\(intervals.count { $0.contains(1) }) of \(intervals.count)"]
      })
    return [all]
      + (try zip(kinds, words).map { kind, words in
        Expected(
          caption: "\(name), \(words).", summary: "\(name): calibration, finding by finding",
          header: ["finding"] + columns + ["O:E", "intercept", "slope"],
          rows: try zip(labels, try readings(kind)).map { label, reading in
            guard let reading else {
              return [label] + [String](repeating: "n/a", count: 7)
            }
            return [label]
              + (try keys.map { Shown.number(try reading.number($0), $1) })
              + (try ["observed_to_expected", "calibration_intercept", "calibration_slope"].map {
                try reading.estimate($0).shown(2)
              })
          })
      })
  }

  private func groupName(_ group: JSONTree) throws -> String {
    "\(try group.text("kind") ?? "") \(try group.text("name") ?? "")"
  }

  private func groups(_ model: JSONTree) throws -> [Expected] {
    let name = try name(model)
    let groups = try model.list("subgroups")
    let differences = try model.list("subgroup_differences")
    let beside = Expected(
      caption: "\(name): groups beside the largest of their kind, on findings of both.",
      heading: "Who is served: by view, sex and age",
      header: ["group", "beside", "findings", "mean AUC", "beside it", "difference", "p"],
      rows: try differences.map { difference in
        [
          "\(try difference.text("kind") ?? "") \(try difference.text("group") ?? "")",
          try difference.text("other") ?? "",
          "\(try difference.at("labels").keys.count) of \(labels.count)",
          try difference.estimate("mean_auc_of_group").shown(3),
          try difference.estimate("mean_auc_of_other").shown(3),
          try difference.at("mean_auc").estimate("difference").shown(3),
          Shown.p(try difference.number("mean_auc/p")),
        ]
      })
    let matrix = Expected(
      caption: "\(name): AUC a finding and group.",
      header: ["finding"] + (try groups.map(groupName)),
      rows: [
        ["films"] + (try groups.map { "\(try $0.count("images"))" }),
        ["patients"] + (try groups.map { "\(try $0.count("patients"))" }),
      ]
        + (try labels.map { label in
          [label]
            + (try groups.map { group in
              let own = try group.at("labels/" + label)
              return try own.number("auc") == nil ? "n/a" : own.estimate("auc").shown(2)
            })
        }))
    return (differences.isEmpty ? [] : [beside]) + [matrix]
  }

  private func groupsInFull(_ model: JSONTree) throws -> [Expected] {
    let name = try name(model)
    return try model.list("subgroups").compactMap { group -> Expected? in
      let own = try labels.filter { try group.number("labels/\($0)/auc") != nil }
      guard !own.isEmpty else { return nil }
      return Expected(
        caption: "\(name), \(try groupName(group)); "
          + "\(labels.count - own.count) findings n/a, of too few patients.",
        summary: "Sensitivity, specificity and calibration error a group and finding",
        header: ["finding", "sensitivity", "specificity", "ECE, Platt"],
        rows: try own.map { label in
          let figures = try group.at("labels/" + label)
          let fitted = try figures.at("at_operating_point")
          let point = fitted == .null ? try figures.at("at_half") : fitted
          let readings = try figures.at("calibration")
          let reading = readings.keys.contains("platt") ? "platt" : "none"
          return [
            label, try point.estimate("sensitivity").shown(2),
            try point.estimate("specificity").shown(2),
            Shown.number(
              try readings.number(reading + "/expected_calibration_error"), 3),
          ]
        })
    }
  }

  private func places(_ model: JSONTree) throws -> [Expected] {
    let localisation = try model.at("localisation")
    guard localisation != .null else { return [] }
    let rows =
      try localisation.at("labels").members.map { ($0.key, $0.value) } + [
        ("all", localisation.at("all"))
      ]
    let (name, heading) = (try name(model), "Does it look where the finding is?")
    return [
      Expected(
        caption: "\(name): places beside boxes.", heading: heading,
        header: [
          "finding", "boxed films", "out of reach", "peak in box", "among those called", "blind",
          "usual place",
        ],
        rows: try rows.map { label, row in
          [
            label, "\(try row.count("images"))", "\(try row.count("unreachable"))",
            try row.estimate("peak_hit_rate").shown(2),
            try row.estimate("peak_hit_rate_among_true_positives").shown(2),
            Shown.number(try row.number("chance"), 2),
            Shown.number(try row.number("usual_place"), 2),
          ]
        }),
      Expected(
        caption:
          "\(name): the share of the boxes, and of the whole film, that lies above a share of the way from the map's least to its "
          + "most.", heading: heading, summary: "\(name): how much of the boxes shines",
        header: ["finding"]
          + ["0.25", "0.50", "0.75"].flatMap {
            ["of the boxes above \($0)", "of the film above \($0)"]
          },
        rows: try rows.map { label, row in
          [label]
            + (try row.list("coverage").flatMap {
              [
                Shown.number(try $0.number("intersection_over_box"), 2),
                Shown.number(try $0.number("film_covered"), 2),
              ]
            })
        }),
    ]
  }

  @Test(arguments: ["comparison", "exchanged", "everything"])
  func everyTableOfThePageIsOfItsModel(_ run: String) throws {
    let (page, metrics) = (try set.page(run), try set.json(run + "/metrics.json"))
    let models = try metrics.list("models")
    var expected = try headline(models)
    expected += try areas(metrics)
    expected += try differences(metrics)
    for key in ["at_operating_point", "at_half"] {
      expected += try models.map {
        try operatingPoints($0, key, hasPrevalence: run != "everything")
      }
    }
    expected += try models.flatMap(calibrations)
    expected += try models.flatMap(groups)
    expected += try models.flatMap(groupsInFull)
    expected += try models.flatMap(places)
    expect(expected, page.tables, run)
    #expect(
      page.title
        == (try models.map(name)).joined(separator: " against ")
        + " on \(try metrics.count("images")) films of \(try metrics.count("patients")) patients")
    // scikit-learn's words of each model.
    let words = page.preformatted.map { [$0.summary, $0.text] }
    let files = try models.map { model in
      let name = try name(model)
      return [name, try set.text("\(run)/classification_report-\(name).txt")]
    }
    #expect(words.count == files.count)
    for (shown, file) in zip(words, files) {
      #expect(shown.first == file.first)
      #expect(
        shown.last?.split(separator: "\n").map { $0.split(separator: " ") }
          == file.last?.split(separator: "\n").map { $0.split(separator: " ") })
    }
  }

  @Test(arguments: ["comparison", "exchanged", "everything"])
  func everyStatedFigureIsOfItsModel(_ run: String) throws {
    let (page, metrics) = (try set.page(run), try set.json(run + "/metrics.json"))
    let models = try metrics.list("models")
    let films = try metrics.count("images")
    let undefined = try models.first?.texts("undefined_auc_labels") ?? []
    #expect(
      Shown.numbers(in: page.lead.components(separatedBy: " Made on ").first ?? "")
        == ["\(films)", "\(try metrics.count("patients"))", "\(labels.count)"]
        + (undefined.isEmpty ? [] : ["\(undefined.count)"])
        + [
          "95", "\(try metrics.count("intervals/replicates"))",
          "\(try metrics.count("intervals/seed"))",
        ])
    #expect(page.lead.contains(/\ Made on \d{4}-\d\d-\d\d with version [0-9.]+: cxr-evaluate --/))
    #expect(page.lead.contains("(\(try metrics.text("subset") ?? ""))"))
    for label in undefined { #expect(page.lead.contains(label)) }

    // What the figures mean; each sentence is taken from those of which nothing was checked.
    var sentences = page.paragraphs.filter { $0.contains(/[0-9]/) }
    func take(
      _ numbers: [String], from words: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) {
      let place = sentences.firstIndex { sentence in words.allSatisfy { sentence.contains($0) } }
      guard let place else {
        Issue.record("\(run): no sentence with \(words)", sourceLocation: sourceLocation)
        return
      }
      #expect(
        Shown.numbers(in: sentences[place]) == numbers, "\(run): \(sentences[place])",
        sourceLocation: sourceLocation)
      sentences.remove(at: place)
    }
    for model in models {
      let name = try name(model)
      let half = try pooled(model, "at_half").counts
      let careless = try labels.filter {
        try model.number("labels/\($0)/specificity") ?? 1 < 0.5
      }
      let percents = [
        Shown.number((try model.number("binary_accuracy")).map { $0 * 100 }, 1), "0.5",
        "\(half.falseNegatives)", "\(half.positives)", "\(half.falsePositives)", "\(films)",
        Shown.number(100 * Double(half.falsePositives) / Double(films), 1), "100",
      ]
      take(percents, from: ["\(name) calls"] + careless)
      func share(_ key: String) throws -> String {
        Shown.number((try model.number("at_operating_point/" + key)).map { $0 * 100 }, 1)
      }
      let rule = try model.text("operating_point") ?? ""
      take(
        Shown.numbers(in: rule) + [try share("sensitivity"), try share("specificity")],
        from: ["(\(rule)), \(name) finds"])
    }
    let pairs = try pooled(try #require(models.first), "at_half").counts
    take(
      [Shown.number(100 - 100 * Double(pairs.positives) / Double(pairs.all), 1)],
      from: ["always says no is right for", "of these pairs"])
    try expectComparison(models) { take($0, from: $1) }
    for difference in try metrics.list("differences") {
      let mean = try difference.at("mean_auc").estimate("difference")
      let (one, other) = (
        try #require(try difference.text("model")), try #require(try difference.text("other"))
      )
      let clear = try labels.filter {
        try difference.number("labels/\($0)/p_corrected") ?? 1 < 0.05
      }.count
      let isOpen = (mean.low ?? 0) <= 0 && (mean.high ?? 0) >= 0
      take(
        [Shown.number(mean.value, 3), "95", Shown.number(mean.low, 3), Shown.number(mean.high, 3)]
          + (isOpen ? ["0.5"] : []) + ["\(try difference.count("tested"))"]
          + (clear == 0 ? [] : ["\(clear)"]),
        from: [
          "The mean AUC of \(one) less that of \(other)",
          isOpen
            ? "these films do not show which ranks better"
            : "\((mean.value ?? 0) > 0 ? one : other) ranks films better",
        ])
    }
    // What explains, and states no figure of these films.
    let explanations = [
      "0.5 has no meaning of its own", "Chosen thresholds follow a rule",
      "At the chosen thresholds, or 0.5", "Beside boxes in which",
      "Average precision depends on how many", "An interval is n/a where", "Brier skill is",
      "Net benefit counts",
      "Areas under the ROC curve have score intervals",
    ]
    sentences.removeAll { sentence in
      explanations.contains { sentence.hasPrefix($0) }
        || sentence.hasSuffix(": no finding has enough patients.")
    }
    #expect(sentences.isEmpty, "\(run)")
    try expectCallouts(page, metrics, run)
  }

  /// By accuracy one wins, by findings found the other; at chosen thresholds one finds more, at the cost of alarms.
  private func expectComparison(
    _ models: [JSONTree], _ take: (_ numbers: [String], _ words: [String]) -> Void
  ) throws {
    let found = try models.map { (try name($0), try pooled($0, "at_half").counts) }
    guard
      let careful = found.max(by: { $0.1.truePositives < $1.1.truePositives }),
      let accurate = found.max(by: { ($0.1.accuracy ?? 0) < ($1.1.accuracy ?? 0) }),
      careful.0 != accurate.0
    else { return }
    take(
      ["0.5", "\(careful.1.truePositives - accurate.1.truePositives)"],
      ["By accuracy \(accurate.0) wins", "at 0.5 \(careful.0) does"])
    let chosen = try models.map { (try name($0), try pooled($0, "at_operating_point").counts) }
      .sorted { $0.1.truePositives > $1.1.truePositives }
    let more = chosen[0].1.truePositives - chosen[1].1.truePositives
    let alarms = chosen[0].1.falsePositives - chosen[1].1.falsePositives
    take(
      ["\(more)", "\(abs(alarms))"],
      [
        "At the chosen thresholds \(chosen[0].0) finds", "more findings than \(chosen[1].0)",
        alarms < 0 ? "fewer false alarms" : "more false alarms",
      ])
  }

  /// The four lines that stand first: which model to use, and how sure that is.
  @Test(arguments: ["comparison", "exchanged", "everything"])
  func thePageAnswersFirst(_ run: String) throws {
    let (page, metrics) = (try set.page(run), try set.json(run + "/metrics.json"))
    let models = try metrics.list("models")
    try #require(page.answers.count == 4)
    let difference = try #require(try metrics.list("differences").first).at("mean_auc")
    let value = try #require(try difference.number("difference"))
    let best = try #require(value > 0 ? models.first : models.last)
    let other = try #require(value > 0 ? models.last : models.first)
    let estimate = try difference.estimate("difference")
    let isClear = (estimate.low ?? 0) > 0 || (estimate.high ?? 0) < 0
    let (area, first) = (try best.estimate("mean_auc"), page.answers[0])
    if (area.low ?? 1) <= 0.5 {
      #expect(
        first.hasPrefix("None") && first.contains("best mean AUC \(area.shown(3))"), "\(first)")
    } else {
      #expect(
        first.hasPrefix(
          isClear ? "\(try name(best)) ranks films better. " : "Either: which ranks better is not"),
        "\(first)")
      #expect(first.contains("\(try name(best)) has mean AUC \(area.shown(3))"), "\(first)")
      #expect(
        first.contains(isClear ? "better than \(try name(other)) by" : "not told from"), "\(first)")
      #expect(first.contains(Shown.number(abs(value), 3)), "\(first)")
      #expect(first.contains("p \(Shown.p(try difference.number("p")))."), "\(first)")
    }
    let films = try metrics.count("images")
    for model in models {
      let (name, point) = (try name(model), try model.at("at_operating_point"))
      let found = try point.estimate("sensitivity")
      let percents = [found.value, found.low, found.high].map {
        Shown.number($0.map { $0 * 100 }, 0)
      }
      let alarms = 100 * Double(try point.count("false_positives")) / Double(films)
      #expect(
        page.answers[1].contains(
          " finds \(percents[0]) (\(percents[1]) to \(percents[2])) of 100 findings, with "
            + "\(Shown.number(alarms, 0)) false alarms in 100 films"), "\(page.answers[1])")
      let right = try labels.compactMap { label -> Bool? in
        let own = try model.at("labels/\(label)/calibration")
        guard own.keys.contains("platt") else { return nil }
        let held = try [
          ("observed_to_expected", 1.0), ("calibration_slope", 1), ("calibration_intercept", 0),
        ].map { key, value -> Bool? in
          let estimate = try own.at("platt").estimate(key)
          guard let low = estimate.low, let high = estimate.high else { return nil }
          return low <= value && value <= high
        }
        return held.contains(nil) ? nil : held.allSatisfy { $0 == true }
      }
      #expect(
        page.answers[2].contains(
          right.isEmpty
            ? "\(name), read by Platt's line: not to be said"
            : "\(name), read by Platt's line: right within chance for \(right.count { $0 }) of "
              + "\(right.count) findings, by O:E, slope and intercept together"),
        "\(page.answers[2])")
    }
    let weakest = try labels.compactMap { label in
      try best.number("labels/\(label)/auc").map { (label, $0) }
    }.min { $0.1 < $1.1 }
    let own = try best.at("labels/\(weakest?.0 ?? "")").estimate("auc")
    #expect(
      page.answers[3].hasPrefix("\(try name(best)): \(weakest?.0 ?? ""), AUC \(own.shown(2)); "),
      "\(page.answers[3])")
  }

  private func expectCallouts(_ page: Page, _ metrics: JSONTree, _ run: String) throws {
    var callouts = page.callouts
    let patients = try metrics.count("patients")
    func take(_ numbers: [String], from words: [String]) {
      let place = callouts.firstIndex { callout in words.allSatisfy { callout.contains($0) } }
      guard let place else {
        Issue.record("\(run): no callout with \(words)")
        return
      }
      #expect(Shown.numbers(in: callouts[place]) == numbers, "\(run): \(callouts[place])")
      callouts.remove(at: place)
    }
    for model in try metrics.list("models") {
      let name = try name(model)
      let trained = try model.count("patients_seen_in_training")
      if trained > 0 {
        take(["\(trained)", "\(patients)"], from: ["training part of \(name);"])
      }
      let chosenOn = try model.count("patients_seen_in_validation")
      if chosenOn > 0 {
        take(["\(chosenOn)", "\(patients)"], from: ["thresholds and calibrations of \(name) were"])
      }
      let area = try model.estimate("mean_auc")
      if let high = area.high, high < 0.5 {
        take(
          [area.value, area.low, area.high].map { Shown.number($0, 3) },
          from: ["\(name) ranks films worse than a coin"])
      }
      let shifts = try model.list("prevalence_shifts")
      if !shifts.isEmpty {
        take(
          try shifts.flatMap { shift in
            try ["here", "validation"].map { key in
              Shown.number((try shift.number(key)).map { $0 * 100 }, 1)
            }
          },
          from: ["\(name): these findings are more or less common"]
            + (try shifts.map { shift in
              "\(try shift.text("label") ?? "") \(Shown.percent(try shift.number("here"))) instead"
            }))
      }
      let over = try model.at("baseline/difference/mean_auc").estimate("difference")
      if let low = over.low, let high = over.high, low <= 0 {
        take(
          ["16", "16"] + [over.value, low, high].map { Shown.number($0, 3) },
          from: ["films \(name) \(high < 0 ? "ranks worse than" : "cannot be told from")"])
      }
    }
    #expect(callouts.isEmpty, "\(run)")
  }

  /// The films shown have the finding or lack it, are called so, and are of those not shown before the ones of which the model
  /// is surest; what is said below them is so.
  @Test(arguments: ["comparison", "exchanged"]) func shownFilmsAreTheSurest(_ run: String) throws {
    let page = try set.page(run)
    let films = set.films(of: .test)
    let boxes = try TextTable(csvAt: set.file("p/BBox_List_2017.csv")).rows.filter { $0.count > 1 }
    var count = 0
    for name in ComparedModels.names {
      let table = try set.table("\(run)/predictions-\(name).csv").records
      let fits = try set.checkpoint(name).list("validation/labels")
      var places = page.films.filter { $0.summary.hasPrefix(name + ":") }[...]
      let total = places.filter { $0.detail != "none left to show" }.count
      #expect(places.allSatisfy { $0.summary == "\(name): \(total) films" } && total > 6)
      count += places.count
      var shown: Set<String> = []
      for (k, label) in labels.enumerated() where places.first?.row == label {
        let threshold = try fits[k].number("threshold") ?? 0.5
        let scores = Dictionary(
          uniqueKeysWithValues: try films.map { film in
            let row = try #require(table.first { $0["Image Index"] == film.name })
            return (film.name, try #require(Double(row[label] ?? "")))
          })
        for kind in ["found", "false alarm", "missed"] {
          let first = places.popFirst()
          let place = try #require(first)
          let what = "\(run) \(name) \(label) \(place.caption) \(place.detail)"
          #expect(place.row == label && place.caption == kind, "\(what)")
          let fitting = films.filter { film in
            let isCalled = (scores[film.name] ?? 0) > threshold
            return !shown.contains(film.name)
              && film.findings.contains(label) == (kind != "false alarm")
              && isCalled == (kind != "missed")
          }.compactMap { scores[$0.name] }
          guard let surest = kind == "missed" ? fitting.min() : fitting.max() else {
            #expect(place.detail == "none left to show", "\(what)")
            continue
          }
          let details = place.detail.components(separatedBy: " · ")
          let own = try #require(films.first { $0.name == details.first })
          shown.insert(own.name)
          #expect(scores[own.name] == surest, "\(what)")
          var words =
            "output \(Shown.number(surest, 3)), threshold of outputs \(Shown.number(threshold, 3))"
          if try fits[k].at("platt") != .null, let scale = try fits[k].number("platt/scale"),
            let shift = try fits[k].number("platt/shift")
          {
            let odds: Double = scale * log(surest / (1 - surest)) + shift
            words = "probability \(Shown.number(1 / (1 + exp(-odds)), 3)), " + words
          }
          let has = labels.filter(own.findings.contains)
          let drawn =
            kind == "false alarm" ? 0 : boxes.filter { $0[0] == own.name && $0[1] == label }.count
          #expect(
            Array(details.dropFirst()) == [
              words,
              has.isEmpty ? "has none of the findings" : "has " + has.joined(separator: ", "),
            ] + (drawn == 0 ? [] : [drawn == 1 ? "box drawn" : "\(drawn) boxes drawn"]), "\(what)")
        }
      }
      #expect(places.isEmpty, "\(run) \(name)")
    }
    #expect(count == page.films.count)
  }

  @Test(arguments: ["comparison", "exchanged", "everything"])
  func theConsoleSaysTheSame(_ run: String) throws {
    let (text, metrics) = (
      try set.output(run).output, try set.json(run + "/metrics.json")
    )
    let models = try metrics.list("models")
    let first = try #require(text.split(separator: "\n").first).description
    let undefined = try models.first?.texts("undefined_auc_labels") ?? []
    #expect(
      Shown.numbers(in: first)
        == [
          "\(try metrics.count("images"))", "\(try metrics.count("patients"))", "\(labels.count)",
        ]
        + (undefined.isEmpty ? [] : ["\(undefined.count)"]))
    #expect(first.contains("(\(try metrics.text("subset") ?? ""))"))
    let parts = text.components(separatedBy: "\n\n")
    let tables = parts.compactMap { TextTable(console: $0, first: "model") }
    func percent(_ tree: JSONTree, _ path: String) throws -> String {
      Shown.number(try tree.number(path), 1) + " %"
    }
    let expected = [
      TextTable(
        header: ["model", "mean AUC", "positives found", "negatives found", "accuracy"],
        rows: try models.map { model in
          [
            try name(model), try model.estimate("mean_auc").shown(3),
            try percent(model, "positives_found_percent"),
            try percent(model, "negatives_found_percent"),
            Shown.percent(try model.number("binary_accuracy")),
          ]
        }),
      TextTable(
        header: ["model", "chosen by", "positives found", "negatives found"],
        rows: try models.map { model in
          let findings = try pooled(model, "at_operating_point").findings
          return [
            try name(model),
            "\(try model.text("operating_point") ?? "") (\(findings) of \(labels.count) findings)",
            Shown.percent(try model.number("at_operating_point/sensitivity")),
            Shown.percent(try model.number("at_operating_point/specificity")),
          ]
        }),
      TextTable(
        header: ["model", "less", "difference", "p"],
        rows: try (metrics.list("differences") + models.map { try $0.at("baseline/difference") })
          .map { difference in
            [
              try difference.text("model") ?? "", try difference.text("other") ?? "",
              try difference.at("mean_auc").estimate("difference").shown(3),
              Shown.p(try difference.number("mean_auc/p")),
            ]
          }),
    ]
    #expect(tables == expected)
    for model in models {
      let name = try name(model)
      let localisation = try model.at("localisation")
      let line = text.split(separator: "\n").first { $0.hasPrefix("\(name): the map's peak") }
      guard localisation != .null else {
        #expect(line == nil)
        continue
      }
      let all = try localisation.at("all")
      let found = Shown.numbers(in: try #require(line).description)
      #expect(found.count == 8)
      let hits = Double(try all.count("images")) * (try #require(try all.number("peak_hit_rate")))
      let among = try all.number("peak_hit_rate_among_true_positives")
      let called = try all.count("true_positives")
      let shares = try [
        all.number("peak_hit_rate"), among, all.number("chance"), all.number("usual_place"),
      ].map { Shown.number($0.map { $0 * 100 }, 1) }
      #expect(try all.count("peak_hits") == Int(hits.rounded()))
      #expect(
        found == [
          "\(try all.count("peak_hits"))", "\(try all.count("images"))", shares[0],
          "\(Int(((among ?? 0) * Double(called)).rounded()))", "\(called)", shares[1], shares[2],
          shares[3],
        ], "\(run) \(name)")
      let over = try model.at("baseline/difference/mean_auc").estimate("difference")
      if let low = over.low, let high = over.high {
        let verdict = high < 0 ? "ranks worse than" : "cannot be told from"
        #expect(text.contains("\(name) \(verdict) a regression on thumbnails") == (low <= 0))
      }
    }
  }

  /// What flatters a model, what does not carry over, and which boxes count is said while it works.
  @Test(arguments: ["comparison", "exchanged", "everything"])
  func theConsoleWarnsOfTheSame(_ run: String) throws {
    let (errors, metrics) = (try set.output(run).errors, try set.json(run + "/metrics.json"))
    let patients = try metrics.count("patients")
    var shifts = 0
    for model in try metrics.list("models") {
      let name = try name(model)
      let trained = try model.count("patients_seen_in_training")
      let chosenOn = try model.count("patients_seen_in_validation")
      #expect((trained > 0) == (run == "everything") && (chosenOn > 0) == (run == "everything"))
      let (seen, chosen) = (
        "\(name): \(trained) of \(patients) patient identifiers also occur in its training part;",
        "\(name): its thresholds and calibrations were chosen on patients of whom \(chosenOn) have "
          + "the identifiers of these \(patients);"
      )
      #expect(errors.contains(seen) == (trained > 0), "\(run) \(seen)")
      #expect(errors.contains(chosen) == (chosenOn > 0), "\(run) \(chosen)")
      let own = try model.list("prevalence_shifts")
      shifts += own.count
      let warning = "\(name): more or less common here than on the validation films, beyond chance:"
      #expect(errors.contains(warning) == !own.isEmpty, "\(run) \(name)")
      for shift in own {
        let line =
          "\(try shift.text("label") ?? ""): \(Shown.percent(try shift.number("here"))) instead of "
          + Shown.percent(try shift.number("validation"))
        #expect(errors.contains(line), "\(run) \(line)")
      }
    }
    #expect(shifts > 0 && errors.components(separatedBy: " % instead of ").count == shifts + 1)

    let boxes = try TextTable(csvAt: set.file("p/BBox_List_2017.csv")).rows
      .filter { $0.count > 1 }.map { "\($0[0]) \($0[1])" }
    let judged = try metrics.list("models").compactMap { model in
      try model.at("localisation") == .null ? nil : try model.count("localisation/all/images")
    }
    let words =
      "boxes of \(Set(boxes).count) findings on films, \(judged.max() ?? 0) of them on films"
    #expect(errors.contains(words) == (run != "everything"), "\(run) \(words): \(errors)")
    #expect(!errors.contains("upper left quarter"))
  }
}
