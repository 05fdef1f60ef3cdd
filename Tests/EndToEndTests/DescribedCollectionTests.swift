import Foundation
import Testing

/// What the page "Your data" says of descriptions, lists and patients, by `cxr-explore`.
@Suite struct DescribedCollectionTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ name: String, _ text: String) throws -> String {
    try folder.write(text, to: name)
  }

  /// The lines that an exploration prints, and its document.
  private func explore(
    _ arguments: [String], status: Int32 = 0, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> (lines: [String], explored: [String: Any]) {
    let output = folder.path + "/e"
    let result = try Program.run("cxr-explore", arguments + ["--output", output, "--force"])
    #expect(result.status == status, "\(result.errors)", sourceLocation: sourceLocation)
    let lines = (result.errors + result.output).split(separator: "\n").map(String.init)
      .filter { !$0.hasPrefix("BLAS") }
    guard status == 0 else { return (lines, [:]) }
    let data = try Data(contentsOf: URL(fileURLWithPath: output + "/explore.json"))
    let document = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    return (lines, try #require(document))
  }

  /// A document in one spelling.
  private func text(_ document: Any?) throws -> String {
    let data = try JSONSerialization.data(
      withJSONObject: try #require(document), options: [.sortedKeys, .withoutEscapingSlashes])
    return String(decoding: data, as: UTF8.self)
  }

  private func text(ofJSON json: String) throws -> String {
    try text(JSONSerialization.jsonObject(with: Data(json.utf8)))
  }

  private func parts(_ explored: [String: Any], _ key: String) throws -> [Int?] {
    let split = try #require(explored["split"] as? [String: [String: Any]])
    return ["train", "validation", "test"].map { split[$0]?[key] as? Int }
  }

  /// The page's own example, line by line.
  @Test func onesOwnInTenLines() throws {
    let csv = try write(
      "hospital.csv",
      """
      file,mrn,year,codes
      10.dcm,A1,2019,pleural effusion; nodule
      11.dcm,A1,2019,clear
      12.dcm,B7,2020,pneumothorax
      13.dcm,C2,2021,
      14.dcm,D4,2022,pleural effusion
      15.dcm,E5,2022,clear
      """)
    let toml = try write(
      "hospital.toml",
      """
      film = "file"
      patient = "mrn"
      findings = { column = "codes", separator = ";" }
      labels = ["Effusion", "Pneumothorax", "Nodule"]
      renames = { "pleural effusion" = "Effusion", pneumothorax = "Pneumothorax", nodule = "Nodule" }
      no_finding = ["clear"]
      blank = "unknown"
      [split]
      column = "year"
      train = { before = 2022 }
      test = { from = 2022 }
      """)
    let (lines, explored) = try explore(["--collection", toml, "--csv", csv])
    let said = [
      "6 rows, 6 films of 5 patients",
      "read as the collection hospital: blank counts as unknown",
      "1 films of whose findings nothing is known are left out of loss, weights and metrics",
      "train: 3 images of 2 patients", "validation: 1 images of 1 patients",
      "test: 2 images of 2 patients", "with augmented copies 5 training images",
      "notes: 1 unknown findings", "report: \(folder.path)/e/report.html",
    ]
    // Which of three patients validates is the seed's choice; the rest is the page's.
    #expect(lines.filter { !$0.hasPrefix("Warning: no positive film") } == said)
    #expect(
      try text(explored["labels"])
        == text(ofJSON: "{\"Effusion\":2,\"Nodule\":1,\"Pneumothorax\":1}"))
    #expect(try parts(explored, "patients") == [2, 1, 2])
  }

  /// Every key of the page means what it says there, in the document and in what is counted.
  @Test func everyKeyIsUnderstood() throws {
    let csv = try write(
      "labels.csv",
      """
      file,reader,codes,projection,side,gender,years,number
      S/exam1/17_1.png,R1,lump,PA,Frontal,f,50,1
      S/exam1/17_1.png,R2,big lump;Edema,PA,Frontal,f,50,1
      S/exam2/18_1.png,R1,clear,L,Lateral,m,60,1
      S/exam3/19_1.png,R1,unchanged,PA,Frontal,f,20,1
      S/exam4/20_1.png,R1,exclude,PA,Frontal,f,20,1
      S/exam5/21_1.png,R1,clear,AP,Frontal,f,20,1
      S/exam6/22_1.png,R1,,PA,Frontal,m,31,1
      S/exam7/23_1.png,R1,Mass,PA,Frontal,m,30,1
      S/exam8/23_2.png,R1,Mass,PA,Frontal,m,30,2
      S/exam9/24_1.png,R1,Edema,PA,Frontal,m,90,1
      """)
    _ = try write(
      "times.csv",
      """
      file,taken
      S/exam1/17_1.png,2014-01-10
      S/exam2/18_1.png,2014-02-10
      S/exam3/19_1.png,2014-03-10
      S/exam4/20_1.png,2014-01-01
      S/exam5/21_1.png,2014-01-01
      S/exam6/22_1.png,2014-01-31 23:59
      S/exam7/23_1.png,2014-01-05
      S/exam8/23_2.png,20140301
      S/exam9/24_1.png,NaN
      """)
    let toml = try write(
      "mine.toml",
      """
      name = "Our hospital"
      film = "file"
      patient = { pattern = "/([0-9]+)_" }
      study = { folder = "exam" }
      findings = { column = "codes", separator = ";" }
      labels = ["Mass", "Edema"]
      no_finding = ["clear"]
      unknown = ["unchanged"]
      unusable = ["exclude"]
      blank = "unknown"
      several_rows_a_film = true
      view = "projection"
      side = "side"
      sex = "gender"
      age = "years"
      follow_up = "number"
      leading_folders = 1
      ignore_extensions = true
      readers = { column = "reader", votes = "all" }
      [renames]
      lump = "Mass"
      [kinds]
      "big lump" = ["Mass"]
      [views]
      L = "Lateral"
      [keep]
      projection = ["PA", "L"]
      [split]
      column = "taken"
      train = { before = 2014-02-01 }
      validation = { from = 2014-02-01, before = 2014-03-01 }
      test = { from = 2014-03-01 }
      patients_in_two_parts = "left-out"
      [[tables]]
      file = "times.csv"
      key = "file"
      """)
    let (lines, explored) = try explore(["--collection", toml, "--csv", csv])
    #expect(
      try text(explored["collection"])
        == text(
          ofJSON: """
            {"name": "Our hospital", "film": "file", "patient": {"pattern": {"_0": "/([0-9]+)_"}},
            "study": {"folder": {"_0": "exam"}},
            "findings": {"names": {"column": "codes", "separator": ";"}}, "labels": ["Mass", "Edema"],
            "renames": {"lump": "Mass"}, "kinds": {"big lump": ["Mass"]}, "below": {},
            "noFinding": ["clear"], "unknown": ["unchanged"], "unusable": ["exclude"],
            "blank": "unknown", "readers": {"column": "reader", "votes": "all"},
            "hasSeveralRowsAFilm": true, "view": "projection", "side": "side",
            "views": {"L": "Lateral"}, "sex": "gender", "age": "years", "followUp": "number",
            "keep": {"projection": ["PA", "L"]}, "leadingFolders": 1, "ignoresExtensions": true,
            "split": {"column": "taken", "train": {"range": {"before": "2014-02-01"}},
            "validation": {"range": {"from": "2014-02-01", "before": "2014-03-01"}},
            "test": {"range": {"from": "2014-03-01"}}, "patientsInTwoParts": "left-out"},
            "tables": [{"file": "times.csv", "key": "file"}]}
            """))
    #expect(
      lines == [
        "10 rows, 7 films of 6 patients",
        "read as the collection Our hospital: 7 studies; a film has a finding where all of a film's readers name it; "
          + "blank counts as unknown",
        "films left out that their findings call unusable: exclude 1",
        "rows left out by projection: AP 1",
        "1 patients have films in two parts, left out with all their films",
        "3 of 7 films are in no part",
        "2 films of whose findings nothing is known are left out of loss, weights and metrics",
        "Warning: no positive film in training for Edema", "train: 2 images of 2 patients",
        "validation: 1 images of 1 patients", "test: 1 images of 1 patients",
        "with augmented copies 3 training images", "report: \(folder.path)/e/report.html",
      ])
    #expect(try text(explored["labels"]) == text(ofJSON: "{\"Mass\":3,\"Edema\":1}"))
    #expect(try text(explored["unknown_labels"]) == text(ofJSON: "{\"Mass\":2,\"Edema\":2}"))
    #expect(try parts(explored, "images") == [2, 1, 1])
    #expect(explored["films_in_no_part"] as? Int == 3 && explored["studies"] as? Int == 7)
    #expect(
      try text(explored["rows_left_out"])
        == text(ofJSON: "{\"findings\":{\"exclude\":1},\"projection\":{\"AP\":1}}"))
    let views = try #require(explored["views"] as? [String: [String: Any]])
    #expect(views.mapValues { $0["images"] as? Int } == ["PA": 6, "Lateral": 1])
    let split = try #require(explored["split"] as? [String: [String: Any]])
    #expect(
      try text(split["train"]?["demographics"])
        == text(
          ofJSON:
            "{\"age\":{\"18-39\":1,\"40-59\":1},\"mean_age\":40.5,\"sex\":{\"F\":1,\"M\":1},\"view\":{\"PA\":2}}"
        ))
    // The page says what of the files is not used.
    let page = try String(contentsOfFile: folder.path + "/e/report.html", encoding: .utf8)
    #expect(
      page.contains(
        "<p>Films left out that their findings call unusable: exclude 1. Rows left out by projection: AP 1. 1 patients have "
          + "films in two parts, left out with all their films. 3 of 7 films are in no part. No positive film in training for "
          + "Edema.</p>"))
    #expect(page.contains("No patient is in two parts of the split."))
  }

  /// Columns with their own words; paths and what lies below a name; lists in brackets.
  @Test func otherFormsOfFindings() throws {
    func cells(_ toml: String, _ csv: String) throws -> [String: Any] {
      try explore([
        "--collection", try write("mine.toml", "film = \"file\"\npatient = \"mrn\"\n" + toml),
        "--csv", try write("labels.csv", csv),
      ]).explored
    }
    func films(_ codes: [String]) -> String {
      "file,mrn,codes\n" + codes.enumerated().map { "\($0).png,\($0),\($1)\n" }.joined()
    }
    let columns = try cells(
      """
      findings = { columns = ["Mass", "Fluid", "Outline"] }
      [values]
      present = ["pos", 2]
      absent = ["neg", 3]
      uncertain = ["maybe"]
      unknown = ["not read"]
      run_lengths_are_present = true
      """,
      "file,mrn,Mass,Fluid,Outline\na,1,pos,neg,1 5\nb,2,2,maybe,3\nc,3,NEG,not read,neg\nd,4,3,POS,7 8 9 1\n"
    )
    #expect(
      try text(columns["labels"]) == text(ofJSON: "{\"Fluid\":1,\"Mass\":2,\"Outline\":2}"))
    #expect(
      try text(columns["unknown_labels"]) == text(ofJSON: "{\"Fluid\":2,\"Mass\":0,\"Outline\":0}"))
    #expect(
      try text(columns["uncertain_labels"])
        == text(ofJSON: "{\"Fluid\":1,\"Mass\":0,\"Outline\":0}"))
    let paths = try cells(
      """
      findings = { column = "codes", form = "path" }
      labels = ["Pneumonia", "Viral", "Fungal"]
      [below]
      Pneumonia = ["Viral", "Fungal"]
      """, films(["Pneumonia", "Pneumonia/Viral", "No Finding", "No Finding", "No Finding"]))
    #expect(
      try text(paths["labels"]) == text(ofJSON: "{\"Fungal\":0,\"Pneumonia\":2,\"Viral\":1}"))
    #expect(
      try text(paths["unknown_labels"])
        == text(ofJSON: "{\"Fungal\":1,\"Pneumonia\":0,\"Viral\":1}"))
    let lists = try cells(
      "findings = { column = \"codes\", form = \"list\" }\nlabels = [\"Mass\", \"Edema\"]\n",
      films(["\"['Mass', 'Edema']\"", "['Mass']", "[]", "[]", "[]"]))
    #expect(try text(lists["labels"]) == text(ofJSON: "{\"Edema\":1,\"Mass\":2}"))
    // Without a separator a cell is one finding; a film has several rows, which is noted unless it is usual.
    let rows = "file,mrn,codes\n0,0,\"Mass, left\"\n0,0,Edema\n1,1,Mass\n2,2,Mass\n3,3,No Finding\n"
    for (usual, notes) in [("", 1), ("several_rows_a_film = true\n", 0)] {
      let names = try cells(
        "findings = { column = \"codes\" }\nlabels = [\"Mass\", \"Edema\", \"Mass, left\"]\n"
          + usual,
        rows)
      #expect(
        try text(names["labels"]) == text(ofJSON: "{\"Edema\":1,\"Mass\":2,\"Mass, left\":1}"))
      #expect((names["audit"] as? [String: Int])?["duplicates"] == notes)
    }
  }

  private static let observations = [
    "No Finding", "Enlarged Cardiomediastinum", "Cardiomegaly", "Lung Opacity", "Lung Lesion",
    "Edema", "Consolidation", "Pneumonia", "Atelectasis", "Pneumothorax", "Pleural Effusion",
    "Pleural Other", "Fracture", "Support Devices",
  ]

  /// CheXpert's columns and eight films, the last one lateral; the first four have an effusion, the third an opacity.
  private func cheXpert(_ more: String = "") throws -> String {
    let rows = (0..<8).map { film in
      let cells = Self.observations.map { name in
        name == "Pleural Effusion" && film < 4 || name == "Lung Opacity" && film == 2 ? "1.0" : ""
      }
      return "C/train/patient0000\(film)/study1/v.jpg,Male,40,"
        + (film == 7 ? "Lateral," : "Frontal,AP") + "," + cells.joined(separator: ",")
        + (more.isEmpty ? "" : ",") + "\n"
    }
    return try write(
      "chexpert.csv",
      "Path,Sex,Age,Frontal/Lateral,AP/PA," + Self.observations.joined(separator: ",") + more + "\n"
        + rows.joined())
  }

  /// A header tells the collection, which is said; with another column it is asked about; `generic` reads by columns alone;
  /// a description may begin with a built-in one, add to its names and replace the rest.
  @Test func headersAndBases() throws {
    var csv = try cheXpert()
    let told = try explore(["--csv", csv])
    #expect(
      told.lines.first == "\(csv): the header is that of chexpert, as by --collection chexpert")
    #expect((told.explored["collection"] as? [String: Any])?["name"] as? String == "chexpert")
    #expect((told.explored["labels"] as? [String: Int])?["Effusion"] == 4)
    let generic = try explore([
      "--collection", "generic", "--csv", csv, "--labels", "Effusion,Edema",
    ])
    #expect(!generic.lines.contains { $0.contains("the header") || $0.contains("read as") })
    #expect(
      generic.lines.contains("labels without a column in the file, unknown on all films: Effusion"))
    #expect(generic.explored["collection"] is NSNull)
    let frontal = try write(
      "frontal.toml",
      """
      base = "chexpert"
      labels = ["Effusion", "Opacity"]
      [renames]
      "Lung Opacity" = "Opacity"
      [keep]
      "Frontal/Lateral" = ["Frontal"]
      """)
    let based = try explore(["--collection", frontal, "--csv", csv])
    #expect(
      based.lines.prefix(3) == [
        "8 rows, 7 films of 7 patients",
        "read as the collection frontal (chexpert): 7 studies; blank counts as absent",
        "rows left out by Frontal/Lateral: Lateral 1",
      ])
    #expect(
      try text(based.explored["labels"]) == text(ofJSON: "{\"Effusion\":4,\"Opacity\":1}"))
    csv = try cheXpert(",Comment")
    let resembled = try explore(["--csv", csv, "--labels", "Pleural Effusion"])
    #expect(
      resembled.lines.first
        == "\(csv): the header has all columns of chexpert, and others; --collection chexpert reads it as that"
    )
    #expect(resembled.explored["collection"] is NSNull)
  }

  /// A file that does not say whose films it lists is refused, until a table says it, or it is accepted that nothing does,
  /// which every page says.
  @Test func patientsDoNotLeak() throws {
    let csv = try write(
      "rsna.csv",
      "patientId,x,y,width,height,Target\n"
        + (0..<10).map { "f\($0),,,,,\($0 % 2)\n" }.joined())
    let refused = try explore(["--csv", csv], status: 1)
    #expect(
      refused.lines.suffix(2) == [
        "Error: \(csv): rsna-pneumonia does not say whose films these are, so that films of one patient would come into "
          + "training and test alike",
        "give --patients FILE, a table with the columns Image Index and Patient ID; or, if no such table is to be had, "
          + "--each-film-a-patient, which every page will then say",
      ])
    let warning =
      "each film is taken for a patient of its own, since nothing says whose films these are: where patients have several, "
      + "training and test share patients, figures flatter the network, and intervals are too narrow"
    let alone = try explore(["--csv", csv, "--each-film-a-patient"])
    #expect(alone.lines.contains("Warning: " + warning))
    #expect(alone.explored["each_film_a_patient"] as? Bool == true)
    #expect(alone.explored["patients"] as? Int == 10)
    func page() throws -> String {
      try String(contentsOfFile: folder.path + "/e/report.html", encoding: .utf8)
    }
    let callout = "<p class=\"callout\">E" + warning.dropFirst() + ".</p>"
    #expect(try page().contains(callout))
    #expect(try page().contains("Each film counts as a patient."))
    let table = try write(
      "patients.csv",
      "Image Index,Patient ID\n" + (0..<10).map { "f\($0).dcm,\($0 / 2)\n" }.joined())
    let known = try explore(["--csv", csv, "--patients", table])
    #expect(known.explored["each_film_a_patient"] as? Bool == false)
    #expect(known.explored["patients"] as? Int == 5)
    #expect(!known.lines.contains { $0.contains("taken for a patient") })
    #expect(try !page().contains("taken for a patient"))
    let both = try explore(
      ["--csv", csv, "--patients", table, "--each-film-a-patient"], status: 64)
    #expect(both.lines.contains { $0.contains("one or the other says whose films they are") })
  }

  /// Three lists divide films as their publishers did; films that the label file does not have are an error, until they are
  /// allowed, which counts them; a patient in two lists is an error always.
  @Test func listsDivideFilms() throws {
    let csv = try write(
      "labels.csv",
      "Image Index,Finding Labels,Patient ID\n"
        + (0..<20).map { "\($0).png,\($0 % 2 == 0 ? "Mass" : "Edema"),\($0 / 2)\n" }.joined())
    func list(_ name: String, _ films: [Int]) throws -> String {
      try write(name, films.map { "\($0).png\n" }.joined())
    }
    let lists = try [
      "--csv", csv, "--labels", "Mass,Edema", "--train-list",
      list("train.txt", Array(0..<9) + [70, 71]),
      "--test-list", list("test.txt", Array(14..<20) + [72]),
    ]
    let strange = try explore(lists, status: 1)
    #expect(strange.lines.contains("to allow it: --allow-unknown-films"), "\(strange.lines)")
    #expect(strange.lines.contains { $0.contains("2 of its films are not among those") })
    let validation = try ["--validation-list", list("validation.txt", [10, 11, 12, 13])]
    let allowed = try explore(lists + validation + ["--allow-unknown-films"])
    #expect(allowed.lines.contains("3 films of the lists are not in the label file"))
    #expect(allowed.lines.contains("1 films are in neither list, not used"))
    #expect(try parts(allowed.explored, "images") == [9, 4, 6])
    #expect(try parts(allowed.explored, "patients") == [5, 2, 3])
    let leaking = try ["--validation-list", list("validation.txt", [8, 9])]
    let torn = try explore(lists + leaking + ["--allow-unknown-films"], status: 1)
    #expect(
      torn.lines.contains {
        $0.contains("patient 4 has films in both the train and the validation part")
      }, "\(torn.lines)")
  }

  /// How many films have each problem is printed by severity, and how those with errors are left out.
  @Test func problemsArePrintedBySeverity() throws {
    try folder.addSmallFilms()
    let films = folder.path + "/films"
    try Data("no film".utf8).write(to: URL(fileURLWithPath: films + "/3.png"))
    try FileManager.default.removeItem(atPath: films + "/5.png")
    try FileManager.default.removeItem(atPath: films + "/7.png")
    try FileManager.default.copyItem(atPath: films + "/1.png", toPath: films + "/extra.png")
    let csv = folder.path + "/labels.csv"
    let (lines, _) = try explore(["--csv", csv, "--images", films, "--labels", "Mass"])
    #expect(lines.first == "40 rows of 40 patients · 38 films found", "\(lines)")
    #expect(lines.contains("2 rows have no film, left out"), "\(lines)")
    #expect(lines.contains("1 films in the folder have no row, not used"), "\(lines)")
    let errors = try #require(lines.first { $0.hasPrefix("errors: ") }, "\(lines)")
    #expect(errors.contains("2 missing") && errors.contains("1 unreadable"), "\(errors)")
    #expect(
      lines.contains { $0.hasPrefix("notes: ") && $0.contains("1 without row") }, "\(lines)")
    #expect(
      lines.contains("leave out the films with errors by --exclude \(folder.path)/e/audit.csv"))
  }
}
