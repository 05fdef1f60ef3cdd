import CXRData
import CXRTestSupport
import Testing

@testable import CXRFilms

/// From rows to the films of each part: every reason has its number, and the numbers add up.
@Suite struct FilmFlowTests {
  private static let problems = [
    ("b3", "missing", AuditProblem.Severity.error), ("h1", "missing", .error),
    ("a1", "near_constant", .error), ("a1", "too_dark", .warning), ("g1", "too_dark", .warning),
    ("h1", "near_constant", .error), ("strange", "without_row", .note),
  ].map { AuditProblem(image: $0.0, kind: $0.1, severity: $0.2, detail: "") }

  /// Fifteen rows of which each leaves for a reason of its own.
  private func clinic(_ folder: TemporaryFolder) throws -> FilmCollection {
    var collection = CollectionDescription(
      name: "hospital", film: "file", patient: .column("mrn"),
      findings: .names(column: "codes", separator: ";"))
    collection.labels = ["Mass", "Edema"]
    collection.keep = ["view": ["PA"]]
    collection.unusable = ["exclude"]
    var split = CollectionDescription.SplitColumn(
      column: "part", train: .texts(["train"]), validation: .texts(["val"]), test: .texts(["test"]))
    split.patientsInTwoParts = .leftOut
    collection.split = split
    let csv = try folder.write(
      """
      file,mrn,codes,view,part
      a1,1,Mass,PA,train
      a2,1,Edema,PA,train
      a2,1,Mass,PA,train
      b1,2,Mass,L,train
      b2,2,Mass,,train
      b3,2,Mass,PA,train
      c1,3,exclude,PA,train
      d1,4,Mass,PA,train
      d2,4,Mass,PA,test
      e1,5,Mass,PA,
      a3,1,Mass,PA,
      f1,6,Mass,PA,val
      g1,7,Edema,PA,test
      g2,7,Edema,PA,test
      h1,8,Mass,PA,test
      """, to: "labels.csv")
    var options = FilmCollection.Options(labelFile: csv)
    options.collection = collection
    return try FilmCollection(options)
  }

  private func step(
    _ kind: FilmFlow.Kind, _ part: String = "", _ reason: String = "", rows: Int? = nil,
    films: Int? = nil, patients: Int? = nil
  ) -> FilmFlow.Step {
    FilmFlow.Step(
      kind: kind, part: part, reason: reason, rows: rows, films: films, patients: patients)
  }

