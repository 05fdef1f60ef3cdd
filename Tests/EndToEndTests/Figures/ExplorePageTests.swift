import CXRData
import Foundation
import Testing

/// `explore.json` holds what the label file holds, counted anew, and the page, the pictures and the
/// console say the same.
@Suite(.serialized) struct ExplorePageTests {
  private let set: ComparedModels
  private let explore: JSONTree
  private var labels: [String] { ComparedModels.labels }
  private static let parts: [Subset] = [.train, .validation, .test]
  /// Of these a film has an augmented copy in training.
  private static let rare: Set = ["Hernia", "Cardiomegaly", "Mass"]

  init() throws {
    set = try ComparedModels.shared.get()
    explore = try set.json("explore/explore.json")
  }

  private func films(with label: String, _ films: [ComparedModels.Film]) -> Int {
    films.filter { $0.findings.contains(label) }.count
  }

  /// By rising name, with how many films.
  private func counts(
    _ films: [ComparedModels.Film], _ value: (ComparedModels.Film) -> String
  ) -> [(name: String, films: Int)] {
    Dictionary(grouping: films, by: value).map { ($0.key, $0.value.count) }
      .sorted { $0.0 < $1.0 }
  }

  private func band(_ film: ComparedModels.Film) -> String {
    switch film.age {
    case ..<18: "0-17"
    case ..<40: "18-39"
    case ..<60: "40-59"
    case ..<80: "60-79"
    default: "80-"
    }
  }

  private func members(_ path: String) throws -> [String: Int] {
    let tree = try explore.at(path)
    return try tree.keys.reduce(into: [:]) { $0[$1] = try tree.count($1) }
  }

