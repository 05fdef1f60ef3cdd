import Foundation
import Testing

/// Who is in each part, where films go, how many films patients have and which findings come together, counted anew from the
/// label file.
@Suite(.serialized) struct PatientTableTests {
  private let set: ComparedModels
  private let explore: JSONTree
  private var labels: [String] { ComparedModels.labels }
  private static let parts = ["all", "train", "validation", "test"]

  init() throws {
    set = try ComparedModels.shared.get()
    explore = try set.json("explore/explore.json")
  }

  /// What a line of `characteristics.csv` should say, its numbers as texts or numbers.
  private struct Line {
    var count: Int
    var of: Int?
    var values: [Double]?
  }

  private func films(of part: String) -> [ComparedModels.Film] {
    set.films.filter { part == "all" || $0.part.rawValue == part }
  }

  private func patients(_ films: [ComparedModels.Film]) -> [[ComparedModels.Film]] {
    Dictionary(grouping: films, by: \.patient).values.map { $0.sorted { $0.name < $1.name } }
  }

  private func expected(_ kind: String, _ name: String, _ part: String) -> Line? {
    let films = films(of: part)
    let patients = patients(films)
    switch kind {
    case "patients": return Line(count: patients.count)
    case "images": return Line(count: films.count)
    case "images_per_patient":
      return Line(count: patients.count, values: patients.map { Double($0.count) })
    case "age":
      let ages = patients.compactMap(\.first).map { Double($0.age) }
      return Line(count: patients.count, values: ages)
    case "age_unknown", "sex_unknown": return Line(count: 0, of: patients.count)
    case "sex":
      return Line(count: patients.filter { $0.first?.sex == name }.count, of: patients.count)
    case "view": return Line(count: films.filter { $0.view == name }.count, of: films.count)
    case "label":
      return Line(count: films.filter { $0.findings.contains(name) }.count, of: films.count)
    case "label_of_patients":
      return Line(
        count: patients.filter { $0.contains { $0.findings.contains(name) } }.count,
        of: patients.count)
    default: return nil
    }
  }

  /// Mean, deviation, quartiles and largest.
  private func summary(_ values: [Double]) -> [Double] {
    let (sorted, n) = (values.sorted(), Double(values.count))
    let mean = values.reduce(0, +) / n
    let squares = values.map { $0 * $0 }.reduce(0, +)
    let deviation = ((squares - n * mean * mean) / (n - 1)).squareRoot()
    let quartiles = [1, 2, 3].map { quarter -> Double in
      let (whole, rest) = (quarter * (values.count - 1)).quotientAndRemainder(dividingBy: 4)
      let above = sorted[min(whole + 1, values.count - 1)]
      return (sorted[whole] * Double(4 - rest) + above * Double(rest)) / 4
    }
    return [mean, deviation] + quartiles + [sorted[values.count - 1]]
  }

  private func difference(_ own: Line, _ train: Line) -> Double? {
    if let own = own.values.map(summary), let train = train.values.map(summary) {
      return (own[0] - train[0]) / ((own[1] * own[1] + train[1] * train[1]) / 2).squareRoot()
    }
    guard let n = own.of, let m = train.of else { return nil }
    let (p, q) = (Double(own.count) / Double(n), Double(train.count) / Double(m))
    let variance = (p - p * p + q - q * q) / 2
    return variance > 0 ? (p - q) / variance.squareRoot() : nil
  }

  private var kinds: [(kind: String, name: String)] {
    func named(_ kind: String, _ names: [String]) -> [(kind: String, name: String)] {
      names.map { (kind: kind, name: $0) }
    }
    var kinds: [(kind: String, name: String)] = []
    for kind in ["patients", "images", "images_per_patient", "age", "age_unknown"] {
      kinds += named(kind, [""])
    }
    kinds += named("sex", Swift.Set(set.films.map(\.sex)).sorted())
    kinds += named("sex_unknown", [""])
    kinds += named("view", Swift.Set(set.films.map(\.view)).sorted() + ["unknown"])
    kinds += named("label", labels)
    kinds += named("label_of_patients", labels)
    return kinds
  }

