import Foundation
import Testing

/// `metrics.json` says what the tables of predictions and the label file say, counted anew.
@Suite(.serialized) struct MetricsDocumentTests {
  private let set: ComparedModels
  private static let kinds = ["none", "weights", "platt", "vector"]

  init() throws { set = try ComparedModels.shared.get() }

  private func close(
    _ stated: Double?, _ counted: Double?, _ what: String, within tolerance: Double = 1e-12,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let isClose =
      switch (stated, counted) {
      case (nil, nil): true
      case (let stated?, let counted?): abs(stated - counted) <= tolerance
      default: false
      }
    #expect(
      isClose, "\(what): \(String(describing: stated)), counted \(String(describing: counted))",
      sourceLocation: sourceLocation)
  }

  /// The log-odds of a model on these films, a finding a column, or its probabilities.
  private func figures(
    _ run: String, _ model: String, _ label: String, _ films: [ComparedModels.Film],
    of kind: String = "logits"
  ) throws -> RecomputedFigures {
    let rows = try set.table("\(run)/\(kind)-\(model).csv").records
    var scores: [String: Double] = [:]
    for row in rows {
      // A network's numbers have 32 bits.
      scores[try #require(row["Image Index"])] = Float(row[label] ?? "").map(Double.init)
    }
    return RecomputedFigures(
      films: try films.map {
        (try #require(scores[$0.name]), $0.findings.contains(label), $0.patient)
      })
  }

  private func films(_ run: String) -> [ComparedModels.Film] {
    set.films(of: run == "everything" ? nil : .test)
  }

  private func isFine(_ stated: JSONTree, _ key: String) throws -> Bool {
    try stated.estimate(key).isInOrder(slack: key.hasSuffix("precision") ? 0.05 : 0)
  }

  @Test func theModelsDifferInEveryFigureOfTheHeadline() throws {
    let models = try set.json("comparison/metrics.json").list("models")
    let (one, other) = (try #require(models.first), try #require(models.last))
    #expect(models.count == 2)
    // Else an exchange of the two would not be seen.
    for key in ["mean_auc", "mean_average_precision", "positives_found_percent"] {
      let (a, b) = (try #require(try one.number(key)), try #require(try other.number(key)))
      #expect(abs(a - b) > 0.01, "\(key): \(a) and \(b)")
    }
    #expect(try one.text("operating_point") == "youden")
    #expect(try other.text("operating_point") == "sensitivity=0.8")
    #expect(try one.text("loss") == "weighted-bce" && other.text("loss") == "bce")
    #expect(try one.text("checkpoint") == set.file("zinc/best.npz"))
    #expect(try other.text("checkpoint") == set.file("amber/best.npz"))
  }

  @Test func filmsAndPatientsAreThoseOfTheLabelFile() throws {
    for run in ["comparison", "exchanged", "everything"] {
      let metrics = try set.json(run + "/metrics.json")
      let films = films(run)
      #expect(try metrics.text("subset") == (run == "everything" ? "all" : "test"))
      #expect(try metrics.count("images") == films.count)
      #expect(try metrics.count("patients") == Set(films.map(\.patient)).count)
      #expect(try metrics.count("intervals/replicates") == 100)
      for model in try metrics.list("models") {
        let name = try #require(try model.text("name"))
        let table = try set.table("\(run)/predictions-\(name).csv")
        #expect(table.header == ["Image Index"] + ComparedModels.labels)
        #expect(table.rows.map(\.first) == films.map(\.name))
        let trained = Set(films.filter { $0.part == .train }.map(\.patient)).count
        let chosenOn = Set(films.filter { $0.part == .validation }.map(\.patient)).count
        #expect(try model.count("patients_seen_in_training") == trained)
        #expect(try model.count("patients_seen_in_validation") == chosenOn)
        #expect(try model.at("labels").keys == ComparedModels.labels)
      }
    }
  }

  @Test(arguments: ["comparison", "exchanged", "everything"])
  func labelsAreCountedAnew(_ run: String) throws {
    let (metrics, films) = (try set.json(run + "/metrics.json"), films(run))
    for model in try metrics.list("models") {
      let name = try #require(try model.text("name"))
      let fits = try set.checkpoint(name).list("validation/labels")
      for (label, fit) in zip(ComparedModels.labels, fits) {
        let what = "\(run) \(name) \(label)"
        let stated = try model.at("labels/" + label)
        let own = try figures(run, name, label, films)
        #expect(try fit.text("label") == label)
        #expect(try stated.count("images") == films.count, "\(what)")
        #expect(try stated.count("support") == own.positiveCount, "\(what)")
        #expect(try stated.count("patients_with") == own.patientsWith, "\(what)")
        #expect(try stated.count("patients_without") == own.patientsWithout, "\(what)")
        close(try stated.number("auc"), own.auc, what + " auc")
        close(
          try stated.number("average_precision"), own.averagePrecision, what + " precision")
        for key in ["auc", "average_precision"] { #expect(try isFine(stated, key), "\(what)") }
        let half = own.counts(above: 0)
        close(try stated.number("precision"), half.ppv, what + " precision at 0.5")
        close(try stated.number("recall"), half.sensitivity, what + " recall")
        close(try stated.number("sensitivity"), half.sensitivity, what + " sensitivity")
        close(try stated.number("specificity"), half.specificity, what + " specificity")
        close(try stated.number("f1"), half.f1, what + " f1")
        close(
          try stated.number("positives_found_percent"), half.sensitivity.map { $0 * 100 },
          what + " positives found", within: 1e-9)
        close(
          try stated.number("negatives_found_percent"), half.specificity.map { $0 * 100 },
          what + " negatives found", within: 1e-9)
        let prevalence = run == "everything" ? nil : label == "Mass" ? 0.01 : 0.1
        try expect(
          stated.at("at_half"), own, threshold: 0.5, logit: 0, prevalence, what + " at 0.5")
        if let threshold = try fit.number("threshold") {
          try expect(
            stated.at("at_operating_point"), own, threshold: threshold,
            logit: try #require(try fit.number("logit_threshold")), prevalence, what + " fitted")
        } else {
          #expect(label == "Edema")
          #expect(try stated.at("at_operating_point") == .null)
        }
        try expectCalibration(
          stated.at("calibration"), figures(run, name, label, films, of: "predictions"), name,
          label, what)
      }
    }
  }

  private func expect(
    _ stated: JSONTree, _ own: RecomputedFigures, threshold: Double, logit: Double,
    _ prevalence: Double?, _ what: String
  ) throws {
    let counts = own.counts(above: logit)
    #expect(try stated.number("threshold") == threshold, "\(what)")
    #expect(try stated.number("logit_threshold") == logit, "\(what)")
    #expect(abs(1 / (1 + exp(-logit)) - threshold) < 1e-15, "\(what)")
    let found = RecomputedFigures.Counts(
      truePositives: try stated.count("true_positives"),
      falsePositives: try stated.count("false_positives"),
      trueNegatives: try stated.count("true_negatives"),
      falseNegatives: try stated.count("false_negatives"))
    #expect(found == counts, "\(what)")
    for (key, _, value) in counts.estimates {
      close(try stated.number(key), value, "\(what) \(key)")
      #expect(try isFine(stated, key), "\(what) \(key)")
    }
    guard let prevalence else { return #expect(!stated.keys.contains("prevalence")) }
    #expect(try stated.number("prevalence") == prevalence)
    close(
      try stated.number("ppv_at_prevalence"), counts.ppv(prevalence: prevalence),
      what + " at prevalence")
    #expect(try isFine(stated, "ppv_at_prevalence"), "\(what) at prevalence")
  }

  /// How a model's outputs of a finding are read, by method; `nil` where its checkpoint has no such
  /// way.
  private func readings(_ model: String, _ label: String) throws -> [String: (Double) -> Double] {
    let checkpoint = try set.checkpoint(model)
    let place = try #require(ComparedModels.labels.firstIndex(of: label))
    let fits = try checkpoint.list("validation/labels")
    let weights = try checkpoint.list("class_weights")
    try #require(fits.count > place && weights.count > place)
    var readings: [String: (Double) -> Double] = ["none": { $0 }]
    if try checkpoint.text("loss") == "weighted-bce",
      let positive = try weights[place].number("positive"),
      let negative = try weights[place].number("negative")
    {
      // The odds divided by how much more a film with the finding weighs.
      readings["weights"] = {
        let odds = $0 / (1 - $0) * negative / positive
        return odds / (1 + odds)
      }
    }
    for kind in ["platt", "vector"] {
      if let line = try StatedLine(fits[place].at(kind)) { readings[kind] = { line($0) } }
    }
    return readings
  }

  private func expectCalibration(
    _ stated: JSONTree, _ own: RecomputedFigures, _ model: String, _ label: String, _ what: String
  ) throws {
    let readings = try readings(model, label)
    #expect(stated.keys == Self.kinds.filter { readings[$0] != nil }, "\(what)")
    for (kind, reading) in readings {
      close(
        try stated.number(kind + "/brier"), own.brier(reading), "\(what) \(kind) Brier",
        within: 1e-9)
      close(
        try stated.number(kind + "/expected_calibration_error"),
        own.films.count < 100 ? nil : own.calibrationError(reading), "\(what) \(kind) error",
        within: 1e-9)
    }
  }

  @Test(arguments: ["comparison", "exchanged", "everything"])
  func meansAndSumsFollowFromTheLabels(_ run: String) throws {
    let (metrics, films) = (try set.json(run + "/metrics.json"), films(run))
    for model in try metrics.list("models") {
      let name = try #require(try model.text("name"))
      let fits = try set.checkpoint(name).list("validation/labels")
      let own = try ComparedModels.labels.map { try figures(run, name, $0, films) }
      func mean(_ values: [Double?]) -> Double? {
        let defined = values.compactMap { $0 }
        return defined.isEmpty ? nil : defined.reduce(0, +) / Double(defined.count)
      }
      let what = "\(run) \(name)"
      close(try model.number("mean_auc"), mean(own.map(\.auc)), what + " mean AUC")
      close(
        try model.number("mean_average_precision"), mean(own.map(\.averagePrecision)),
        what + " mean precision")
      let undefined = zip(ComparedModels.labels, own).filter { $1.auc == nil }.map(\.0)
      #expect(try model.texts("undefined_auc_labels") == undefined)
      #expect(undefined == (run == "everything" ? [] : ["Hernia"]))
      let half = own.map { $0.counts(above: 0) }.reduce(RecomputedFigures.Counts(), +)
      close(
        try model.number("positives_found_percent"), half.sensitivity.map { $0 * 100 },
        what + " positives found", within: 1e-9)
      close(
        try model.number("negatives_found_percent"), half.specificity.map { $0 * 100 },
        what + " negatives found", within: 1e-9)
      close(try model.number("binary_accuracy"), half.accuracy, what + " accuracy")
      close(try model.number("precision"), half.ppv, what + " precision")
      close(try model.number("recall"), half.sensitivity, what + " recall")
      close(try model.number("f1"), half.f1, what + " f1")
      let fitted = try zip(own, fits).compactMap { own, fit in
        try fit.number("logit_threshold").map { own.counts(above: $0) }
      }.reduce(RecomputedFigures.Counts(), +)
      let point = try model.at("at_operating_point")
      close(try point.number("sensitivity"), fitted.sensitivity, what + " fitted")
      close(try point.number("specificity"), fitted.specificity, what + " fitted")
      close(try point.number("ppv"), fitted.ppv, what + " fitted")
      close(try point.number("accuracy"), fitted.accuracy, what + " fitted")
      for (at, counts) in [("at_half", half), ("at_operating_point", fitted)] {
        let point = try model.at(at)
        for (key, _, value) in counts.estimates {
          close(try point.number(key), value, "\(what) \(at) \(key)")
          #expect(try isFine(point, key), "\(what) \(at) \(key)")
        }
        #expect(try isFine(point, "accuracy"), "\(what) \(at)")
      }
      close(
        try model.number("at_half/mean_sensitivity"),
        mean(own.map { $0.counts(above: 0).sensitivity }), what + " mean sensitivity")
      close(
        try model.number("at_half/mean_specificity"),
        mean(own.map { $0.counts(above: 0).specificity }), what + " mean specificity")
      close(
        try model.number("at_half/mean_ppv"), mean(own.map { $0.counts(above: 0).ppv }),
        what + " mean PPV")
      close(try point.number("f1"), fitted.f1, what + " fitted")
      for key in ["mean_auc", "mean_average_precision"] {
        #expect(try isFine(model, key), "\(what) \(key)")
      }
      try expectBaseline(model, what)
    }
  }

  /// The yardstick's own areas come from its arrays; what is told of them must fit together.
  private func expectBaseline(_ model: JSONTree, _ what: String) throws {
    let baseline = try model.at("baseline")
    #expect(try baseline.at("labels").keys == ComparedModels.labels)
    let areas = try ComparedModels.labels.map { try baseline.number("labels/\($0)/auc") }
    let defined = areas.compactMap { $0 }
    close(
      try baseline.number("mean_auc"), defined.reduce(0, +) / Double(defined.count),
      what + " baseline")
    #expect(try isFine(baseline, "mean_auc"), "\(what) baseline")
    let difference = try baseline.at("difference")
    #expect(try difference.text("model") == model.text("name"))
    #expect(try difference.text("other") == "thumbnail regression")
    try expectDifference(difference, model, baseline, what + " over the baseline")
  }

  /// The areas of one less those of another, whose intervals and p-values agree.
  private func expectDifference(
    _ difference: JSONTree, _ one: JSONTree, _ other: JSONTree, _ what: String
  ) throws {
    func expect(_ row: JSONTree, _ a: Double?, _ b: Double?, _ what: String) throws {
      let value: Double? = if let a, let b { a - b } else { nil }
      close(try row.number("difference"), value, what)
      let estimate = try row.estimate("difference")
      #expect(estimate.isInOrder(), "\(what)")
      if let p = try row.number("p"), let low = estimate.low, let high = estimate.high {
        // An interval of 95 % leaves 0 out where p is under 5 %, but for the grain of the draws.
        let isClear = low > 0 || high < 0
        #expect((0...1).contains(p) && (isClear ? p < 0.08 : p > 0.03), "\(what) p \(p)")
      }
    }
    try expect(
      try difference.at("mean_auc"), try one.number("mean_auc"), try other.number("mean_auc"),
      what)
    #expect(try difference.at("labels").keys == ComparedModels.labels)
    var pValues: [(p: Double, corrected: Double?)] = []
    for label in ComparedModels.labels {
      let row = try difference.at("labels/" + label)
      try expect(
        row, try one.number("labels/\(label)/auc"), try other.number("labels/\(label)/auc"),
        "\(what) \(label)")
      if let p = try row.number("p") { pValues.append((p, try row.number("p_corrected"))) }
    }
    // Holm: the least times their number, the next times one less, never falling.
    var least = 0.0
    for (place, pair) in pValues.sorted(by: { $0.p < $1.p }).enumerated() {
      least = max(least, min(1, pair.p * Double(pValues.count - place)))
      close(pair.corrected, least, what + " corrected")
    }
  }

  @Test func differencesAreOfTheModelsNamed() throws {
    for run in ["comparison", "exchanged", "everything"] {
      let metrics = try set.json(run + "/metrics.json")
      let (models, differences) = (try metrics.list("models"), try metrics.list("differences"))
      #expect(models.count == 2 && differences.count == 1)
      let (one, other) = (try #require(models.first), try #require(models.last))
      let difference = try #require(differences.first)
      #expect(try difference.text("model") == one.text("name"))
      #expect(try difference.text("other") == other.text("name"))
      try expectDifference(difference, one, other, run)
    }
  }

  /// The same models in another order: everything is where its name is, and a difference changes
  /// its sign.
  @Test func exchangedModelsExchangeEverything() throws {
    let (as1, as2) = (
      try set.json("comparison/metrics.json"), try set.json("exchanged/metrics.json")
    )
    let (models, exchanged) = (try as1.list("models"), try as2.list("models"))
    #expect(try models.map { try $0.text("name") } == ComparedModels.names)
    #expect(try exchanged.map { try $0.text("name") } == ComparedModels.names.reversed())
    #expect(models == Array(exchanged.reversed()))
    let (difference, turned) = (
      try #require(try as1.list("differences").first),
      try #require(try as2.list("differences").first)
    )
    for path in ["mean_auc"] + ComparedModels.labels.map({ "labels/" + $0 }) {
      let (one, other) = (
        try difference.at(path).estimate("difference"),
        try turned.at(path).estimate("difference").turned
      )
      close(one.value, other.value, path)
      close(one.low, other.low, path)
      close(one.high, other.high, path)
      for key in ["p", "p_corrected"] {
        close(
          try difference.number(path + "/" + key), try turned.number(path + "/" + key),
          "\(path) \(key)", within: 1e-9)
      }
    }
    for name in ComparedModels.names {
      for file in ["predictions-\(name).csv", "classification_report-\(name).txt"] {
        #expect(try set.text("comparison/" + file) == set.text("exchanged/" + file))
      }
    }
  }

  @Test func groupsAreCountedAnew() throws {
    let metrics = try set.json("comparison/metrics.json")
    let films = set.films(of: .test)
    let bands = [(0, 17), (18, 39), (40, 59), (60, 79), (80, 100)]
    let names = ["0-17", "18-39", "40-59", "60-79", "80-"]
    var groups: [(kind: String, name: String, films: [ComparedModels.Film])] = []
    for view in ["AP", "PA"] { groups.append(("view", view, films.filter { $0.view == view })) }
    for sex in ["F", "M"] { groups.append(("sex", sex, films.filter { $0.sex == sex })) }
    for (name, band) in zip(names, bands) {
      groups.append(("age", name, films.filter { (band.0...band.1).contains($0.age) }))
    }
    groups.removeAll { $0.films.isEmpty }
    var judged = 0
    for model in try metrics.list("models") {
      let name = try #require(try model.text("name"))
      let stated = try model.list("subgroups")
      #expect(try stated.map { try $0.text("name") } == groups.map(\.name))
      for (stated, group) in zip(stated, groups) {
        let what = "\(name) \(group.kind) \(group.name)"
        #expect(try stated.text("kind") == group.kind, "\(what)")
        #expect(try stated.count("images") == group.films.count, "\(what)")
        #expect(try stated.count("patients") == Set(group.films.map(\.patient)).count, "\(what)")
        for label in ComparedModels.labels {
          let own = try figures("comparison", name, label, group.films)
          let row = try stated.at("labels/" + label)
          #expect(try row.count("support") == own.positiveCount, "\(what) \(label)")
          guard min(own.patientsWith, own.patientsWithout) >= 10 else {
            #expect(try row.number("auc") == nil, "\(what) \(label)")
            continue
          }
          close(try row.number("auc"), own.auc, "\(what) \(label)")
          let half = own.counts(above: 0)
          close(try row.number("at_half/sensitivity"), half.sensitivity, "\(what) \(label)")
          close(try row.number("at_half/specificity"), half.specificity, "\(what) \(label)")
          judged += 1
        }
      }
      try expectGroupDifferences(model, stated, name)
    }
    #expect(judged > 4)
  }

  /// A group is compared with the largest of its kind on the findings that both are judged on.
  private func expectGroupDifferences(
    _ model: JSONTree, _ groups: [JSONTree], _ what: String
  ) throws {
    func areas(_ kind: String, _ name: String) throws -> [String: Double] {
      let group = try #require(
        try groups.first { try $0.text("kind") == kind && $0.text("name") == name })
      return try Dictionary(
        uniqueKeysWithValues: ComparedModels.labels.compactMap { label in
          try group.number("labels/\(label)/auc").map { (label, $0) }
        })
    }
    let differences = try model.list("subgroup_differences")
    #expect(!differences.isEmpty, "\(what)")
    for difference in differences {
      let kind = try #require(try difference.text("kind"))
      let (name, other) = (
        try #require(try difference.text("group")), try #require(try difference.text("other"))
      )
      let (one, two) = (try areas(kind, name), try areas(kind, other))
      let common = ComparedModels.labels.filter { one[$0] != nil && two[$0] != nil }
      let what = "\(what) \(kind) \(name) \(other)"
      #expect(try difference.at("labels").keys == common && !common.isEmpty, "\(what)")
      let largest = try groups.filter { try $0.text("kind") == kind }
        .map { try $0.count("images") }.max()
      let own = try #require(
        try groups.first { try $0.text("kind") == kind && $0.text("name") == other })
      #expect(try own.count("images") == largest, "\(what)")
      func mean(_ areas: [String: Double]) -> Double {
        common.reduce(0) { $0 + (areas[$1] ?? 0) } / Double(common.count)
      }
      close(try difference.number("mean_auc_of_group"), mean(one), what)
      close(try difference.number("mean_auc_of_other"), mean(two), what)
      close(try difference.number("mean_auc/difference"), mean(one) - mean(two), what)
      for label in common {
        close(
          try difference.number("labels/\(label)/difference"),
          (one[label] ?? 0) - (two[label] ?? 0), "\(what) \(label)")
      }
    }
  }

  /// What two models call right of the same films, counted anew.
  @Test(arguments: ["comparison", "everything"]) func pairedCallsAreCountedAnew(_ run: String)
    throws
  {
    let films = films(run)
    let difference = try #require(try set.json(run + "/metrics.json").list("differences").first)
    for (at, key) in [("at_half", nil), ("at_operating_point", "logit_threshold")] {
      var sums = [0, 0, 0, 0]
      for label in ComparedModels.labels {
        let place = try #require(ComparedModels.labels.firstIndex(of: label))
        let calls = try ComparedModels.names.map { name -> [Bool]? in
          let fit = try set.checkpoint(name).list("validation/labels")[place]
          guard let threshold = try key.map({ try fit.number($0) }) ?? 0 else { return nil }
          return try figures(run, name, label, films).films.map { $0.score > threshold }
        }
        guard let one = calls[0], let other = calls[1] else {
          #expect(try !difference.at(at + "/labels").keys.contains(label))
          continue
        }
        let stated = try difference.at("\(at)/labels/\(label)")
        for (s, (share, truth)) in [("sensitivity", true), ("specificity", false)].enumerated() {
          let own = films.indices.filter { films[$0].findings.contains(label) == truth }
          let alone = [
            own.count { one[$0] == truth && other[$0] != truth },
            own.count { one[$0] != truth && other[$0] == truth },
          ]
          let row = try stated.at(share)
          let what = "\(run) \(at) \(label) \(share)"
          #expect(try row.count("images") == own.count, "\(what)")
          #expect(try row.count("first_alone") == alone[0], "\(what)")
          #expect(try row.count("other_alone") == alone[1], "\(what)")
          close(
            try row.number("difference"),
            own.isEmpty ? nil : Double(alone[0] - alone[1]) / Double(own.count), what)
          #expect(try isFine(row, "difference"), "\(what)")
          sums[2 * s] += alone[0]
          sums[2 * s + 1] += alone[1]
        }
      }
      let pooled = try difference.at(at + "/pooled")
      #expect(
        try [
          pooled.count("sensitivity/first_alone"), pooled.count("sensitivity/other_alone"),
          pooled.count("specificity/first_alone"), pooled.count("specificity/other_alone"),
        ] == sums, "\(run) \(at)")
    }
  }

  /// The thresholds are those that the rule gives on the validation films, finding by finding.
  @Test func thresholdsFollowTheirRule() throws {
    let films = set.films(of: .validation)
    for (model, rule) in zip(ComparedModels.names, ["youden", "sensitivity=0.8"]) {
      let fit = try set.checkpoint(model).at("validation")
      #expect(try fit.text("operating_point") == rule)
      #expect(try fit.count("films") == films.count)
      for (label, stated) in zip(ComparedModels.labels, try fit.list("labels")) {
        let own = try figures("everything", model, label, films)
        #expect(try stated.count("positives") == own.positiveCount, "\(model) \(label)")
        guard let threshold = try stated.number("logit_threshold") else {
          #expect(label == "Edema")
          continue
        }
        func value(_ threshold: Double) -> Double {
          let counts = own.counts(above: threshold)
          let (sensitivity, specificity) = (counts.sensitivity ?? 0, counts.specificity ?? 0)
          return rule == "youden"
            ? sensitivity + specificity : sensitivity >= 0.8 ? 1 + specificity : 0
        }
        let best = ([-1e9] + own.films.map(\.score)).map(value).max()
        close(value(threshold), best, "\(model) \(label)")
      }
    }
  }

  @Test func shiftsAreOfTheSharesThere() throws {
    for run in ["comparison", "everything"] {
      let (here, before) = (films(run), set.films(of: .validation))
      for model in try set.json(run + "/metrics.json").list("models") {
        let shifts = try model.list("prevalence_shifts")
        #expect(try shifts.contains { try $0.text("label") == "Atelectasis" }, "\(run)")
        for shift in shifts {
          let label = try #require(try shift.text("label"))
          func share(_ films: [ComparedModels.Film]) -> Double {
            Double(films.filter { $0.findings.contains(label) }.count) / Double(films.count)
          }
          close(try shift.number("here"), share(here), label)
          close(try shift.number("validation"), share(before), label)
        }
      }
    }
  }

  /// scikit-learn's words hold the same counts, finding by finding.
  @Test func classificationReportsAreOfTheirModel() throws {
    let films = set.films(of: .test)
    for name in ComparedModels.names {
      let lines = try set.text("comparison/classification_report-\(name).txt")
        .split(separator: "\n").map { $0.split(separator: /\s{2,}/).map(String.init) }
      let header = try #require(lines.first?.filter { !$0.isEmpty })
      #expect(header.map { $0.trimmingCharacters(in: .whitespaces) } == Self.reportColumns)
      let own = try ComparedModels.labels.map {
        try figures("comparison", name, $0, films).counts(above: 0)
      }
      func cells(_ precision: Double, _ recall: Double, _ f1: Double, _ support: Int) -> [String] {
        [precision, recall, f1].map { Shown.number($0, 2) } + ["\(support)"]
      }
      func cells(_ counts: RecomputedFigures.Counts) -> [String] {
        cells(counts.ppv ?? 0, counts.sensitivity ?? 0, counts.f1 ?? 0, counts.positives)
      }
      let all = own.reduce(RecomputedFigures.Counts(), +)
      let count = Double(own.count)
      func mean(_ value: (RecomputedFigures.Counts) -> Double?) -> Double {
        own.reduce(0) { $0 + (value($1) ?? 0) } / count
      }
      func weighted(_ value: (RecomputedFigures.Counts) -> Double?) -> Double {
        own.reduce(0) { $0 + (value($1) ?? 0) * Double($1.positives) } / Double(all.positives)
      }
      var expected = zip(ComparedModels.labels, own).map { [$0] + cells($1) }
      expected.append(["micro avg"] + cells(all))
      expected.append(
        ["macro avg"]
          + cells(mean(\.ppv), mean(\.sensitivity), mean(\.f1), all.positives))
      expected.append(
        ["weighted avg"]
          + cells(weighted(\.ppv), weighted(\.sensitivity), weighted(\.f1), all.positives))
      let found = lines.dropFirst().map { line in
        line.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
      }
      #expect(found.count == expected.count + 1)
      for (found, expected) in zip(found, expected) { #expect(found == expected, "\(name)") }
      #expect(found.last?.first == "samples avg")
    }
  }

  private static let reportColumns = ["precision", "recall", "f1-score", "support"]
}
