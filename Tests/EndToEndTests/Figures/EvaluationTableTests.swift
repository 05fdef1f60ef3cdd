import Testing

/// Every number of every CSV file of an evaluation is the one that `metrics.json` has for the
/// model, the finding and the column.
@Suite(.serialized) struct EvaluationTableTests {
  private let set: ComparedModels
  private var labels: [String] { ComparedModels.labels }

  init() throws { set = try ComparedModels.shared.get() }

  private static func triple(_ name: String) -> [String] { [name, name + "_low", name + "_high"] }

  private static let operatingColumns =
    [
      "point", "threshold", "logit_threshold", "true_positives", "false_positives",
      "true_negatives",
      "false_negatives",
    ] + RecomputedFigures.Counts.keys.flatMap(triple)

  private func cell(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
  private func cells(_ estimate: StatedEstimate) -> [String] {
    [cell(estimate.value), cell(estimate.low), cell(estimate.high)]
  }
  private func name(_ model: JSONTree) throws -> String { try #require(try model.text("name")) }

  private func expect(_ run: String, _ file: String, _ header: [String], _ rows: [[String]]) throws
  {
    let table = try set.table("\(run)/\(file).csv")
    #expect(table.header == header, "\(run) \(file)")
    #expect(table.rows.count == rows.count && !rows.isEmpty, "\(run) \(file)")
    for (found, row) in zip(table.rows, rows) {
      let what = "\(run) \(file) \(row.prefix(4).joined(separator: " "))"
      #expect(found.count == header.count && row.count == header.count, "\(what)")
      for (column, pair) in zip(header, zip(found, row)) {
        #expect(pair.0 == pair.1, "\(what): \(column)")
      }
    }
  }

  private func point(_ name: String, _ figures: JSONTree) throws -> [String] {
    guard figures != .null else {
      return [name] + [String](repeating: "", count: Self.operatingColumns.count - 1)
    }
    var row = [
      name, cell(try figures.number("threshold")), cell(try figures.number("logit_threshold")),
    ]
    for key in ["true_positives", "false_positives", "true_negatives", "false_negatives"] {
      row.append("\(try figures.count(key))")
    }
    for key in RecomputedFigures.Counts.keys {
      row += cells(try figures.estimate(key))
    }
    return row
  }

  @Test(arguments: ["comparison", "exchanged", "everything"])
  func modelsAndLabels(_ run: String) throws {
    let models = try set.json(run + "/metrics.json").list("models")
    try expect(
      run, "headline",
      ["model"] + Self.triple("mean_auc") + Self.triple("mean_average_precision") + [
        "undefined_labels", "positives_found_percent", "negatives_found_percent",
      ] + Self.triple("baseline_mean_auc") + Self.triple("over_baseline"),
      try models.map { model in
        var row = [try name(model)]
        row += cells(try model.estimate("mean_auc"))
        row += cells(try model.estimate("mean_average_precision"))
        row.append("\(try model.texts("undefined_auc_labels").count)")
        for key in ["positives_found_percent", "negatives_found_percent"] {
          row.append(cell(try model.number(key)))
        }
        row += cells(try model.at("baseline").estimate("mean_auc"))
        return row
          + cells(try model.at("baseline/difference/mean_auc").estimate("difference"))
      })
    try expect(
      run, "labels",
      ["model", "label", "images", "positives", "patients_with", "patients_without"]
        + Self.triple("auc")
        + Self.triple("average_precision")
        + Self.triple("baseline_auc"),
      try models.flatMap { model in
        try labels.map { label in
          let own = try model.at("labels/" + label)
          var row = [try name(model), label]
          for key in ["images", "support", "patients_with", "patients_without"] {
            row.append("\(try own.count(key))")
          }
          row += cells(try own.estimate("auc"))
          row += cells(try own.estimate("average_precision"))
          return row + cells(try model.at("baseline/labels/" + label).estimate("auc"))
        }
      })
  }

  @Test(arguments: ["comparison", "exchanged", "everything"])
  func pooledPoints(_ run: String) throws {
    let counts = [
      "labels", "true_positives", "false_positives", "true_negatives", "false_negatives",
    ]
    let estimates = [
      "sensitivity", "specificity", "ppv", "npv", "false_alarms_per_found", "accuracy",
    ]
    let means = ["f1", "mean_sensitivity", "mean_specificity", "mean_ppv"]
    try expect(
      run, "pooled", ["model", "point"] + counts + estimates.flatMap(Self.triple) + means,
      try set.json(run + "/metrics.json").list("models").flatMap { model in
        try [("0.5", "at_half"), ("fitted", "at_operating_point")].map { words, key in
          let point = try model.at(key)
          return [try name(model), words] + (try counts.map { "\(try point.count($0))" })
            + (try estimates.flatMap { cells(try point.estimate($0)) })
            + (try means.map { cell(try point.number($0)) })
        }
      })
  }

  @Test(arguments: ["comparison", "exchanged", "everything"])
  func pairedPoints(_ run: String) throws {
    let shares = ["sensitivity", "specificity"]
    let columns =
      ["images", "first_alone", "other_alone"] + Self.triple("difference") + ["p", "p_holm"]
    try expect(
      run, "paired_points",
      ["model", "other", "point", "label"]
        + shares.flatMap { share in
          columns.map { "\(share)_\($0)" }
        },
      try set.json(run + "/metrics.json").list("differences").flatMap { difference in
        try [("0.5", "at_half"), ("fitted", "at_operating_point")].flatMap { words, key in
          let paired = try difference.at(key)
          let rows = try paired.at("labels").members.map { ($0.key, $0.value) }
          return try (rows + [("pooled", paired.at("pooled"))]).map { label, row in
            var found = [
              try difference.text("model") ?? "", try difference.text("other") ?? "", words, label,
            ]
            for share in shares {
              let own = try row.at(share)
              for key in ["images", "first_alone", "other_alone"] {
                found.append("\(try own.count(key))")
              }
              found += cells(try own.estimate("difference"))
              found += [cell(try own.number("p")), cell(try own.number("p_corrected"))]
            }
            return found
          }
        }
      })
  }

  @Test(arguments: ["comparison", "exchanged", "everything"])
  func groupDifferences(_ run: String) throws {
    try expect(
      run, "subgroup_differences",
      ["model", "kind", "group", "other", "label"] + Self.triple("auc_difference")
        + ["p", "p_holm"],
      try set.json(run + "/metrics.json").list("models").flatMap { model in
        try model.list("subgroup_differences").flatMap { difference in
          let rows = try difference.at("labels").members.map { ($0.key, $0.value) }
          return try (rows + [("mean", difference.at("mean_auc"))]).map { label, row in
            var found = [try name(model)]
            for key in ["kind", "group", "other"] { found.append(try difference.text(key) ?? "") }
            found.append(label)
            found += cells(try row.estimate("difference"))
            found += [cell(try row.number("p")), cell(try row.number("p_corrected"))]
            return found
          }
        }
      })
  }

  /// Net benefits are those of the counts at each threshold, of the probabilities that the checkpoint's line gives.
  @Test(arguments: ["comparison", "everything"]) func decisionCurves(_ run: String) throws {
    let table = try set.table(run + "/decision_curves.csv")
    #expect(
      table.header
        == ["model", "label", "method", "threshold", "net_benefit", "net_benefit_of_all"])
    let films = set.films(of: run == "everything" ? nil : .test)
    var seen = 0
    for name in ComparedModels.names {
      let says = try set.table("\(run)/predictions-\(name).csv").records
      let fits = try set.checkpoint(name).list("validation/labels")
      for (k, label) in labels.enumerated() {
        try #require(fits.count > k)
        let line = try StatedLine(fits[k].at("platt"))
        let own = RecomputedFigures(
          films: try zip(says, films).map { row, film in
            let output = Double(try #require(Float(row[label] ?? "")))
            return (line.map { $0(output) } ?? output, film.findings.contains(label), film.patient)
          })
        let rows = table.records.filter { $0["model"] == name && $0["label"] == label }
        #expect(rows.compactMap { $0["threshold"] } == (1...50).map { "\(Double($0) / 100)" })
        let count = Double(films.count)
        for row in rows {
          #expect(row["method"] == (line == nil ? "none" : "platt"))
          let threshold = try #require(Double(row["threshold"] ?? ""))
          let counts = own.counts(above: threshold)
          let exchange = threshold / (1 - threshold)
          let worth =
            Double(counts.truePositives) / count - Double(counts.falsePositives) / count * exchange
          let ofAll =
            Double(own.positiveCount) / count
            - (count - Double(own.positiveCount)) / count * exchange
          let (stated, all) = (
            Double(row["net_benefit"] ?? ""), Double(row["net_benefit_of_all"] ?? "")
          )
          #expect(abs((stated ?? .nan) - worth) < 1e-9, "\(run) \(name) \(label) \(threshold)")
          #expect(abs((all ?? .nan) - ofAll) < 1e-9, "\(run) \(name) \(label) \(threshold)")
          seen += 1
        }
      }
    }
    #expect(seen == table.rows.count && seen == 2 * labels.count * 50)
  }

  @Test(arguments: ["comparison", "exchanged", "everything"])
  func operatingPoints(_ run: String) throws {
    let models = try set.json(run + "/metrics.json").list("models")
    try expect(
      run, "operating_points",
      ["model", "label", "validation_positives"] + Self.operatingColumns + ["prevalence"]
        + Self.triple("ppv_at_prevalence"),
      try models.flatMap { model in
        let fits = try set.checkpoint(try name(model)).list("validation/labels")
        return try zip(labels, fits).flatMap { label, fit in
          let own = try model.at("labels/" + label)
          let points = [
            ("0.5", try own.at("at_half")), ("fitted", try own.at("at_operating_point")),
          ]
          return try points.filter { $0.1 != .null }.map { point, figures in
            let head = [try name(model), label, "\(try fit.count("positives"))"]
            let there =
              figures.keys.contains("prevalence")
              ? [cell(try figures.number("prevalence"))]
                + cells(try figures.estimate("ppv_at_prevalence"))
              : ["", "", "", ""]
            return head + (try self.point(point, figures)) + there
          }
        }
      })
  }

  @Test(arguments: ["comparison", "exchanged", "everything"])
  func differences(_ run: String) throws {
    let metrics = try set.json(run + "/metrics.json")
    let differences =
      try metrics.list("differences")
      + metrics.list("models").map { try $0.at("baseline/difference") }
    try expect(
      run, "differences",
      ["model", "other", "label"] + Self.triple("auc_difference")
        + ["p", "p_holm"],
      try differences.flatMap { difference in
        try (labels.map { ($0, "labels/" + $0) } + [("mean", "mean_auc")]).map { label, path in
          let row = try difference.at(path)
          return [try difference.text("model") ?? "", try difference.text("other") ?? "", label]
            + cells(try row.estimate("difference"))
            + (try ["p", "p_corrected"].map { cell(try row.number($0)) })
        }
      })
  }

  @Test(arguments: ["comparison", "exchanged", "everything"])
  func calibrations(_ run: String) throws {
    let lines = ["observed_to_expected", "calibration_intercept", "calibration_slope"]
    let models = try set.json(run + "/metrics.json").list("models")
    try expect(
      run, "calibration",
      [
        "model", "label", "method", "brier", "brier_skill", "expected_calibration_error",
        "expected_calibration_error_by_chance",
      ] + lines.flatMap(Self.triple),
      try models.flatMap { model in
        try labels.flatMap { label in
          try model.at("labels/\(label)/calibration").members.map { method in
            [try name(model), label, method.key]
              + (try [
                "brier", "brier_skill", "expected_calibration_error",
                "expected_calibration_error_by_chance",
              ].map { cell(try method.value.number($0)) })
              + (try lines.flatMap { cells(try method.value.estimate($0)) })
          }
        }
      })
    // Ten groups a curve, whose error is the one that is stated where there are films enough.
    let table = try set.table(run + "/reliability.csv")
    #expect(
      table.header
        == ["model", "label", "method", "group", "predicted", "observed", "images", "positives"])
    let curves = Dictionary(grouping: table.records) {
      [$0["model"] ?? "", $0["label"] ?? "", $0["method"] ?? ""]
    }
    var seen = 0
    for model in models {
      for label in labels {
        let own = try model.at("labels/" + label)
        for method in try own.at("calibration").members {
          let groups = try #require(curves[[try name(model), label, method.key]])
          seen += 1
          func column(_ key: String) -> [Double] { groups.compactMap { Double($0[key] ?? "") } }
          let (predicted, observed) = (column("predicted"), column("observed"))
          let (images, positives) = (column("images"), column("positives"))
          try #require([predicted, observed, images, positives].allSatisfy { $0.count == 10 })
          #expect(images.reduce(0, +) == Double(try own.count("images")))
          #expect(positives.reduce(0, +) == Double(try own.count("support")))
          #expect(zip(positives, images).map { $0 / $1 } == observed)
          #expect(predicted == predicted.sorted())
          let error =
            zip(images, zip(predicted, observed)).reduce(0) { $0 + $1.0 * abs($1.1.0 - $1.1.1) }
            / images.reduce(0, +)
          if let stated = try method.value.number("expected_calibration_error") {
            #expect(abs(error - stated) < 1e-9, "\(run) \(label) \(method.key)")
          }
        }
      }
    }
    #expect(seen == curves.count)
  }

  @Test(arguments: ["comparison", "exchanged", "everything"]) func groups(_ run: String) throws {
    let models = try set.json(run + "/metrics.json").list("models")
    let header =
      ["model", "kind", "group", "label", "images", "positives", "patients_with"]
      + Self.triple("auc") + Self.triple("average_precision") + Self.operatingColumns + [
        "brier", "expected_calibration_error", "brier_platt", "expected_calibration_error_platt",
      ]
    try expect(
      run, "subgroups", header,
      try models.flatMap { model in
        try model.list("subgroups").flatMap { group in
          try labels.flatMap { label -> [[String]] in
            let own = try group.at("labels/" + label)
            let films = set.films(of: run == "everything" ? nil : .test).filter { film in
              let band = ["0-17": 0...17, "18-39": 18...39, "40-59": 40...59, "60-79": 60...79]
              return switch (try? group.text("kind"), try? group.text("name")) {
              case ("view", let name): film.view == name
              case ("sex", let name): film.sex == name
              case (_, let name): (band[name ?? ""] ?? 80...100).contains(film.age)
              }
            }.filter { $0.findings.contains(label) }
            let head = [
              try name(model), try group.text("kind") ?? "", try group.text("name") ?? "", label,
              "\(try own.count("images"))", "\(try own.count("support"))",
              "\(Set(films.map(\.patient)).count)",
            ]
            guard try own.number("auc") != nil else {
              return [head + [String](repeating: "", count: header.count - head.count)]
            }
            func reading(_ method: String) throws -> [String] {
              let readings = try own.at("calibration")
              guard readings.keys.contains(method) else { return ["", ""] }
              return [
                cell(try readings.number(method + "/brier")),
                cell(try readings.number(method + "/expected_calibration_error")),
              ]
            }
            let areas =
              cells(try own.estimate("auc"))
              + cells(try own.estimate("average_precision"))
            let readings = try reading("none") + reading("platt")
            let points = [
              ("0.5", try own.at("at_half")), ("fitted", try own.at("at_operating_point")),
            ]
            return try points.filter { $0.1 != .null }.map { name, figures in
              head + areas + (try point(name, figures)) + readings
            }
          }
        }
      })
  }

  @Test(arguments: ["comparison", "exchanged"]) func places(_ run: String) throws {
    let models = try set.json(run + "/metrics.json").list("models")
    var header = ["model", "label", "boxed_images", "peak_hits", "peak_hit_rate", "low", "high"]
    header += ["true_positives", "hits_among_them", "chance", "unreachable", "usual_place"]
    for threshold in ["0.25", "0.5", "0.75"] {
      header += ["intersection_over_box_" + threshold, "film_covered_" + threshold]
    }
    try expect(
      run, "localisation", header,
      try models.flatMap { model in
        let localisation = try model.at("localisation")
        let rows = try localisation.at("labels").members.map { ($0.key, $0.value) }
        return try (rows + [("all", localisation.at("all"))]).map { label, row in
          let called = try row.count("true_positives")
          let among = try row.number("peak_hit_rate_among_true_positives") ?? 0
          var cells = [try name(model), label, "\(try row.count("images"))"]
          cells.append("\(try row.count("peak_hits"))")
          cells += self.cells(try row.estimate("peak_hit_rate"))
          cells += ["\(called)", "\(Int((among * Double(called)).rounded()))"]
          cells += [cell(try row.number("chance")), "\(try row.count("unreachable"))"]
          cells.append(cell(try row.number("usual_place")))
          for coverage in try row.list("coverage") {
            cells.append(cell(try coverage.number("intersection_over_box")))
            cells.append(cell(try coverage.number("film_covered")))
          }
          return cells
        }
      })
    // The total is the sum of the findings, whose films are those of the part that have it.
    for model in models {
      let localisation = try model.at("localisation")
      for key in ["images", "peak_hits", "true_positives"] {
        let sum = try localisation.at("labels").members.reduce(0) { try $0 + $1.value.count(key) }
        #expect(try localisation.at("all").count(key) == sum, "\(run) \(key)")
      }
      for label in try localisation.at("labels").members {
        let has = set.films(of: .test).filter { $0.findings.contains(label.key) }.count
        #expect((1...has).contains(try label.value.count("images")), "\(run) \(label.key)")
        #expect(try label.value.estimate("peak_hit_rate").isInOrder(), "\(run) \(label.key)")
      }
    }
  }
}