  @Test func everyLineIsCountedAnew() throws {
    let table = try set.table("explore/characteristics.csv")
    let found = table.records
    let document = try explore.list("characteristics")
    #expect(document.count == kinds.count && found.count == 4 * kinds.count)
    let names = [
      "mean", "standard_deviation", "lower_quartile", "median", "upper_quartile", "most",
    ]
    for (place, row) in kinds.enumerated() {
      try #require(document.indices.contains(place))
      let stated = document[place]
      #expect(try stated.text("kind") == row.kind && stated.text("name") == row.name)
      #expect(stated.keys == ["kind", "name"] + Self.parts)
      let train = try #require(expected(row.kind, row.name, "train"))
      for (column, part) in Self.parts.enumerated() {
        let line = found[4 * place + column]
        let own = try #require(expected(row.kind, row.name, part))
        let here = "\(row.kind) \(row.name) \(part)"
        #expect(
          [line["kind"], line["name"], line["part"]] == [row.kind, row.name, part], "\(here)")
        #expect(line["count"] == "\(own.count)", "\(here)")
        #expect(line["of"] == own.of.map { "\($0)" } ?? "", "\(here)")
        let cell = try stated.at(part)
        #expect(try cell.count("count") == own.count, "\(here)")
        if let of = own.of { #expect(try cell.count("of") == of, "\(here)") }
        if let values = own.values {
          for (name, value) in zip(names, summary(values)) {
            let number = try #require(Double(line[name] ?? ""), "\(here) \(name)")
            #expect(abs(number - value) < 1e-9, "\(here) \(name)")
            #expect(try cell.number(name) == number, "\(here) \(name)")
          }
        } else {
          #expect(names.allSatisfy { line[$0] == "" }, "\(here)")
        }
        let isCompared = part == "validation" || part == "test"
        let far = isCompared ? difference(own, train) : nil
        let number = Double(line["difference"] ?? "")
        #expect((number == nil) == (far == nil), "\(here)")
        if let number, let far { #expect(abs(number - far) < 1e-9, "\(here)") }
        #expect(cell.keys.contains("difference") == isCompared, "\(here)")
        if isCompared { #expect(try cell.number("difference") == number, "\(here)") }
      }
    }
  }

  @Test func thePageSaysTheSame() throws {
    let tables = try set.page("explore").tables(heading: "Who is in each part")
    try #require(tables.count == 3)
    func percent(_ line: Line) -> String {
      let share = line.of.map { 100 * Double(line.count) / Double($0) }
      return share.map { "\(line.count) (\(Shown.number($0, 1)) %)" } ?? "\(line.count)"
    }
    let films = try labels.map { try explore.count("labels/" + $0) }
    let ordered = zip(labels, films).sorted { $0.1 > $1.1 }.map(\.0)
    for (table, kind) in zip(tables.dropFirst(), ["label", "label_of_patients"]) {
      #expect(table.cells.rows.map(\.first) == ordered)
      for row in table.cells.rows {
        let train = try #require(expected(kind, row[0], "train"))
        for (part, cell) in zip(Self.parts, row.dropFirst()) {
          #expect(cell == percent(try #require(expected(kind, row[0], part))), "\(row[0]) \(part)")
        }
        for (part, cell) in zip(["validation", "test"], row.suffix(2)) {
          let far = difference(try #require(expected(kind, row[0], part)), train)
          let mark = abs(far ?? 0) > 0.1 ? "* " : ""
          #expect(
            cell == mark + Shown.number(far, 3).replacing(/^-0.000$/, with: "0.000"),
            "\(row[0]) \(part)")
        }
      }
    }
    let first = tables[0].cells
    #expect(
      first.rows.map { $0[0] } == [
        "patients", "films", "films a patient, mean ± SD", "films a patient, median (quartiles)",
        "films a patient, most", "age, mean ± SD", "age, median (quartiles)", "age, most",
        "age unknown", "sex F", "sex M", "sex unknown", "view AP", "view PA", "view unknown",
      ])
    for (column, part) in Self.parts.enumerated() {
      for (place, kind, name) in [
        (0, "patients", ""), (1, "images", ""), (9, "sex", "F"), (10, "sex", "M"),
        (12, "view", "AP"),
        (13, "view", "PA"),
      ] {
        let cell = percent(try #require(expected(kind, name, part)))
        #expect(first.rows[place][column + 1] == cell, "\(part) \(kind)")
      }
      let ages = summary(try #require(expected("age", "", part)?.values))
      #expect(
        first.rows[5][column + 1] == "\(Shown.number(ages[0], 1)) ± \(Shown.number(ages[1], 1))")
      #expect(first.rows[7][column + 1] == Shown.number(ages[5], 0))
    }
  }

  @Test func findingsThatComeTogether() throws {
    func count(_ one: String, _ other: String) -> Int {
      set.films.filter { $0.findings.isSuperset(of: [one, other]) }.count
    }
    let table = try set.table("explore/co_occurrence.csv")
    #expect(table.header == ["label", "other", "images", "of", "share"])
    let pairs = labels.flatMap { one in labels.map { (one, $0) } }
    #expect(table.rows.map { [$0[0], $0[1]] } == pairs.map { [$0.0, $0.1] })
    for (row, pair) in zip(table.rows, pairs) {
      let (both, own) = (count(pair.0, pair.1), count(pair.0, pair.0))
      #expect(row[2] == "\(both)" && row[3] == "\(own)", "\(pair)")
      #expect(Double(row[4]) == Double(both) / Double(own), "\(pair)")
      #expect(try explore.count("co_occurrence/\(pair.0)/\(pair.1)") == both, "\(pair)")
    }
    let shown = try set.page("explore").tables(heading: "Findings that come together")
    try #require(shown.count == 2)
    let names = shown[0].cells.rows.map { String($0[0].split(separator: " ")[1]) }
    #expect(Swift.Set(names) == Swift.Set(labels))
    #expect(
      shown[0].cells.rows.map { Array($0.dropFirst()) }
        == names.map { one in names.map { "\(count(one, $0))" } })
    #expect(
      shown[1].cells.rows.map { Array($0.dropFirst()) }
        == names.map { one in
          names.map { Shown.number(100 * Double(count(one, $0)) / Double(count(one, one)), 0) }
        })
  }