  @Test func everyReasonHasItsNumber() throws {
    let flow = FilmFlow(try clinic(TemporaryFolder()), problems: Self.problems)
    #expect(
      flow.steps == [
        step(.rows, rows: 15), step(.rowsLeftOut, "", "view: blank", rows: 1),
        step(.rowsLeftOut, "", "view: L", rows: 1), step(.furtherRows, rows: 1),
        step(.listed, films: 12), step(.unusable, "", "exclude", films: 1),
        step(.images, films: 11, patients: 7),
        step(.inNoPart, "", FilmFlow.unlisted, films: 2, patients: 1),
        step(.inNoPart, "", FilmFlow.ofTwoParts, films: 2, patients: 1),
        step(.part, "train", films: 3, patients: 2),
        step(.partLeftOut, "train", "missing", films: 1, patients: 1),
        step(.partLeftOut, "train", "near_constant", films: 1, patients: 0),
        step(.partUsable, "train", films: 1, patients: 1),
        step(.part, "validation", films: 1, patients: 1),
        step(.partUsable, "validation", films: 1, patients: 1),
        step(.part, "test", films: 3, patients: 2),
        step(.partLeftOut, "test", "missing", films: 1, patients: 1),
        step(.partUsable, "test", films: 2, patients: 1),
      ])
    expectSums(flow)
    #expect(
      flow.json.line.contains(
        "{\"step\": \"part_left_out\", \"part\": \"train\", \"reason\": \"missing\", \"rows\": null, \"images\": 1, "
          + "\"patients\": 1}"))
    #expect(
      flow.steps.map(\.words).prefix(9) == [
        "rows of the label file", "− left out by view: blank", "− left out by view: L",
        "− further rows of the same films", "films that these rows list",
        "− called unusable: exclude", "films explored here",
        "− in no part: the split does not name them",
        "− in no part: their patients have films in two parts",
      ])
  }

  /// What is taken off is what is missing in the end: rows, films and patients.
  private func expectSums(_ flow: FilmFlow, sourceLocation: SourceLocation = #_sourceLocation) {
    func sum(
      _ kinds: FilmFlow.Kind..., part: String = "", of value: (FilmFlow.Step) -> Int?
    ) -> Int {
      flow.steps.filter { kinds.contains($0.kind) && $0.part == part }
        .reduce(0) { $0 + (value($1) ?? 0) }
    }
    let unusable = sum(.unusable) { $0.films }
    #expect(
      sum(.rows) { $0.rows } - sum(.rowsLeftOut, .furtherRows) { $0.rows }
        == sum(.images) { $0.films } + unusable, sourceLocation: sourceLocation)
    let names = Subset.allCases.map(\.rawValue)
    for value in [{ $0.films }, { $0.patients }] as [(FilmFlow.Step) -> Int?] {
      #expect(
        sum(.images, of: value) - sum(.inNoPart, of: value)
          == names.reduce(0) { $0 + sum(.part, part: $1, of: value) },
        sourceLocation: sourceLocation)
      for name in names where flow.steps.contains(where: { $0.kind == .partUsable }) {
        #expect(
          sum(.part, part: name, of: value) - sum(.partLeftOut, part: name, of: value)
            == sum(.partUsable, part: name, of: value), sourceLocation: sourceLocation)
      }
    }
  }

  /// Without a folder nothing is said of films that cannot be used; a random split has every film in a part.
  @Test func aPlainLabelFile() throws {
    let files = try TemporaryFolder()
    let csv = try files.write(
      "Image Index,Finding Labels,Patient ID\n"
        + (0..<30).map { "f\($0).png,Mass,\($0 / 2)\n" }.joined(), to: "labels.csv")
    let exploration = try Exploration(FilmCollection.Options(labelFile: csv, labels: ["Mass"]))
    #expect(
      exploration.flow.steps.map(\.kind) == [.rows, .images, .part, .part, .part])
    #expect(exploration.flow.steps[1] == step(.images, films: 30, patients: 15))
    expectSums(exploration.flow)
    for key in ["flow", "characteristics", "films_per_patient", "co_occurrence"] {
      #expect(exploration.json.text.contains("\n  \"\(key)\": "))
    }
  }

  /// Films that an earlier audit leaves out, and those that are not there.
  @Test func whatAnEarlierAuditLeavesOut() throws {
    let files = try TemporaryFolder()
    let csv = try files.write(
      "Image Index,Finding Labels,Patient ID\n"
        + (0..<30).map { "f\($0).png,Mass,\($0 / 2)\n" }.joined(), to: "labels.csv")
    var options = FilmCollection.Options(labelFile: csv, labels: ["Mass"])
    options.exclude = try files.write(
      "image,problem,severity,detail\nf3.png,near_constant,error,x\nf4.png,small,warning,x\n",
      to: "audit.csv")
    let flow = FilmFlow(try FilmCollection(options), problems: [])
    let lost = flow.steps.filter { $0.kind == .partLeftOut }
    #expect(lost.map(\.reason) == [FilmFlow.excluded] && lost.map(\.films) == [1])
    #expect(lost.map(\.patients) == [0])
    expectSums(flow)
  }

  /// Of many values the commonest are listed, the others together.
  @Test func manyReasonsAreListedTogether() throws {
    let files = try TemporaryFolder()
    var collection = CollectionDescription(
      name: "hospital", film: "file", patient: .column("mrn"),
      findings: .names(column: "codes", separator: ";"))
    collection.labels = ["Mass"]
    collection.keep = ["view": ["PA"]]
    let kept = (0..<12).map { "k\($0),\($0),Mass,PA\n" }.joined()
    let others = (0..<15).map { "v\($0),1,Mass,view \(100 + $0)\n" }.joined()
    let csv = try files.write(
      "file,mrn,codes,view\n" + kept + others + "w,1,Mass,view 114\n", to: "labels.csv")
    var options = FilmCollection.Options(labelFile: csv)
    options.collection = collection
    let flow = FilmFlow(try FilmCollection(options), problems: [])
    #expect(flow.steps.count { $0.kind == .rowsLeftOut } == 15)
    let shown = flow.shownSteps.filter { $0.kind == .rowsLeftOut }
    #expect(shown.count == FilmFlow.mostReasons && shown.first?.reason == "view: view 114")
    #expect(shown.first?.rows == 2 && shown.last?.reason == "4 other reasons")
    #expect(shown.last?.rows == 4 && shown.compactMap(\.rows).reduce(0, +) == 16)
    expectSums(flow)
  }
}
