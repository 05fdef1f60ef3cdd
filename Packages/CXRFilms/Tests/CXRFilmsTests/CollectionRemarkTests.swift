@testable import CXRFilms
import CXRData
import CXRTestSupport
import Foundation
import Testing

extension TemporaryFolder {
  fileprivate func write(_ name: String, _ text: String) throws -> String {
    try write(text, to: name)
  }
}

/// What is left out, not known or joined is said, each with its own number, in the words of the page "Your data".
@Suite struct CollectionRemarkTests {
  private func hospital(
    _ findings: CollectionDescription.Findings = .names(column: "codes", separator: ";")
  ) -> CollectionDescription {
    var hospital = CollectionDescription(
      name: "hospital", film: "file", patient: .column("mrn"), findings: findings)
    hospital.labels = ["Mass", "Edema"]
    return hospital
  }

  private func films(
    _ csv: String, _ collection: CollectionDescription?, labels: [String]? = nil,
    _ change: (inout FilmCollection.Options) -> Void = { _ in }
  ) throws -> FilmCollection {
    var options = FilmCollection.Options(labelFile: csv, labels: labels)
    options.collection = collection
    options.dividesPatients = false
    change(&options)
    return try FilmCollection(options, tolerateMissing: true)
  }

  /// Rows and films by the reason for which they are left out, the commonest value first.
  @Test func whatIsLeftOutIsCountedByItsReason() throws {
    let files = try TemporaryFolder()
    var collection = hospital()
    collection.keep = ["view": ["PA"], "site": ["A"]]
    collection.unusable = ["exclude", "blurred"]
    let csv = try files.write(
      "labels.csv",
      """
      file,mrn,codes,view,site
      a,1,Mass,PA,A
      b,2,Mass,L,A
      c,3,Mass,AP,A
      d,4,Mass,AP,A
      e,5,Mass,,A
      f,6,Mass,PA,B
      g,7,exclude,PA,A
      h,8,Mass;blurred,PA,A
      i,9,blurred,PA,A
      """)
    let said = try films(csv, collection)
    #expect(
      said.leftOut == [
        "films left out that their findings call unusable: blurred 2, exclude 1",
        "rows left out by site: B 1", "rows left out by view: AP 2, blank 1, L 1",
      ])
    #expect(said.leftOut.allSatisfy(said.remarks.contains))
    #expect(said.file.records.map(\.name) == ["a"] && said.file.rowCount == 9)
  }

  /// Of more than twenty values the commonest twenty are listed.
  @Test(arguments: [20, 21]) func valuesLeftOutAreListed(values: Int) throws {
    let files = try TemporaryFolder()
    var collection = hospital()
    collection.keep = ["view": ["PA"]]
    let rows = (0..<values).map { "b\($0),2,Mass,\(Character(UnicodeScalar(UInt8(97 + $0))))\n" }
    let csv = try files.write(
      "labels.csv", "file,mrn,codes,view\na,1,Mass,PA\n" + rows.joined())
    let listed = (0..<20).map { "\(Character(UnicodeScalar(UInt8(97 + $0)))) 1" }
    #expect(
      try films(csv, collection).leftOut
        == ["rows left out by view: " + listed.joined(separator: ", ") + (values > 20 ? ", …" : "")]
    )
  }

  /// Studies, votes and blanks stand in the first line.
  @Test func howItWasReadIsSaid() throws {
    let files = try TemporaryFolder()
    let csv = try files.write(
      "labels.csv",
      "file,mrn,codes,exam,reader\na,1,Mass,x,R1\nb,1,Mass,x,R1\nc,1,Mass,y,R1\nd,2,Mass,y,R1\n")
    var collection = hospital()
    #expect(
      try films(csv, collection).remarks.first
        == "read as the collection hospital: blank counts as absent")
    collection.study = .column("exam")
    collection.readers = CollectionDescription.Readers(column: "reader", votes: .any)
    collection.blank = .unknown
    collection.sex = "gender"
    let said = try films(csv, collection).remarks
    #expect(
      said.first
        == "read as the collection hospital: 3 studies; a film has a finding where one of a film's readers names it; "
        + "blank counts as unknown")
    #expect(said.contains("columns that are described, but not there: gender"))
    // Without a description nothing is said of one.
    let plain = try files.write("plain.csv", "Image Index,Finding Labels,Patient ID\na,Mass,1\n")
    #expect(try films(plain, nil, labels: ["Mass"]).remarks == [])
  }

  /// A split of the files' own: patients in two parts, films in none, values that tell none.
  @Test func whatASplitLeavesOutIsSaid() throws {
    let files = try TemporaryFolder()
    var collection = hospital()
    collection.split = CollectionDescription.SplitColumn(
      column: "site", train: .texts(["A"]), validation: .texts(["B"]), test: .texts(["C"]))
    collection.split?.patientsInTwoParts = .leftOut
    let csv = try files.write(
      "labels.csv",
      """
      file,mrn,codes,site
      a,1,Mass,A
      b,2,Mass,B
      c,3,Mass,C
      d,4,Mass,A
      e,4,Mass,C
      f,4,Mass,C
      g,5,Mass,c
      h,6,Mass,D
      i,7,Mass,D
      j,8,Mass,
      """)
    let said = try films(csv, collection) { $0.dividesPatients = true }
    #expect(
      said.leftOut == [
        "1 patients have films in two parts, left out with all their films",
        "7 of 10 films are in no part",
      ])
    #expect(said.remarks.contains("values of site that tell no part: D (2 rows), c (1 rows)"))
    #expect(!said.remarks.contains { $0.hasPrefix("lists divide") })
    #expect(said.rows(of: nil).count == 10 && said.rows(of: .train) == [0])
    // Lists go before the column, which is said; films that a list does not name are in no part.
    let lists = try (
      train: files.write("train.txt", "a\nb\nx\n"), test: files.write("test.txt", "c\n")
    )
    let listed = try films(csv, collection) {
      $0.dividesPatients = true
      $0.lists = lists
      $0.allowsUnknownFilms = true
    }
    #expect(listed.remarks.contains("lists divide the films, and not site"))
    #expect(listed.remarks.contains("7 films are in neither list, not used"))
    #expect(listed.remarks.contains("1 films of the lists are not in the label file"))
    #expect(listed.leftOut == ["7 of 10 films are in no part"])
    #expect(throws: DataError.self) {
      try films(csv, collection) {
        $0.dividesPatients = true
        $0.lists = lists
      }
    }
  }

  /// Films that may have more findings than they name, and films of which nothing is known, are two numbers.
  @Test func whatIsNotKnownOfFilmsIsSaid() throws {
    let files = try TemporaryFolder()
    var collection = hospital()
    collection.unknown = ["unchanged", "as before"]
    collection.blank = .unknown
    let csv = try files.write(
      "labels.csv",
      "file,mrn,codes\na,1,Mass;unchanged\nb,2,as before\nc,3,\nd,4,Mass\ne,5,NaN\nf,6,Edema;as before\n"
    )
    let said = try films(csv, collection).remarks
    #expect(
      said.contains(
        "2 films may have findings that they do not name (unchanged, as before); these are left out of loss, weights and "
          + "metrics"), "\(said)")
    #expect(
      said.contains(
        "3 films of whose findings nothing is known are left out of loss, weights and metrics"),
      "\(said)")
    let plain = try files.write(
      "plain.csv", "Image Index,Finding Labels,Patient ID\na,Mass,1\nb,NaN,2\nc,N/A,3\n")
    #expect(
      try films(plain, nil, labels: ["Mass"]).remarks == [
        "2 films whose findings the file calls unknown (NaN, N/A or the like) are left out of loss, weights and metrics"
      ])
  }

  /// What uncertain findings count as, and how many there are of each label; unknown ones apart.
  @Test(arguments: [
    (UncertainPolicy.zeros, "count as absent", [2, 1]),
    (.ones, "count as present", [4, 2]),
    (.ignore, "are left out of loss, weights and metrics", [2, 1]),
  ])
  func uncertainFindingsAreCounted(
    policy: UncertainPolicy, words: String, positives: [Int]
  ) throws {
    let files = try TemporaryFolder()
    let csv = try files.write(
      "labels.csv",
      "Path,Patient ID,Mass,Edema,Nodule\na,1,1,-1,0\nb,2,-1,0,NaN\nc,3,-1,1,N/A\nd,4,1,0,1\ne,5,0,0,?\n"
    )
    let labels = ["Mass", "Edema", "Nodule", "Hernia"]
    let said = try films(csv, nil, labels: labels) { $0.uncertain = policy }
    #expect(
      said.remarks == [
        "labels without a column in the file, unknown on all films: Hernia",
        "uncertain findings \(words) (uncertain: \(policy.rawValue)): Mass 2, Edema 1",
        "findings that the file calls unknown are left out of loss, weights and metrics: Nodule 3",
      ])
    #expect(said.matrix.positives(in: [0, 1, 2, 3, 4]).prefix(2) == ArraySlice(positives))
    #expect(said.matrix.unknowns(in: [0, 1, 2, 3, 4])[3] == 5)
  }

  /// A label that no row has is absent; one that a collection never looked for is unknown.
  @Test func labelsThatNothingHasAreSaid() throws {
    let files = try TemporaryFolder()
    let plain = try files.write("plain.csv", "Image Index,Finding Labels,Patient ID\na,Mass,1\n")
    #expect(
      try films(plain, nil, labels: ["Mass", "Hernia", "Edema"]).remarks
        == ["labels that no row has: Hernia, Edema"])
    let csv = try files.write("labels.csv", "file,mrn,codes\na,1,Mass\nb,2,\n")
    let said = try films(csv, hospital(), labels: ["Mass", "Hernia", "Edema"])
    #expect(
      said.remarks.contains("labels that hospital says nothing of, unknown on all films: Hernia"))
    #expect(said.remarks.contains("labels that no row has: Edema"))
    #expect(said.matrix.unknowns(in: [0, 1]) == [0, 2, 0])
  }

  /// A name outside the set that holds a label's word, or is misspelled, is listed with the question whether it is that.
  @Test func namesOutsideTheSetAreAskedAbout() throws {
    let files = try TemporaryFolder()
    let csv = try files.write(
      "labels.csv",
      """
      Image Index,Finding Labels,Patient ID
      a,Mycoplasma Pneumonia,1
      b,Mycoplasma Pneumonia,2
      c,Efusion,3
      d,Fracture,4
      e,Pneumonia|Effusion,5
      """)
    #expect(
      try films(csv, nil, labels: ["Effusion", "Pneumonia"]).remarks == [
        "labels outside the set, not used: Efusion (1, is it Effusion?), Fracture (1), "
          + "Mycoplasma Pneumonia (2, is it Pneumonia?)"
      ])
    // What a description takes for a kind of a label is used, and not listed.
    var collection = hospital()
    collection.labels = ["Mass"]
    collection.kinds = ["lump": ["Mass"], "strand": ["Fibrosis"]]
    let codes = try files.write(
      "codes.csv", "file,mrn,codes\na,1,lump\nb,2,strand\nc,3,mass of it\n")
    let said = try films(codes, collection).remarks
    #expect(
      said.contains(
        "labels outside the set, not used: Fibrosis (1), mass of it (1, is it Mass?), strand (1)"),
      "\(said)")
  }

  /// Rows that are joined are counted by film, oddities by row; names that a description has in vain are listed.
  @Test func odditiesAreCounted() throws {
    let files = try TemporaryFolder()
    let csv = try files.write(
      "labels.csv",
      """
      Image Index,Finding Labels,Patient ID,Patient Age,Patient Gender
      a,Mass,1,40,M
      a,Edema,1,40,M
      a,Mass,1,40,M
      b,Mass,2,412,M
      c,Mass,2,old,F
      d,Mass,3,420,M
      d,Edema,3,420,M
      e,"Mass, Edema",4,30,M
      f,"Edema; Mass",5,30,M
      """)
    let said = try films(csv, nil, labels: ["Mass", "Edema"]).remarks
    #expect(
      said == [
        "2 films stand in several rows, which are joined: 9 rows of 6 films",
        "findings parted otherwise than by | in 2 rows, read as known labels; the first, on line 9: "
          + "\"Mass, Edema\" was read as Mass|Edema",
        "3 × implausible age; kept", "1 × sex changes; kept", "1 × unreadable age; kept",
      ])
    var collection = hospital()
    collection.noFinding = ["clear", "healthy"]
    collection.renames = ["tumour": "Mass", "lump": "Mass"]
    let codes = try files.write("codes.csv", "file,mrn,codes\na,1,lump\nb,2,clear\n")
    #expect(
      try films(codes, collection).remarks.contains(
        "names in the description that no cell holds: healthy, tumour"))
  }

  /// Films without a row, rows without a film, hidden films, and what an audit leaves out.
  @Test func filmsAndRowsThatDoNotMeetAreCounted() throws {
    let files = try TemporaryFolder()
    for name in ["a.png", "b.png", "c.png", "x.png", "y.png", "z.png", "._a.png", "deep/._b.png"] {
      _ = try files.write("films/" + name, name)
    }
    let csv = try files.write(
      "labels.csv",
      "Image Index,Finding Labels,Patient ID\n"
        + "abcdefg".map { "\($0).png,Mass,\($0)\n" }.joined())
    let audit = try files.write(
      "audit.csv",
      "image,problem,severity,detail\na.png,near_constant,error,x\nb.png,small,warning,x\n"
        + "c.png,missing,error,x\nd.png,missing,error,x\nq.png,near_constant,error,x\n")
    func said(_ change: (inout FilmCollection.Options) -> Void = { _ in }) throws -> FilmCollection
    {
      try films(csv, nil, labels: ["Mass"]) {
        $0.images = files.path + "/films"
        change(&$0)
      }
    }
    #expect(
      try said().remarks == [
        "2 hidden files in the folder that look like films, not used",
        "4 rows have no film, left out", "3 films in the folder have no row, not used",
      ])
    let audited = try said { $0.exclude = audit }
    #expect(
      audited.remarks == [
        "2 films left out, which the audit calls unusable",
        "1 films that the audit calls missing are there by now, and are used; a new audit looks at them",
        "1 films that the audit calls unusable are not in the label file: q.png",
        "2 hidden files in the folder that look like films, not used",
        "3 rows have no film, left out", "3 films in the folder have no row, not used",
      ])
    #expect(
      audited.excluded == ["a.png", "d.png"]
        && audited.rowsWithoutFilm == ["e.png", "f.png", "g.png"])
    #expect(audited.films(audited.rows(of: nil)).map(\.name) == ["b.png", "c.png"])
  }

  /// What leads to leaks is a warning; where patients are known none is given.
  @Test func eachFilmAPatientIsWarnedOf() throws {
    let files = try TemporaryFolder()
    var collection = hospital()
    let csv = try files.write("labels.csv", "file,mrn,codes\na,1,Mass\nb,1,\n")
    #expect(try films(csv, collection).warningOfPatients == nil)
    collection.patient = nil
    #expect(
      try films(csv, collection) { $0.patients = .eachFilm }.warningOfPatients
        == "each film is taken for a patient of its own, since nothing says whose films these are: where patients have "
        + "several, training and test share patients, figures flatter the network, and intervals are too narrow"
    )
    let table = try files.write("patients.csv", "Image Index,Patient ID\na,1\nb,1\n")
    let known = try films(csv, collection) { $0.patients = .table(path: table) }
    #expect(known.warningOfPatients == nil && known.file.patients.count == 1)
  }

  /// Leading folders count where names do not share them, and folders that are named go before a number of them.
  @Test func leadingFoldersOfACollection() {
    let shared = ["C-small/train/a.jpg", "C-small/valid/b.jpg"]
    func rule(_ rule: FilmNameRule, _ names: [String]) -> FilmNameRule {
      rule.joined(with: .cheXpert, names: names)
    }
    #expect(rule(FilmNameRule(), shared) == FilmNameRule(droppedFolderCount: 1))
    #expect(rule(FilmNameRule(), shared + ["D/valid/c.jpg"]) == FilmNameRule())
    let named = FilmNameRule(droppedFolders: "C-small/train")
    #expect(rule(named, shared) == named)
    #expect(FilmNameRule().joined(with: nil, names: shared) == FilmNameRule())
    // What is asked for counts beside what the collection says.
    #expect(rule(FilmNameRule(ignoresExtensions: true), shared).ignoresExtensions)
    #expect(
      FilmNameRule().joined(with: .siim, names: ["a", "b"]) == FilmNameRule(ignoresExtensions: true)
    )
  }

  /// The renamed first folder of CheXpert's paths does not count where its films are looked for.
  @Test func cheXpertsFirstFolderMayBeRenamed() throws {
    let files = try TemporaryFolder()
    var collection = CollectionDescription(
      name: "mine", film: "Path", patient: .folder("patient"), findings: .columns(["Edema"]))
    collection.leadingFolders = 1
    let names = ["C/train/patient1/study1/v.jpg", "C/valid/patient2/study1/v.jpg"]
    let csv = try files.write("labels.csv", "Path,Edema\n" + names.map { $0 + ",1\n" }.joined())
    for name in names { _ = try files.write("renamed/" + name.dropFirst(2), "film") }
    let found = try films(csv, collection) { $0.images = files.path + "/renamed" }
    #expect(found.rowsWithoutFilm == [] && found.filmsWithoutRow == [])
  }

  /// Labels that a collection renames are understood by their own names too, and its labels are the ones that count unless
  /// others are asked for.
  @Test func labelsOfACollection() throws {
    let files = try TemporaryFolder()
    var collection = hospital(.columns(["No Finding", "Pleural Effusion", "Edema"]))
    collection.renames = ["Pleural Effusion": "Effusion"]
    collection.labels = []
    #expect(FilmCollection.labels(of: collection) == ["Effusion", "Edema"])
    #expect(FilmCollection.labels(of: nil) == LabelSet.nih14)
    #expect(FilmCollection.labels(of: hospital()) == ["Mass", "Edema"])
    #expect(FilmCollection.labels(of: hospital(.columns([]))) == ["Mass", "Edema"])
    let csv = try files.write(
      "labels.csv", "file,mrn,No Finding,Pleural Effusion,Edema\na,1,0,1,0\nb,2,0,0,1\nc,3,1,0,0\n")
    let own = try films(csv, collection, labels: ["Edema", "Pleural Effusion"])
    #expect(own.matrix.labels == ["Edema", "Pleural Effusion"])
    #expect((0..<3).map { own.matrix.row($0) } == [[0, 1], [1, 0], [0, 0]])
    let both = try films(csv, collection)
    #expect(both.matrix.labels == ["Effusion", "Edema"])
    #expect((0..<3).map { both.matrix.row($0) } == [[1, 0], [0, 1], [0, 0]])
  }

  /// Another label file: labels of one name are compared, NIH's fourteen that no row names are absent, others unknown; a film
  /// that has one of several names has the label.
  @Test func aMapOfLabels() throws {
    let files = try TemporaryFolder()
    let csv = try files.write(
      "labels.csv",
      "Image Index,Finding Labels,Patient ID\na,Nodule,1\nb,Lump|Edema,2\nc,No Finding,3\nd,Mass,4\n"
    )
    let labels = ["Edema", "Hernia", "Fracture", "Lung Lesion", "Pneumonia"]
    let map = LabelMap(
      path: "map.toml", names: ["Lung Lesion": ["Nodule", "Lump"], "Pneumonia": []])
    let mapped = try films(csv, nil, labels: labels) {
      $0.partners = map
      $0.vocabulary = labels
    }
    let cells = (0..<4).map { mapped.matrix.row($0).map { $0.isNaN ? nil : Int($0) } }
    #expect(
      cells == [
        [0, 0, nil, 1, nil], [1, 0, nil, 1, nil], [0, 0, nil, 0, nil], [0, 0, nil, 0, nil],
      ])
    #expect(mapped.labelsWithoutPartner == ["Fracture", "Pneumonia"])
    #expect(
      mapped.remarkOfPartners
        == "labels without a partner in the label file, n/a: Fracture, Pneumonia")
    #expect(mapped.remarks.count { $0.contains("Fracture") } == 1)
    #expect(try films(csv, nil, labels: ["Edema"]).remarkOfPartners == nil)
    for (names, label, nearest) in [
      (["Lung Lesion": ["Nodul"]], "Nodul", "Nodule"), (["Edma": ["Edema"]], "Edma", "Edema"),
    ] as [([String: [String]], String, String)] {
      let error = #expect(throws: DataError.self) {
        try films(csv, nil, labels: labels) {
          $0.partners = LabelMap(path: "map.toml", names: names)
          $0.vocabulary = labels
        }
      }
      guard case .unknownPartner("map.toml", label, _, nearest) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }

  /// The document of an exploration holds what was read and what was not, and weighs what is known.
  @Test func anExplorationSaysWhatItLeftOut() throws {
    let files = try TemporaryFolder()
    var collection = hospital()
    collection.study = .column("exam")
    collection.keep = ["view": ["PA", "AP"]]
    collection.view = "view"
    collection.split = CollectionDescription.SplitColumn(
      column: "site", train: .texts(["A"]), validation: .texts(["B"]), test: .texts(["C"]))
    let csv = try files.write(
      "labels.csv",
      """
      file,mrn,codes,exam,view,site
      a,1,Mass,1,PA,A
      b,1,Mass,2,AP,A
      c,2,NaN,1,PA,A
      d,3,,1,PA,A
      e,4,Edema,1,PA,B
      f,5,Mass,1,AP,C
      g,6,Mass,1,PA,E
      h,7,Mass,1,L,A
      """)
    var options = FilmCollection.Options(labelFile: csv)
    options.collection = collection
    let exploration = try Exploration(options)
    guard case .object(let members) = exploration.json else {
      Issue.record("no document")
      return
    }
    let document = Dictionary(members) { $1 }
    #expect(document["rows"] == .integer(8) && document["images"] == .integer(7))
    #expect(document["studies"] == .integer(7) && document["patients"] == .integer(6))
    #expect(document["films_in_no_part"] == .integer(1))
    #expect(document["rows_left_out"] == .object([("view", .object([("L", .integer(1))]))]))
    #expect(document["each_film_a_patient"] == .bool(false))
    #expect(document["unknown_labels"] == .object([("Mass", .integer(1)), ("Edema", .integer(1))]))
    #expect(document["labels"] == .object([("Mass", .integer(4)), ("Edema", .integer(1))]))
    #expect(document["labels_without_training_positives"] == .strings(["Edema"]))
    // Of four training films three are known, two of them with a mass.
    #expect(
      exploration.classWeights == [
        ClassWeight(label: "Mass", negative: 1.5, positive: 0.75),
        ClassWeight(label: "Edema", negative: 0.5, positive: nil),
      ])
    #expect(exploration.labelsPerFilm == [1, 5])
    #expect(exploration.augmentedTrainingCount == 6)
    #expect(exploration.views.map(\.name) == ["AP", "PA"])
    #expect(exploration.views.map(\.films) == [2, 5])
    #expect(exploration.views.map(\.positives) == [[2, 0], [2, 1]])
    #expect(exploration.views.map(\.unknowns) == [[0, 0], [1, 1]])
  }
}
