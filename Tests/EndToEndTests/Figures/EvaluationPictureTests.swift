import Foundation
import Testing

/// Pictures show the figures of the model in whose name they are: what gnuplot is given, and what
/// is written in them.
@Suite(.serialized) struct EvaluationPictureTests {
  private let set: ComparedModels
  private var labels: [String] { ComparedModels.labels }

  init() throws { set = try ComparedModels.shared.get() }

  /// One `plot` of a script: the file, the colour and the title of each curve.
  private struct Curve: Equatable {
    let file: String
    let colour: String
    let title: String
  }

  private func curves(_ script: some StringProtocol) -> [Curve] {
    script.components(separatedBy: "\n").compactMap { line in
      let file = line.firstMatch(of: /'([^']+\.tsv)'|NaN with/)
      guard let file, let colour = line.firstMatch(of: /lc rgb '(#[0-9A-F]+)'/) else { return nil }
      return Curve(
        file: String(file.output.1 ?? ""), colour: String(colour.output.1),
        title: String(line.firstMatch(of: /title '([^']*)'/)?.output.1 ?? ""))
    }
  }

  private func points(_ file: String) throws -> [[Double]] {
    try set.text(file).split(separator: "\n").map { line in
      try line.split(separator: "\t").map { try #require(Double($0)) }
    }
  }

  /// The area under a curve, whose points rise in x.
  private func area(_ points: [[Double]]) throws -> Double {
    try #require(points.count > 1 && points.allSatisfy { $0.count == 2 })
    return zip(points, points.dropFirst()).reduce(0) { sum, pair in
      sum + (pair.1[0] - pair.0[0]) * (pair.0[1] + pair.1[1]) / 2
    }
  }

  @Test(arguments: ["comparison", "exchanged"]) func areasAndRatesAFinding(_ run: String) throws {
    let models = try set.json(run + "/metrics.json").list("models")
    let names = try models.map { try $0.text("name") ?? "" }
    let tics = labels.enumerated().map { "'\($0.element)' \($0.offset)" }.joined(separator: ", ")
    for picture in ["auc", "positives-found", "negatives-found"] {
      let script = try set.text("\(run)/plots/\(picture).gp")
      #expect(script.contains("(\(tics))"), "\(run) \(picture)")
      let curves = curves(script)
      #expect(curves.map(\.title) == names, "\(run) \(picture)")
      #expect(Set(curves.map(\.colour)).count == 2)
      for (curve, model) in zip(curves, models) {
        let rows = try points("\(run)/plots/\(curve.file)")
        var shown = Set<Int>()
        for row in rows {
          try #require(row.count > 2)
          let place = Int(row[1].rounded())
          try #require(labels.indices.contains(place))
          shown.insert(place)
          let own = try model.at("labels/" + labels[place])
          if picture == "auc" {
            try #require(row.count == 4)
            let stated = try own.estimate("auc")
            #expect(row[0] == stated.value && row[2] == stated.low ?? row[0], "\(run)")
            #expect(row[3] == stated.high ?? row[0], "\(run) \(labels[place])")
          } else {
            let key = picture.split(separator: "-").joined(separator: "_") + "_percent"
            #expect(try row[0] == own.number(key), "\(run) \(picture) \(labels[place])")
          }
        }
        // Nobody has a hernia: there is no area and nothing to find.
        let defined = labels.indices.filter {
          labels[$0] != "Hernia" || picture == "negatives-found"
        }
        #expect(shown == Set(defined), "\(run) \(picture)")
      }
    }
  }

  @Test(arguments: ["comparison", "exchanged"]) func curvesAModel(_ run: String) throws {
    let page = try set.page(run)
    for model in try set.json(run + "/metrics.json").list("models") {
      let name = try #require(try model.text("name"))
      let defined = try labels.filter { try model.number("labels/\($0)/auc") != nil }
      let kinds = [
        ("roc", "auc", "ROC curves"), ("precision-recall", "average_precision", "Precision-recall"),
      ]
      for (kind, key, title) in kinds {
        let curves = curves(try set.text("\(run)/plots/\(kind)-\(name).gp"))
          .filter { !$0.file.isEmpty }
        let titles = try defined.map { label in
          "\(label) \(Shown.number(try model.number("labels/\(label)/\(key)"), 3))"
        }
        #expect(curves.map(\.title) == titles, "\(run) \(kind)-\(name)")
        if kind == "roc" {
          for (curve, label) in zip(curves, defined) {
            let area = try area(try points("\(run)/plots/\(curve.file)"))
            let stated = try #require(try model.number("labels/\(label)/auc"))
            // Points that no eye tells apart are left out.
            #expect(abs(area - stated) < 0.005, "\(run) \(name) \(label)")
          }
        }
        // What is drawn, in the page and beside it.
        let picture = try #require(
          page.pictures.first { $0.caption.hasPrefix("\(name): ") && $0.title.hasPrefix(title) })
        #expect(picture.title.hasSuffix(" of \(name)"))
        let legend = picture.texts.filter { text in
          labels.contains { text.hasPrefix($0 + " ") }
        }
        #expect(legend == titles, "\(run) \(kind)-\(name)")
        let words =
          kind == "roc" ? "ROC curves, AUC" : "precision against recall, average precision"
        #expect(picture.caption == "\(name): \(words) in the legend.")
        let file = try set.text("\(run)/\(kind)-\(name).svg")
        for title in titles { #expect(file.contains("<text>\(title)</text>"), "\(run) \(name)") }
      }
      let reliability = page.pictures.filter {
        $0.caption.hasPrefix("\(name): observed against predicted;")
      }
      #expect(reliability.map(\.title) == labels.map { "Reliability of \(name): \($0)" })
    }
    let order = run == "exchanged" ? ["amber", "zinc"] : ["zinc", "amber"]
    let areas = try #require(page.pictures.first { $0.heading.hasPrefix("Ranking") })
    #expect(areas.texts.filter { ComparedModels.names.contains($0) } == order)
    for start in ["Findings found against false alarms", "How many alarms are right"] {
      let legend = try #require(page.legends.first { $0.key.hasPrefix(start) }).value
      #expect(legend == order, "\(run) \(start)")
    }
  }

  /// The panels of a script, by their titles, and what stands in each.
  private func panels(_ script: String) -> [(title: String, script: String)] {
    script.components(separatedBy: "set title '").dropFirst().map { panel in
      (panel.prefix { $0 != "'" }.description, panel)
    }
  }

  /// A picture a finding: each model's curve has the model's area, the colour of the model, and a dot at its threshold.
  @Test(arguments: ["comparison", "exchanged"]) func panelsAFinding(_ run: String) throws {
    let models = try set.json(run + "/metrics.json").list("models")
    let names = try models.map { try $0.text("name") ?? "" }
    let colours = ["#0072B2", "#D55E00"]
    for kind in ["roc", "precision-recall"] {
      let panels = panels(try set.text("\(run)/plots/\(kind)-by-finding.gp"))
      // No film has a hernia: of it there is nothing to draw.
      let found = labels.filter { $0 != "Hernia" }
      #expect(
        panels.map(\.title)
          == (try found.map { "\($0), n \(try models[0].count("labels/\($0)/support"))" }))
      var (own, others) = (0.0, 0.0)
      for (p, (label, panel)) in zip(found, panels).enumerated() {
        let drawn = curves(panel.script)
        func files(_ part: String) -> [Curve] { drawn.filter { $0.file.contains("-\(part)-") } }
        let (lines, bands, marks) = (files("line"), files("band"), files("mark"))
        #expect(
          FileManager.default.fileExists(
            atPath: set.file("\(run)/plots/\(kind)-by-finding-\(p + 1).svg")))
        #expect(lines.count == 2, "\(run) \(kind) \(label)")
        for (m, line) in lines.enumerated() {
          #expect(line.colour == colours[m], "\(run) \(kind) \(label)")
          guard kind == "roc" else {
            let ends = try points("\(run)/plots/\(line.file)")
            let own = try points(
              "\(run)/plots/precision-recall-\(names[m])-"
                + "\(lineNumber(label)).tsv")
            #expect(ends == own, "\(run) \(label)")
            continue
          }
          let area = try area(try points("\(run)/plots/\(line.file)"))
          let stated = try #require(try models[m].number("labels/\(label)/auc"))
          #expect(abs(area - stated) < 0.005, "\(run) \(names[m]) \(label)")
        }
        let chosen = try models.compactMap { model -> [Double]? in
          let point = try model.at("labels/\(label)/at_operating_point")
          guard point != .null, let found = try point.number("sensitivity") else { return nil }
          if kind == "roc" {
            return try point.number("specificity").map { [1 - $0, found] }
          }
          return try point.number("ppv").map { [found, $0] }
        }
        #expect(try marks.map { try points("\(run)/plots/\($0.file)")[0] } == chosen, "\(label)")
        if kind == "precision-recall" {
          let share =
            Double(try models[0].count("labels/\(label)/support"))
            / Double(try models[0].count("labels/\(label)/images"))
          #expect(panel.script.contains("\(share) with lines lw 1 dt 2"), "\(run) \(label)")
        }
        for (m, model) in models.enumerated() {
          let path = "labels/\(label)/" + (kind == "roc" ? "auc" : "average_precision")
          #expect(
            bands.contains { $0.file.contains("-band-\(m + 1)") }
              == (try model.number(path + "_low") != nil), "\(run) \(kind) \(label)")
        }
        for band in bands {
          let place = band.file.contains("-band-1") ? 0 : 1
          #expect(band.colour == colours[place], "\(run) \(kind) \(label)")
          let rows = try points("\(run)/plots/\(band.file)")
          try #require(rows.count > 50 && rows.allSatisfy { $0.count == 3 })
          #expect(rows.allSatisfy { $0[1] <= $0[2] }, "\(run) \(kind) \(label)")
          for (m, line) in lines.enumerated() {
            let distance = self.distance(from: try points("\(run)/plots/\(line.file)"), to: rows)
            if m == place { own += distance } else { others += distance }
          }
        }
      }
      // A band lies around the curve of its own model.
      #expect(own < others, "\(run) \(kind)")
    }
  }

  /// How far the middle of a band is from a curve, over the places of the band.
  private func distance(from curve: [[Double]], to band: [[Double]]) -> Double {
    band.reduce(0) { sum, row in
      let nearest = curve.min { abs($0[0] - row[0]) < abs($1[0] - row[0]) }
      return sum + abs((nearest?[1] ?? 0) - (row[1] + row[2]) / 2)
    }
  }

  /// The place of a finding's curve among those that are drawn of a model, from 1.
  private func lineNumber(_ label: String) -> Int {
    (labels.filter { $0 != "Hernia" }.firstIndex(of: label) ?? -1) + 1
  }

  /// Each way of reading a model has its colour on all pictures; bars and dots are Platt's groups.
  @Test(arguments: ["comparison", "exchanged"]) func reliabilityAFinding(_ run: String) throws {
    let methods = ["none", "weights", "platt", "vector"]
    let colours = ["#0072B2", "#D55E00", "#009E73", "#C76BA0"]
    let table = try set.table(run + "/reliability.csv").records
    for name in ComparedModels.names {
      let panels = panels(try set.text("\(run)/plots/reliability-\(name).gp"))
      #expect(panels.map(\.title) == labels, "\(run) \(name)")
      var (lines, marks) = (0, 0)
      for (label, panel) in zip(labels, panels) {
        func groups(_ method: String) -> [[Double]] {
          table.filter { $0["model"] == name && $0["label"] == label && $0["method"] == method }
            .map {
              [Double($0["predicted"] ?? ""), Double($0["observed"] ?? "")].compactMap { $0 }
            }
        }
        let drawn = curves(panel.script)
        for line in drawn where line.file.contains("-line-") {
          let method = methods[try #require(colours.firstIndex(of: line.colour))]
          #expect(try points("\(run)/plots/\(line.file)") == groups(method), "\(name) \(label)")
          lines += 1
        }
        let dots = drawn.filter { $0.file.contains("-mark-") }
        #expect(dots.allSatisfy { $0.colour == colours[2] }, "\(name) \(label)")
        let places = try dots.map { try points("\(run)/plots/\($0.file)")[0] }
        #expect(places.map { Array($0.prefix(2)) } == groups("platt"), "\(name) \(label)")
        #expect(places.allSatisfy { $0.count == 2 || $0[2] <= $0[1] && $0[1] <= $0[3] })
        marks += dots.count
      }
      #expect(lines > 10 && marks > 20, "\(run) \(name): \(lines), \(marks)")
    }
  }

  /// Differences with their intervals, and net benefits beside calling all films.
  @Test func differencesAndDecisionsAreDrawn() throws {
    let metrics = try set.json("comparison/metrics.json")
    let difference = try #require(try metrics.list("differences").first)
    let script = try set.text("comparison/plots/auc-differences.gp")
    let curve = try #require(curves(script).first)
    #expect(curve.title == "zinc less amber" && script.contains("set arrow 1 from 0.0,"))
    for row in try points("comparison/plots/\(curve.file)") {
      let place = Int(row[1].rounded())
      let path = labels.indices.contains(place) ? "labels/" + labels[place] : "mean_auc"
      let stated = try difference.at(path).estimate("difference")
      #expect(row[0] == stated.value && row[2] == stated.low ?? row[0], "\(path)")
      #expect(row[3] == stated.high ?? row[0], "\(path)")
    }
    let panels = panels(try set.text("comparison/plots/decision-by-finding.gp"))
    let found = labels.filter { $0 != "Hernia" }
    #expect(panels.map(\.title) == found)
    let table = try set.table("comparison/decision_curves.csv").records
    for (label, panel) in zip(found, panels) {
      let lines = [
        ("zinc", "net_benefit_of_all"), ("zinc", "net_benefit"), ("amber", "net_benefit"),
      ]
      for (l, (model, column)) in lines.enumerated() {
        let line = try #require(
          curves(panel.script).first { $0.file.hasSuffix("-line-\(l + 1).tsv") })
        let drawn = try points("comparison/plots/\(line.file)")
        let stated = table.filter { $0["model"] == model && $0["label"] == label }.map {
          [Double($0["threshold"] ?? ""), Double($0[column] ?? "")].compactMap { $0 }
        }
        // What lies far below nought is left out.
        #expect(drawn.allSatisfy { stated.contains($0) } && !drawn.isEmpty, "\(label) \(column)")
      }
    }
  }
}
