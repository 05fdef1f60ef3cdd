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
    let means = Expected(
      caption: "Means over the findings that are defined, with 95 % intervals.", heading: "",
      header: [
        "model", "mean AUC", "mean average precision", "thumbnail regression's AUC", "over it",
      ],
      rows: try models.map { model in
        [
          try name(model), try model.estimate("mean_auc").shown(3),
          try model.estimate("mean_average_precision").shown(3),
          try model.at("baseline").estimate("mean_auc").shown(3),
          try model.at("baseline/difference/mean_auc").estimate("difference").shown(3),
        ]
      })
    let epochs = try ["zinc": set.bestEpoch("zinc"), "amber": set.bestEpoch("amber")]
    let pooled = Expected(
      heading: "",
      header: [
        "model", "trained with", "threshold", "sensitivity", "specificity", "accuracy",
        "precision", "F1",
      ],
      rows: try models.flatMap { model in
        let name = try name(model)
        let (half, chosen) = (
          try self.pooled(model, "at_half").counts, try self.pooled(model, "at_operating_point")
        )
        let rule = try model.text("operating_point") ?? ""
        let note = "\(try model.text("loss") ?? ""), epoch \(epochs[name] ?? 0)"
        return [
          [
            name, note, "0.5", Shown.percent(try model.number("recall")),
            Shown.percent(half.specificity), Shown.percent(try model.number("binary_accuracy")),
            Shown.number(try model.number("precision"), 3), Shown.number(try model.number("f1"), 3),
          ],
          [
            name, note, "chosen: \(rule) (\(chosen.findings) of \(labels.count) findings)",
            Shown.percent(try model.number("at_operating_point/sensitivity")),
            Shown.percent(try model.number("at_operating_point/specificity")),
            Shown.percent(chosen.counts.accuracy),
            Shown.number(try model.number("at_operating_point/precision"), 3),
            Shown.number(try model.number("at_operating_point/f1"), 3),
          ],
        ]
      })
    return [means, pooled]
  }

  private func differences(_ metrics: JSONTree) throws -> [Expected] {
    try metrics.list("differences").map { difference in
      func row(_ name: String, _ path: String, isMean: Bool = false) throws -> [String] {
        let row = try difference.at(path)
        return [
          name, try row.estimate("difference").shown(3), Shown.p(try row.number("p")),
          isMean ? "" : Shown.p(try row.number("p_corrected")),
        ]
      }
      return Expected(
        caption:
          "\(try difference.text("model") ?? "") less \(try difference.text("other") ?? "").",
        heading: "One model against another",
        header: ["finding", "AUC difference", "p", "p corrected"],
        rows: try labels.map { try row($0, "labels/" + $0) } + [
          row("mean of all", "mean_auc", isMean: true)
        ])
    }
  }

  private func ranking(_ model: JSONTree) throws -> Expected {
    Expected(
      caption: "\(try name(model)), finding by finding.", heading: "Precision and recall",
      header: [
        "finding", "films with it", "patients", "AUC", "average precision",
        "thumbnail regression's AUC",
      ],
      rows: try labels.map { label in
        let own = try model.at("labels/" + label)
        return [
          label, "\(try own.count("support"))", "\(try own.count("patients_with"))",
          try own.estimate("auc").shown(3), try own.estimate("average_precision").shown(3),
          try model.at("baseline/labels/" + label).estimate("auc").shown(3),
        ]
      })
  }

  private func operatingPoints(_ model: JSONTree, hasPrevalence: Bool) throws -> Expected {
    let fits = try set.checkpoint(try name(model)).list("validation/labels")
    return Expected(
      caption: "\(try name(model)), at 0.5 and at the threshold chosen on validation patients "
        + "(\(try model.text("operating_point") ?? "")).",
      heading: "Operating points",
      header: ["finding", "threshold"] + RecomputedFigures.Counts.titles
        + (hasPrevalence ? ["PPV at prevalence"] : []),
      rows: try zip(labels, fits).flatMap { label, fit -> [[String]] in
        func row(_ name: String, _ point: JSONTree, _ suffix: String) throws -> [String] {
          guard point != .null else {
            let columns = 1 + RecomputedFigures.Counts.titles.count + (hasPrevalence ? 1 : 0)
            return [name] + [String](repeating: "n/a", count: columns)
          }
          var cells = [name, Shown.number(try point.number("threshold"), 3) + suffix]
          for key in RecomputedFigures.Counts.keys {
            cells.append(try point.estimate(key).shown(2))
          }
          guard hasPrevalence else { return cells }
          let there = try point.estimate("ppv_at_prevalence")
          return cells + [
            there.value == nil
              ? "n/a"
              : there.shown(2) + " at " + Shown.percent(try point.number("prevalence"))
          ]
        }
        let own = try model.at("labels/" + label)
        return [
          try row(label, try own.at("at_half"), ""),
          try row(
            "", try own.at("at_operating_point"), " on \(try fit.count("positives"))"),
        ]
      })
  }

  private func calibrations(_ model: JSONTree) throws -> [Expected] {
    let name = try name(model)
    let kinds = try model.at("labels/\(labels.first ?? "")/calibration").keys
    func value(_ label: String, _ kind: String, _ key: String) throws -> Double? {
      let own = try model.at("labels/\(label)/calibration")
      return own.keys.contains(kind) ? try own.number("\(kind)/\(key)") : nil
    }
    func mean(_ kind: String, _ key: String) throws -> String {
      let values = try labels.compactMap { try value($0, kind, key) }
      return Shown.number(
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count), 4)
    }
    let keys = ["brier", "expected_calibration_error"]
    let words = kinds.map { Self.words[$0] ?? $0 }
    return [
      Expected(
        caption: "\(name): means over the findings; less is better.",
        heading: "Is 0.3 three in ten?",
        header: ["read", "Brier score", "expected calibration error"],
        rows: try zip(kinds, words).map { kind, words in
          [words] + (try keys.map { try mean(kind, $0) })
        }),
      Expected(
        caption: "", summary: "\(name): Brier score and calibration error, finding by finding",
        header: ["finding"] + words.flatMap { ["Brier, \($0)", "ECE, \($0)"] },
        rows: try labels.map { label in
          [label]
            + (try kinds.flatMap { kind in
              try keys.map { Shown.number(try value(label, kind, $0), 4) }
            })
        }),
    ]
  }

  private func groups(_ model: JSONTree) throws -> [Expected] {
    let name = try name(model)
    let groups = try model.list("subgroups")
    func judged(_ group: JSONTree) throws -> [String] {
      try labels.filter { try group.number("labels/\($0)/auc") != nil }
    }
    let all = Expected(
      caption: name, heading: "Who is served: by view, sex and age",
      header: ["group", "films", "patients", "findings judged", "mean AUC"],
      rows: try groups.map { group in
        [
          "\(try group.text("kind") ?? "") \(try group.text("name") ?? "")",
          "\(try group.count("images"))", "\(try group.count("patients"))",
          "\(try judged(group).count) of \(labels.count)",
          try group.estimate("mean_auc").shown(3),
        ]
      })
    return [all]
      + (try groups.compactMap { group -> Expected? in
        let own = try judged(group)
        guard !own.isEmpty else { return nil }
        return Expected(
          caption: "\(try group.text("kind") ?? "") \(try group.text("name") ?? ""); "
            + "\(labels.count - own.count) findings n/a, of too few patients",
          summary:
            "\(name): AUC, sensitivity, specificity and calibration error a group and finding",
          header: ["finding", "AUC", "sensitivity", "specificity", "ECE, Platt"],
          rows: try own.map { label in
            let figures = try group.at("labels/" + label)
            let fitted = try figures.at("at_operating_point")
            let point = fitted == .null ? try figures.at("at_half") : fitted
            let readings = try figures.at("calibration")
            let reading = readings.keys.contains("platt") ? "platt" : "none"
            return [
              label, try figures.estimate("auc").shown(2),
              try point.estimate("sensitivity").shown(2),
              try point.estimate("specificity").shown(2),
              Shown.number(
                try readings.number(reading + "/expected_calibration_error"), 3),
            ]
          })
      })
  }

  private func places(_ model: JSONTree) throws -> Expected? {
    let localisation = try model.at("localisation")
    guard localisation != .null else { return nil }
    func row(_ name: String, _ row: JSONTree) throws -> [String] {
      [
        name, "\(try row.count("images"))", try row.estimate("peak_hit_rate").shown(2),
        try row.estimate("peak_hit_rate_among_true_positives").shown(2),
        Shown.number(try row.number("chance"), 2), Shown.number(try row.number("usual_place"), 2),
      ]
        + (try row.list("coverage").map {
          Shown.number(try $0.number("intersection_over_box"), 2) + ", "
            + Shown.number(try $0.number("film_covered"), 2)
        })
    }
    let own = try localisation.at("labels")
    return Expected(
      caption: try name(model), heading: "Does it look where the finding is?",
      header: [
        "finding", "boxed films", "peak in box", "among those found", "blind", "usual place",
        "above 0.25", "above 0.50", "above 0.75",
      ],
      rows: try own.members.map { try row($0.key, $0.value) } + [
        row("all", localisation.at("all"))
      ])
  }

  @Test(arguments: ["comparison", "exchanged", "everything"])
  func everyTableOfThePageIsOfItsModel(_ run: String) throws {
    let (page, metrics) = (try set.page(run), try set.json(run + "/metrics.json"))
    let models = try metrics.list("models")
    var expected = try headline(models)
    expected += try differences(metrics)
    expected += try models.map(ranking)
    expected += try models.map { try operatingPoints($0, hasPrevalence: run != "everything") }
    expected += try models.flatMap(calibrations)
    expected += try models.flatMap(groups)
    expected += try models.compactMap(places)
    expect(expected, page.tables, run)
    #expect(page.title == "2 models compared")
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
      Shown.numbers(in: page.lead)
        == ["\(films)", "\(try metrics.count("patients"))", "\(labels.count)"]
        + (undefined.isEmpty ? [] : ["\(undefined.count)"])
        + ["95", "\(try metrics.count("intervals/replicates"))"])
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
        Shown.number(Double(half.falsePositives) / Double(films), 1),
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
          + (isOpen ? ["0.5"] : []) + (clear == 0 ? [] : ["\(clear)", "\(labels.count)"]),
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
      "At the chosen thresholds, or 0.5", "Found means called positive",
      "Average precision depends on how many",
    ]
    sentences.removeAll { sentence in
      explanations.contains { sentence.hasPrefix($0) }
        || sentence.hasSuffix(": no finding has enough patients.")
    }
    #expect(sentences.isEmpty, "\(run)")
    try expectCallouts(page, metrics, run)
  }

  /// By accuracy one wins, by findings found the other.
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

  /// The films shown have the finding or lack it, are called so, and are those of which the model
  /// is surest.
  @Test(arguments: ["comparison", "exchanged"]) func shownFilmsAreTheSurest(_ run: String) throws {
    let page = try set.page(run)
    let films = set.films(of: .test)
    var places = Set<String>()
    for name in ComparedModels.names {
      let table = try set.table("\(run)/predictions-\(name).csv").records
      let fits = try set.checkpoint(name).list("validation/labels")
      let shown = page.films.filter { $0.summary.hasPrefix(name + ":") }
      #expect(page.films.filter { $0.summary == "\(name): \(shown.count) films" }.count > 4)
      for film in shown {
        places.insert(name + film.caption)
        let parts = film.caption.components(separatedBy: ": ")
        let (label, kind) = (try #require(parts.first), try #require(parts.last))
        let details = film.detail.components(separatedBy: " · ")
        let own = try #require(films.first { $0.name == details.first })
        let place = try #require(labels.firstIndex(of: label))
        try #require(fits.count > place)
        let threshold = try fits[place].number("threshold") ?? 0.5
        func score(_ film: String) throws -> Double {
          let row = try #require(table.first { $0["Image Index"] == film })
          return try #require(Double(row[label] ?? ""))
        }
        let says = try score(own.name)
        let what = "\(run) \(name) \(film.caption) \(film.detail)"
        #expect(
          details.dropFirst().first
            == "says \(Shown.number(says, 3)), threshold \(Shown.number(threshold, 3))", "\(what)")
        let has = own.findings.contains(label)
        let others = try films.filter { $0.findings.contains(label) == has }
          .map { try score($0.name) }
        switch kind {
        case "found, the highest score":
          #expect(has && says > threshold && says == others.max(), "\(what)")
        case "false alarm, the highest score":
          #expect(!has && says > threshold && says == others.max(), "\(what)")
        case "missed, the lowest score":
          #expect(has && says <= threshold && says == others.min(), "\(what)")
        default: Issue.record("\(what)")
        }
      }
    }
    #expect(places.count == page.films.count && places.count > 12)
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
