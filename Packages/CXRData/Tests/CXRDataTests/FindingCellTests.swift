import Testing

@testable import CXRData

/// Cells of findings, however they are parted, and names that are almost labels.
@Suite struct FindingCellTests {
  private func file(_ cells: [String], vocabulary: [String] = [], renames: [String: String] = [:])
    throws -> LabelFile
  {
    let rows = cells.enumerated().map {
      "\($0).png,\"\($1.replacing("\"", with: "\"\""))\",\($0)\n"
    }
    return try LabelFile(
      contents: Array(("Image Index,Finding Labels,Patient ID\n" + rows.joined()).utf8),
      path: "t.csv", vocabulary: vocabulary, renames: renames)
  }

  @Test(arguments: [
    "Mass|Nodule", " Mass | Nodule\u{A0}", "Mass\u{200B}|\u{FEFF}Nodule", "Mass, Nodule",
    "Mass;Nodule",
    "Mass/Nodule", "Mass & Nodule", "Mass + Nodule", "Mass\nNodule", "Mass Nodule",
    "['Mass','Nodule']", "[\"Mass\", \"Nodule\"]", "[Mass, Nodule]", "'Mass', 'Nodule'",
    "Mass, Nodule,", "['Mass' 'Nodule']", "['Mass'\n 'Nodule']", "{'Mass', 'Nodule'}",
    "{Mass,Nodule}",
    "('Mass', 'Nodule')", "[\"Mass\"|\"Nodule\"]", "Mass\\Nodule", "Mass，Nodule", "Mass｜Nodule",
    "Mass and Nodule", "Mass - Nodule", "Mass#Nodule", "Mass \u{200D}, Nodule",
  ])
  func splitsWhereItIsCertain(cell: String) throws {
    let file = try file([cell, "No Finding"])
    #expect(file.records.first?.findings == ["Mass", "Nodule"])
    let isSaid = file.notes.contains { $0.problem.kind == "other_separators" && $0.line == 2 }
    let partedByBars = cell.contains("|") && !cell.hasPrefix("[")
    #expect(isSaid != partedByBars)
    let matrix = try LabelMatrix(file, labels: ["Mass", "Nodule", "Edema"])
    #expect(matrix.row(0) == [1, 1, 0] && matrix.row(1) == [0, 0, 0])
    #expect(matrix.otherLabels.isEmpty)
  }

  @Test func refusesALabelBesideWhatIsNone() throws {
    for cell in [
      "Mass, Tumour", "Tumour/Mass", "mass; Tumour", "[Mass, Tumour]", "Mass (left)", "Mass?",
      "Mass. Nodule",
      "Mass:Nodule", "Mass–Nodule", "Mass-Nodule", "Mass with Nodule", "(left) Mass",
    ] {
      let error = #expect(throws: DataError.self, "\(cell)") { try file(["Edema", cell]) }
      guard case .unseparatedFindings(_, 3, cell, "Mass") = error else {
        Issue.record("\(cell): \(String(describing: error))")
        continue
      }
    }
    #expect(throws: DataError.self) { try file(["5"]) }
    #expect(
      throws: DataError.unseparatedFindings(
        path: "t.csv", line: 3, found: "Mass, Tumour", label: "Mass")
    ) { try file(["Edema", "Mass, Tumour"]) }
    // What the message says to do is read.
    #expect(try file(["Edema", "Mass|Tumour"]).records.last?.findings == ["Mass", "Tumour"])
  }

  @Test func keepsNamesThatAreOne() throws {
    let file = try file(
      [
        "Nodule/Mass", "Fracture, old", "Mycoplasma Bacterial Pneumonia", "Pleural Effusion", "[]",
        "no_finding",
      ],
      vocabulary: ["Nodule/Mass"])
    #expect(
      file.records.map(\.findings) == [
        ["Nodule/Mass"], ["Fracture, old"], ["Mycoplasma Bacterial Pneumonia"],
        ["Pleural Effusion"], [], ["No Finding"],
      ])
  }

  @Test func ownLabelsAreKnownToo() throws {
    let records = try file(["Fracture", "Old", "Fracture; Old"]).records
    #expect(records.last?.findings == ["Fracture", "Old"])
    // Labels that the file could not know are found when they are asked for.
    let alone = try file(["Fracture, Old"])
    #expect(
      throws: DataError.unseparatedFindings(
        path: "t.csv", line: 2, found: "Fracture, Old", label: "Fracture")
    ) { try LabelMatrix(alone, labels: ["Fracture", "Old"], vocabulary: ["Fracture", "Old"]) }
  }

  @Test func namesAlmostLabels() throws {
    for name in ["mass", "MASS", "Mass_", "M ass"] {
      let file = try file(["Edema", name])
      #expect(
        throws: DataError.nearNames(path: "t.csv", [.init(line: 3, found: name, label: "Mass")])
      ) {
        try LabelMatrix(file, labels: ["Edema", "Mass"])
      }
      let renamed = try self.file(["Edema", name], renames: [name: "Mass"])
      #expect(try LabelMatrix(renamed, labels: ["Edema", "Mass"]).row(1) == [0, 1])
    }
    let file = try file(["Pleural Thickening"])
    let error = #expect(throws: DataError.self) { try LabelMatrix(file, labels: LabelSet.nih14) }
    #expect(
      error?.remedies == [.renameLabel(from: "Pleural Thickening", to: "Pleural_Thickening")])
    // Asked for as the file spells it, it is no doubt.
    #expect(
      try LabelMatrix(file, labels: ["Pleural Thickening"]).positives(in: [0]) == [1])
  }

  @Test(arguments: ["nan", "NaN", "N/A", "NA", "NULL", "None", "-", "?"])
  func unknownCellsAreUnknown(cell: String) throws {
    let file = try file(["Mass", cell])
    let matrix = try LabelMatrix(file, labels: ["Mass", "Edema"])
    #expect(matrix.unknowns(in: [0, 1]) == [1, 1] && matrix.positives(in: [0, 1]) == [1, 0])
    #expect(matrix.otherLabels.isEmpty)
    #expect(file.notes.map(\.problem) == [.unknownFindings])
    #expect(throws: DataError.self) { try self.file(["Mass|\(cell)"]) }
  }

  @Test func namesAllThatAreAlmostLabelsAtOnce() throws {
    let error = #expect(throws: DataError.self) {
      try LabelMatrix(file(["mass, Nodule", "edema|HERNIA"]), labels: LabelSet.nih14)
    }
    #expect(
      error?.remedies == [
        .renameLabel(from: "mass", to: "Mass"), .renameLabel(from: "HERNIA", to: "Hernia"),
        .renameLabel(from: "edema", to: "Edema"),
      ])
  }

  @Test func renamesOnceAndNamesThoseThatAreUnused() throws {
    let swapped = try file(["A", "B", "A|B"], renames: ["A": "B", "B": "A", "C": "D"])
    #expect(swapped.records.map(\.findings) == [["B"], ["A"], ["B", "A"]])
    #expect(swapped.unusedRenames == ["C"])
    let listed = try file(
      ["['a' 'b']", "c d", "e, f"], renames: ["b": "Mass", "d": "x", "e": "y"])
    #expect(listed.unusedRenames.isEmpty && listed.records.first?.findings == ["a", "Mass"])
    let whole = try file(
      ["foo/bar", "None"], renames: ["foo/bar": "q", "q": "baz", "None": "No Finding"])
    #expect(whole.records.map(\.findings) == [["q"], ["No Finding"]])
  }

  @Test func longReportsAreReadInNoTime() throws {
    let report = String(repeating: "Mass and no ", count: 2000)
    let start = ContinuousClock.now
    #expect(throws: DataError.self) { try file([report]) }
    #expect(start.duration(to: .now) < .seconds(5))
  }
}
