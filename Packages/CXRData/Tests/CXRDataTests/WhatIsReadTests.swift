import CXRTestSupport
import Foundation
import Testing

@testable import CXRData

/// The tables of the page "What is read", form by form.
@Suite struct WhatIsReadTests {
  private func file(_ text: String) throws -> LabelFile {
    try LabelFile(contents: Array(text.utf8), path: "t.csv")
  }

  private static let nih =
    "Image Index,Finding Labels,Patient ID,Patient Age,Patient Gender,View Position\n"

  /// What stands for no value, wherever a value may stand.
  private static let markers = [
    "NaN", "N/A", "N.A.", "NA", "NULL", "None", "unknown", "-", "–", "?", "#N/A", "<NA>", "k.A.",
    "unbekannt", "#VALUE!", "#NV", "#REF!", "#NAME?", "#NUM!", "#DIV/0!", "#WERT!", "#BEZUG!",
    "#ZAHL!",
  ]

  @Test(arguments: markers) func whatSaysNothingIsUnknown(_ marker: String) throws {
    for text in [marker, marker.lowercased(), marker.uppercased(), " \(marker)\u{A0}"] {
      let cells = try file(Self.nih + "a,\(text),1,40,M,PA\nb,Mass,2,40,M,PA\n")
      let matrix = try LabelMatrix(cells, labels: ["Mass", "Edema"])
      #expect(matrix.unknowns(in: [0, 1]) == [1, 1], "\(text)")
      #expect(matrix.positives(in: [0, 1]) == [1, 0], "\(text)")
      #expect(cells.notes.map(\.problem) == [.unknownFindings], "\(text)")
      let columns = try LabelMatrix(
        file("Path,Patient ID,Mass\na,1,\(text)\nb,2,0\n"), labels: ["Mass"])
      #expect(columns.unknowns(in: [0, 1]) == [1], "\(text)")
      #expect(
        throws: DataError.rowsWithoutPatient(
          path: "t.csv", lines: [2], found: text.trimmingBlanks()), "\(text)"
      ) { try file(Self.nih + "a,Mass,\(text),40,M,PA\nb,Mass,2,40,M,PA\n") }
      let record = try #require(
        try file(Self.nih + "a,Mass,1,\(text),\(text),\(text)\n").records.first)
      #expect(record.age == nil && record.sex == nil && record.view == nil, "\(text)")
    }
  }

  /// Words that begin like these are names.
  @Test(arguments: ["Nano", "NAN1", "unknown mass", "n.a", "#1", "-1", "??"])
  func whatOnlyLooksLikeItIsAName(_ text: String) throws {
    #expect(try !file("Image Index,Finding Labels,Patient ID\na,x,\"p \(text)\"\n").records.isEmpty)
    #expect(!text.isMissingMarker)
  }

  @Test(arguments: [
    "Mass • Nodule", "Mass · Nodule", "Mass·Nodule", "Mass\tNodule", "Mass\r\nNodule",
    "Mass und Nodule", "Mass et Nodule", "Mass y Nodule", "Mass AND Nodule", "Mass – Nodule",
    "Mass — Nodule", "(Mass, Nodule)", "{Mass; Nodule}", "Mass , Nodule",
  ])
  func labelsParted(_ cell: String) throws {
    let file = try file("Image Index,Finding Labels,Patient ID\na,\"\(cell)\",1\nb,No Finding,2\n")
    #expect(file.records.first?.findings == ["Mass", "Nodule"])
    #expect(
      file.notes.map(\.problem)
        == [
          .otherSeparator(cell: cell, findings: ["Mass", "Nodule"])
        ])
  }

  @Test(arguments: ["No Finding", "no finding", "NO_FINDING", "No-Finding", "nofinding"])
  func noFindingInAnySpelling(_ cell: String) throws {
    let file = try file("Image Index,Finding Labels,Patient ID\na,\(cell),1\nb,Mass,2\n")
    #expect(file.records.first?.findings == [LabelSet.noFinding])
    #expect(file.notes.isEmpty)
    // A column of that name is no label, however it is spelled.
    let columns = try self.file("Path,Patient ID,\(cell),Mass\na,1,1,\nb,2,,1\n")
    #expect(columns.labelColumns == [LabelSet.noFinding, "Mass"])
  }

  @Test(arguments: [
    "image-index,finding-labels,patient-id", "IMAGE_INDEX,FINDING_LABELS,PATIENT_ID",
    " Image Index ,\u{200B}Finding Labels, Patient ID\u{A0}", "imageindex,findinglabels,patientid",
  ])
  func headersInAnotherSpelling(_ header: String) throws {
    let record = try #require(try file(header + "\na.png,Mass,7\n").records.first)
    #expect(record.name == "a.png" && record.findings == ["Mass"])
    #expect(record.patient.description == "7")
  }

  /// A decimal comma is one after semicolons and tabs only; a thousand may be meant by 1,024.
  @Test func decimalCommasOfAges() throws {
    let header = "Image Index;Finding Labels;Patient ID;Patient Age\n"
    for separator in [";", "\t"] {
      let text = header + "a;Mass;1;58,5\nb;Mass;2;6,0M\nc;Mass;3;1,024\n"
      let file = try file(text.replacing(";", with: separator))
      #expect(file.records.map { $0.age?.years } == [58.5, 0.5, nil])
      #expect(file.notes.map(\.problem) == [.unreadableAge("1,024")])
    }
    let commas = try file(
      "Image Index,Finding Labels,Patient ID,Patient Age\na,Mass,1,\"58,5\"\nb,Mass,2,58.5\n")
    #expect(commas.records.map { $0.age?.years } == [nil, 58.5])
  }

  /// Years, months of which twelve are one, weeks and days of which a year has 365.25.
  @Test func unitsOfAges() throws {
    #expect(PatientAge("058y")?.years == 58 && PatientAge("018M")?.years == 1.5)
    let weeks = try #require(PatientAge("026W")).years
    let days = try #require(PatientAge("182D")).years
    #expect(abs(weeks - 26 * 7 / 365.25) < 1e-12 && abs(days - 182 / 365.25) < 1e-12)
    #expect(PatientAge("nan") == nil && PatientAge("1e999") == nil && PatientAge("58 Z") == nil)
  }

  /// Ages over a hundred years are kept and listed; a hundred is an age.
  @Test func agesOverAHundredYearsAreListed() throws {
    let file = try file(
      Self.nih + "a,Mass,1,100,M,PA\nb,Mass,2,100.5,M,PA\nc,Mass,3,412,M,PA\nd,Mass,4,1201M,M,PA\n"
    )
    #expect(file.records.map { $0.age?.years } == [100, 100.5, 412, 1201.0 / 12])
    #expect(file.notes.map(\.line) == [3, 4, 5])
    #expect(
      file.notes.map(\.problem.kind) == ["implausible_age", "implausible_age", "implausible_age"])
  }

  /// Compressed files and others are named, each with what makes a table of it.
  @Test(
    arguments: [
      ([0x42, 0x5A, 0x68, 0x39, 0x00], "a bzip2 file", "bunzip2 -k t.csv"),
      ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "an xz file", "xz -dk t.csv"),
      ([0x28, 0xB5, 0x2F, 0xFD, 0x00], "a Zstandard file", "zstd -d t.csv"),
      ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "a 7-Zip archive", "7z x t.csv"),
      (Array("%PDF-1.7\n".utf8), "a PDF", "CSV UTF-8"),
      ([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A], "an HDF5 file", "CSV UTF-8"),
      ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], "a NumPy file", "CSV UTF-8"),
      (Array("<?xml version=\"1.0\"?>".utf8), "an HTML page", "download the file itself"),
      (Array("Image Index,F\u{0},P\n".utf8), "a file with zero bytes", "CSV UTF-8"),
    ] as [([UInt8], String, String)])
  func otherFilesAreNamed(bytes: [UInt8], name: String, remedy: String) throws {
    let error = #expect(throws: DataError.self) {
      try LabelFile(contents: bytes, path: "t.csv")
    }
    let text = try #require(error).description
    #expect(text.hasPrefix("t.csv: this is \(name), no table of text; "), "\(text)")
    #expect(text.contains(remedy), "\(text)")
  }

  /// `="3"`, as spreadsheets keep texts, and blanks around quotes.
  @Test func whatSpreadsheetsWriteAroundValues() throws {
    let record = try #require(
      try file(
        "Image Index,Finding Labels,Patient ID\n\"=\"\"a.png\"\"\", \"Mass|Edema\" ,\"=\"\"003\"\"\"\n"
      ).records.first)
    #expect(record.name == "a.png" && record.findings == ["Mass", "Edema"])
    #expect(record.patient.description == "3")
  }

  /// Rows that agree are one film, which is said of each further row; contradictions in the follow-up number too are refused.
  @Test func rowsOfAFilmAreJoinedWhereTheyAgree() throws {
    let header = "Image Index,Finding Labels,Follow-up #,Patient ID,View Position\n"
    let joined = try file(header + "a,Mass,1,1,\na,Mass,,1,PA\nb,Mass,0,2,AP\n")
    #expect(joined.records.map(\.view) == ["PA", "AP"] && joined.rowCount == 3)
    #expect(joined.records.map(\.followUp) == [1, 0])
    #expect(
      throws: DataError.contradictoryRows(
        path: "t.csv", line: 3, film: "a", column: "follow-up number", found: "2", otherLine: 2,
        other: "1")
    ) { try file(header + "a,Mass,1,1,PA\na,Mass,2,1,PA\n") }
  }

  /// A film is a file that ends as one or begins as DICOM does; names of folders and archives are none.
  @Test func whatIsAFilmInAFolder() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path + "/deep/x.png", withIntermediateDirectories: true)
    let dicom = Data(repeating: 0, count: 128) + Data("DICM".utf8)
    for (name, bytes) in [
      ("a.PNG", Data([1])), ("b.Jpg", Data([1])), ("c.jpeg", Data([1])), ("d.dcm", Data([1])),
      ("e.DICOM", Data([1])), ("deep/f.bin", dicom), ("1.2.3", dicom), ("g.txt", Data([1])),
      ("h.png.zip", Data([1])), ("i", Data([1])), ("j.bin", dicom.dropLast()),
      ("$RECYCLE.BIN/k.png", Data([1])), ("$RECYCLE.BIN/deep/n.png", Data([1])),
      ("$RECYCLE.BIN/o.txt", Data([1])), ("lost+found/l.png", Data([1])),
      ("System Volume Information/m.png", Data([1])), (".DS_Store", Data([1])),
    ] {
      try folder.write(Array(bytes), to: name)
    }
    let films = try FilmFolder(path: folder.path, names: ["g.txt", "z.png"])
    #expect(
      films.unlisted == ["1.2.3", "a.PNG", "b.Jpg", "c.jpeg", "d.dcm", "deep/f.bin", "e.DICOM"])
    #expect(films.missing == ["z.png"] && films.path(of: "g.txt") == folder.path + "/g.txt")
    #expect(films.leftOutCount == 4)
  }

  /// Up to ten lines without a patient are listed, and how many more there are.
  @Test(arguments: [1, 10, 11, 25]) func linesWithoutAPatientAreListed(count: Int) throws {
    let rows = (0..<count).map { "\($0).png,Mass,\n" }.joined()
    let error = #expect(throws: DataError.self) {
      try file("Image Index,Finding Labels,Patient ID\nz.png,Mass,1\n" + rows)
    }
    let lines = (3..<3 + min(10, count)).map { "\($0)" }.joined(separator: ", ")
    #expect(
      try #require(error).description.hasPrefix(
        "t.csv: line\(count == 1 ? "" : "s") \(lines)"
          + (count > 10 ? " and \(count - 10) more: " : ": ") + "a blank is no valid Patient ID"))
  }

  /// Two numbers of one patient in names of NIH's form; other names say nothing.
  @Test func namesThatSayAPatient() throws {
    func kinds(_ name: String) throws -> [String] {
      try file("Image Index,Finding Labels,Patient ID\n\(name),Mass,13\n").notes.map(\.problem.kind)
    }
    #expect(try kinds("00000013_005.png") == [])
    #expect(try kinds("00000031_005.png") == ["name_of_other_patient"])
    for name in ["0000031_005.png", "00000031-005.png", "00000031_05.png", "00000031_0055.png"] {
      #expect(try kinds(name) == [], "\(name)")
    }
  }

  /// The fewest changes of a letter, and no more than a third of the letters.
  @Test func theNearestName() {
    let names = ["Mass", "Nodule", "Effusion", "Edema"]
    #expect(LabelSet.nearest(to: "Efusion", among: names) == "Effusion")
    #expect(LabelSet.nearest(to: "Nodul", among: names) == "Nodule")
    #expect(LabelSet.nearest(to: "Masses", among: names) == "Mass")
    #expect(LabelSet.nearest(to: "Mazz", among: names) == nil)
    #expect(LabelSet.nearest(to: "Emeda", among: names + ["Emed"]) == "Emed")
    #expect(LabelSet.nearest(to: "Fracture", among: names) == nil)
  }

  /// What can be done about an error, as a program says it.
  @Test func errorsKnowTheirRemedies() throws {
    let sources: [Remedy] = [.nameTableOfPatients, .takeEachFilmForAPatient]
    let missing = #expect(throws: DataError.self) {
      try file("Image Index,Finding Labels\na,Mass\n")
    }
    #expect(missing?.remedies == sources)
    #expect(DataError.noPatients(path: "t.csv", collection: "x").remedies == sources)
    #expect(
      DataError.strangersInList(path: "l", line: 1, names: ["a"], count: 1).remedies
        == [.allowUnknownFilms])
    let padChest = #expect(throws: DataError.self) {
      try file("ImageID,PatientID,Labels\na,1,[]\n")
    }
    #expect(padChest?.remedies == [.readAs(collection: "padchest")])
    let empty = [Remedy(option: "skipEmptyLabels"), Remedy(option: "labels")]
    #expect(DataError.labelsWithoutPositives(["Hernia"]).remedies == empty)
    #expect(DataError.labelsWithoutNegatives(["Hernia"]).remedies == empty)
    // Without a source of patients the films of one would come into training and test alike.
    let alone = try LabelFile(
      contents: Array("Image Index,Finding Labels\na,Mass\nb,Mass\n".utf8), path: "t.csv",
      patients: .eachFilm)
    #expect(alone.patients.map(\.description) == ["a", "b"] && alone.patientSource == .eachFilm)
  }

  /// Who votes how, in the words that every page has.
  @Test func votesInWords() {
    #expect(
      CollectionDescription.Votes.majority.words == "more than half of a film's readers name it")
    #expect(CollectionDescription.Votes.any.words == "one of a film's readers names it")
    #expect(CollectionDescription.Votes.all.words == "all of a film's readers name it")
    for (votes, enough) in [
      (CollectionDescription.Votes.majority, [false, false, false, true, true]),
      (.any, [false, true, true, true, true]), (.all, [false, false, false, false, true]),
    ] { #expect((0...4).map { votes.areEnough($0, of: 4) } == enough, "\(votes)") }
  }
}