  @Test func whereFilmsGoAndHowManyPatientsHave() throws {
    let steps = try explore.list("flow")
    let all = patients(set.films)
    #expect(
      try steps.map { try [$0.text("step"), $0.text("part")] } == [
        ["rows", nil], ["images", nil], ["part", "train"], ["part_usable", "train"],
        ["part", "validation"], ["part_usable", "validation"], ["part", "test"],
        ["part_usable", "test"],
      ])
    #expect(try steps[0].count("rows") == set.films.count)
    for step in steps.dropFirst() {
      let part = try step.text("part") ?? "all"
      #expect(try step.count("images") == films(of: part).count, "\(part)")
      #expect(try step.count("patients") == patients(films(of: part)).count, "\(part)")
    }
    let shown = try #require(
      set.page("explore").tables(heading: "From the label file to the parts").first)
    #expect(
      try shown.cells.rows.map { $0.dropFirst().map { Double($0) } }
        == steps.filter { try $0.text("step") != "part_usable" }.map { step in
          try ["rows", "images", "patients"].map { try step.number($0) }
        })
    var bands: [(String, ClosedRange<Int>)] = (1...5).map { ("\($0)", $0...$0) }
    bands += [("6-10", 6...10), ("11-20", 11...20), ("21-", 21...9_999)]
    #expect(try explore.at("films_per_patient").keys == bands.map(\.0))
    let drawn = try set.text("explore/plots/films-per-patient-1.tsv").split(separator: "\n")
    try #require(drawn.count == bands.count)
    for (line, band) in zip(drawn, bands) {
      let own = all.filter { band.1.contains($0.count) }
      let films = own.map(\.count).reduce(0, +)
      #expect(try explore.count("films_per_patient/\(band.0)/patients") == own.count, "\(band)")
      #expect(try explore.count("films_per_patient/\(band.0)/images") == films, "\(band)")
      let share = Shown.number(100 * Double(films) / Double(set.films.count), 1)
      #expect(line.hasSuffix("\t\(own.count): \(share) % of films"), "\(band)")
    }
  }
}