  private func inOrder(_ counts: [(name: String, films: Int)]) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: counts.map { ($0.name, $0.films) })
  }

  /// Weights of films without and with each finding: half of all by those of the kind.
  private func weights(_ label: String) -> (negative: Double, positive: Double) {
    let train = set.films(of: .train)
    let (all, with) = (Double(train.count), Double(films(with: label, train)))
    return (all / (2 * (all - with)), all / (2 * with))
  }

  private var augmentedCount: Int {
    let train = set.films(of: .train)
    return train.count + train.filter { !$0.findings.isDisjoint(with: Self.rare) }.count
  }

  @Test func theDocumentIsTheLabelFile() throws {
    let all = set.films
    #expect(try explore.count("images") == all.count)
    #expect(try explore.count("rows") == all.count)
    #expect(try explore.count("patients") == Set(all.map(\.patient)).count)
    #expect(try explore.at("labels").keys == labels)
    for label in labels {
      #expect(try explore.count("labels/" + label) == films(with: label, all), "\(label)")
    }
    let most = all.map { $0.findings.intersection(labels).count }
    for (number, films) in try members("labels_per_image") {
      #expect(films == most.filter { "\($0)" == number }.count)
    }
    #expect(try members("labels_per_image").values.reduce(0, +) == all.count)
    let others = Set(all.flatMap(\.findings)).subtracting(labels)
    #expect(
      try members("other_labels")
        == Dictionary(uniqueKeysWithValues: others.map { ($0, films(with: $0, all)) }))
    for part in Self.parts {
      let (own, path) = (set.films(of: part), "split/" + part.rawValue)
      #expect(try explore.count(path + "/images") == own.count, "\(path)")
      #expect(try explore.count(path + "/patients") == Set(own.map(\.patient)).count, "\(path)")
      for label in labels {
        #expect(
          try explore.count("\(path)/labels/\(label)") == films(with: label, own),
          "\(path) \(label)")
      }
      let people = path + "/demographics/"
      #expect(try members(people + "age") == inOrder(counts(own, band)), "\(path)")
      #expect(try members(people + "sex") == inOrder(counts(own, \.sex)), "\(path)")
      #expect(try members(people + "view") == inOrder(counts(own, \.view)), "\(path)")
      let mean = Double(own.reduce(0) { $0 + $1.age }) / Double(own.count)
      #expect(abs((try explore.number(people + "mean_age") ?? 0) - mean) < 1e-9, "\(path)")
    }
    for view in ["AP", "PA"] {
      let own = all.filter { $0.view == view }
      #expect(try explore.count("views/\(view)/images") == own.count)
      for label in labels {
        #expect(
          try explore.count("views/\(view)/labels/\(label)") == films(with: label, own),
          "\(view) \(label)")
      }
    }
    #expect(try explore.count("augmented_training_images") == augmentedCount)
    #expect(try members("image_sizes") == ["128x128": all.count])
    try expectWeights(explore.list("class_weights"))
  }

  private func expectWeights(_ stated: [JSONTree]) throws {
    #expect(try stated.map { try $0.text("label") } == labels)
    for (label, stated) in zip(labels, stated) {
      let own = weights(label)
      #expect(abs((try stated.number("negative") ?? 0) - own.negative) < 1e-12, "\(label)")
      #expect(abs((try stated.number("positive") ?? 0) - own.positive) < 1e-12, "\(label)")
    }
  }

  /// A run records the same films, parts and weights, and so does its checkpoint.
  @Test(arguments: ComparedModels.names) func theRunIsOfTheLabelFile(_ run: String) throws {
    let record = try set.json(run + "/run.json")
    #expect(try record.texts("labels") == labels)
    for part in Self.parts {
      let (own, path) = (set.films(of: part), "split/" + part.rawValue)
      #expect(try record.count(path + "/images") == own.count)
      #expect(try record.count(path + "/patients") == Set(own.map(\.patient)).count)
      #expect(
        try record.text(path + "/patients_sha256") == explore.text(path + "/patients_sha256"))
    }
    let train = set.films(of: .train)
    #expect(try record.count("films/training") == train.count)
    #expect(try record.count("films/validation") == set.films(of: .validation).count)
    #expect(try record.count("films/augmented_copies") == augmentedCount - train.count)
    try expectWeights(record.list("class_weights"))
    try expectWeights(set.checkpoint(run).list("class_weights"))
    for key in ["mean", "standard_deviation"] {
      let stated = try #require(try record.number(key))
      #expect(try explore.number("training_pixels/" + key) == stated, "\(run) \(key)")
      #expect(try set.checkpoint(run).number("image/" + key) == stated, "\(run) \(key)")
    }
  }

  @Test func everyTableOfThePageIsTheDocument() throws {
    let page = try set.page("explore")
    let (images, people) = (try explore.count("images"), try explore.count("patients"))
    #expect(page.title == "What labels.csv holds")
    #expect(Shown.numbers(in: page.lead) == ["\(images)", "\(people)", "\(labels.count)"])
    let names = Self.parts.map(\.rawValue)
    let sizes = try names.map { try explore.count("split/\($0)/images") }
    func percent(_ count: Int, _ total: Int, _ digits: Int = 1) -> String {
      Shown.number(100 * Double(count) / Double(total), digits)
    }
    var expected: [(heading: String, cells: TextTable)] = []
    expected.append(
      (
        "The split",
        TextTable(
          header: ["part", "films", "patients", "share of films"],
          rows: try zip(names, sizes).map { name, size in
            [
              name, "\(size)", "\(try explore.count("split/\(name)/patients"))",
              percent(size, images) + " %",
            ]
          })
      ))
    let weights = try explore.list("class_weights")
    let order = try ordered()
    expected.append(
      (
        "Class weights",
        TextTable(
          header: ["finding", "films", "percent"] + names + ["weight −", "weight +"],
          rows: try order.map { label in
            let place = try #require(labels.firstIndex(of: label))
            try #require(weights.indices.contains(place))
            let films = try explore.count("labels/" + label)
            return [label, "\(films)", percent(films, images, 2)]
              + (try names.map { "\(try explore.count("split/\($0)/labels/\(label)"))" })
              + (try ["negative", "positive"].map {
                Shown.number(try weights[place].number($0), 4)
              })
          })
      ))
    for (heading, key) in [("Age", "age"), ("Sex", "sex"), ("View", "view")] {
      let groups = try explore.at("split/train/demographics/" + key).keys
      expected.append(
        (
          heading,
          TextTable(
            header: ["films"] + names,
            rows: try groups.map { group in
              [group]
                + (try zip(names, sizes).map { name, size in
                  let films = try members("split/\(name)/demographics/\(key)")[group] ?? 0
                  return "\(films) (\(percent(films, size)) %)"
                })
            })
        ))
    }
    let views = try explore.at("views").members
    expected.append(
      (
        "Findings by view",
        TextTable(
          header: ["percent of films"]
            + (try views.map { "\($0.key) (\(try $0.value.count("images")))" }),
          rows: try labels.map { label in
            [label]
              + (try views.map { view in
                percent(try view.value.count("labels/" + label), try view.value.count("images"))
              })
          })
      ))
    let audit = try set.table("explore/audit.csv").records
    let kinds = Dictionary(grouping: audit) { [$0["severity"] ?? "", $0["problem"] ?? ""] }
    expected.append(
      (
        "What the audit found",
        TextTable(
          header: ["found", "severity", "films"],
          rows: kinds.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { kind, found in
            [
              (kind.last ?? "").components(separatedBy: "_").joined(separator: " "),
              kind.first ?? "", "\(found.count)",
            ]
          })
      ))
    // Those are counted anew by PatientTableTests.
    let patients = [
      "From the label file to the parts", "Who is in each part", "Who is in each part",
      "Who is in each part", "Findings that come together", "Findings that come together",
    ]
    #expect(page.tables.map(\.heading).filter(patients.contains) == patients)
    let others = page.tables.filter { !patients.contains($0.heading) }
    #expect(others.map(\.heading) == expected.map(\.heading))
    for (table, expected) in zip(others, expected) {
      #expect(table.cells == expected.cells, "\(expected.heading)")
    }
    for (kind, films) in try members("audit") where kind != "ok" {
      #expect(audit.filter { $0["problem"] == kind }.count == films, "\(kind)")
    }
    try expectWords(page, names)
  }

  /// The findings, the commonest first.
  private func ordered() throws -> [String] {
    let films = try labels.map { try explore.count("labels/" + $0) }
    try #require(Swift.Set(films).count == films.count)
    return zip(labels, films).sorted { $0.1 > $1.1 }.map(\.0)
  }

  private func expectWords(_ page: Page, _ names: [String]) throws {
    let ages = try names.map { name in
      "\(name) \(Shown.number(try explore.number("split/\(name)/demographics/mean_age"), 1))"
    }
    let age = try #require(page.tables(heading: "Age").first)
    #expect(age.caption == "In years. Mean: \(ages.joined(separator: ", ")).")
    let copies = try explore.count("augmented_training_images")
    let numbers = page.paragraphs.filter { $0.contains(/[0-9]/) }
      .filter { $0.contains("augmented copy") }.map { Shown.numbers(in: $0) }
    #expect(numbers == [["\(copies)"]])
    let audit = try set.table("explore/audit.csv").records
    for film in page.films {
      let own = set.films.first { $0.name == film.detail }
      let problem = film.caption.split(separator: " ").joined(separator: "_")
      let isSo =
        labels.contains(film.caption)
        ? own?.findings.contains(film.caption) == true
        : film.caption == "No Finding"
          ? own?.findings.isEmpty == true
          : audit.contains { $0["image"] == film.detail && $0["problem"] == problem }
      #expect(isSo, "\(film.caption) \(film.detail)")
    }
    let shown = page.films.map(\.caption)
    #expect(labels.allSatisfy(shown.contains) && shown.contains("No Finding"))
    #expect(shown.contains("duplicate pixels"))
    let output = try set.output("explore").output
    let lines = output.split(separator: "\n").map(String.init)
    for (name, line) in zip(names, lines) {
      #expect(line.hasPrefix(name + ":"))
      #expect(
        Shown.numbers(in: line)
          == [
            "\(try explore.count("split/\(name)/images"))",
            "\(try explore.count("split/\(name)/patients"))",
          ])
    }
    #expect(output.contains("with augmented copies \(copies) training images"))
  }

  @Test func thePicturesAreTheDocument() throws {
    let images = try explore.count("images")
    let order = try ordered()
    let names = Self.parts.map(\.rawValue)
    func percent(_ count: Int, _ total: Int) -> Double { 100 * Double(count) / Double(total) }
    func curve(_ picture: String, _ number: Int) throws -> [[String]] {
      try set.text("explore/plots/\(picture)-\(number).tsv").split(separator: "\n").map {
        $0.components(separatedBy: "\t")
      }
    }
    func expect(
      _ picture: String, _ categories: [String], _ series: [(title: String, values: [Double])],
      notes: [String] = []
    ) throws {
      let script = try set.text("explore/plots/\(picture).gp")
      let tics = categories.enumerated().map { "'\($0.element)' \($0.offset)" }
      #expect(script.contains("(\(tics.joined(separator: ", ")))"), "\(picture)")
      let titles = script.matches(of: /'([^']+\.tsv)' using [^\n]* title '([^']+)'/)
        .map { [$0.output.1, $0.output.2].map(String.init) }
      #expect(
        titles
          == series.enumerated().map { ["\(picture)-\($0.offset + 1).tsv", $0.element.title] },
        "\(picture)")
      for (number, own) in series.enumerated() {
        let rows = try curve(picture, number + 1)
        #expect(rows.map { Double($0.first ?? "") } == own.values, "\(picture) \(own.title)")
        #expect(
          rows.map { $0.dropFirst().first.flatMap { Double($0) }.map { Int($0.rounded()) } }
            == Array(categories.indices), "\(picture) \(own.title)")
        if !notes.isEmpty { #expect(rows.map(\.last) == notes, "\(picture)") }
      }
    }
    let counts = try order.map { try explore.count("labels/" + $0) }
    try expect(
      "label-counts", order, [("films", counts.map(Double.init))],
      notes: counts.map { "\($0) (\(Shown.number(percent($0, images), 1)) %)" })
    let perFilm = try explore.at("labels_per_image").keys.map {
      try explore.count("labels_per_image/" + $0)
    }
    try expect(
      "labels-per-image", perFilm.indices.map { $0 == 1 ? "1 label" : "\($0) labels" },
      [("films", perFilm.map(Double.init))],
      notes: perFilm.map { "\($0) (\(Shown.number(percent($0, images), 1)) %)" })
    try expect(
      "positives-negatives", order,
      [
        ("with the finding", counts.map { percent($0, images) }),
        ("without", counts.map { 100 - percent($0, images) }),
      ])
    try expect(
      "splits", order,
      try names.map { name in
        let size = try explore.count("split/\(name)/images")
        return (
          name, try order.map { percent(try explore.count("split/\(name)/labels/\($0)"), size) }
        )
      })
    let own = order.map(weights)
    for (number, values) in [(1, own.map(\.positive)), (2, own.map(\.negative))] {
      let drawn = try curve("class-weights", number).map { Double($0.first ?? "") ?? 0 }
      #expect(zip(drawn, values).allSatisfy { abs($0 - $1) < 1e-12 } && drawn.count == own.count)
    }
    let script = try set.text("explore/plots/class-weights.gp")
    #expect(script.contains(/'class-weights-1.tsv' using [^\n]* title 'film with the finding'/))
    #expect(script.contains(/'class-weights-2.tsv' using [^\n]* title 'film without'/))
    let page = try set.page("explore")
    let pictures = page.pictures.map(\.title)
    #expect(
      pictures == [
        "Patients by their number of films", "Films a label",
        "Share of films with and without each finding",
        "Films by number of labels", "Prevalence of each finding in the three parts",
        "Class weights of the training films",
      ])
    #expect(
      Shown.numbers(in: try #require(page.pictures.dropFirst().first).caption) == ["\(images)"])
  }
}
