@testable import CXRFilms
import CXRData
import CXRImage
import CXRTestSupport
import Foundation
import Testing

@testable import CXRTraining

/// What an audit says of one film by its file, and of rows by what stands in them.
@Suite struct FilmRuleTests {
  private static let side = 48

  private func problems(
    _ bytes: [UInt8], name: String = "f.png", file: String? = nil,
    _ preparation: FilmPreparation = FilmPreparation(imageSize: side)
  ) throws -> [AuditProblem] {
    let film = try PreparedFilm(path: name, source: bytes, preparation: preparation)
    return FilmExamination(film, preparation: preparation)
      .problems(name: name, file: file, smallest: Self.side)
  }

  private func kinds(_ problems: [AuditProblem]) -> [String] {
    problems.map { "\($0.kind) \($0.severity.rawValue)" }.sorted()
  }

  /// Every other pixel at `high`, of one channel.
  private static func film(
    depth: Int, high: Int, low: Int = 0, orientation: UInt8? = nil
  ) -> [UInt8] {
    WrittenPNG.bytes(
      width: side, height: side, depth: depth,
      samples: (0..<side * side).map { $0 % 2 == 0 ? low : high }, orientation: orientation)
  }

  /// The name's end is compared in any case, of the file where that has another name than the film.
  @Test func aFileIsOfTheKindThatItsNameSays() throws {
    let pixels = (0..<Self.side * Self.side).map { UInt8($0 % 2 == 0 ? 90 : 150) }
    let grey = GreyFilm(height: Self.side, width: Self.side, pixels: pixels)
    let (png, jpeg) = (try grey.pngData(), try grey.jpegData())
    for name in ["f.png", "F.PNG", "f.dat", "f"] {
      #expect(kinds(try problems(png, name: name)) == [], "\(name)")
    }
    for name in ["f.jpg", "f.jpeg", "F.JPG", "f.JPEG", "f"] {
      #expect(kinds(try problems(jpeg, name: name)) == [], "\(name)")
    }
    for name in ["f.jpg", "f.JPEG"] {
      #expect(kinds(try problems(png, name: name)) == ["wrong_type warning"], "\(name)")
    }
    #expect(
      try problems(png, name: "f.jpg").map(\.detail) == ["named .jpg, but PNG"])
    #expect(
      try problems(jpeg, name: "F.PNG").map(\.detail) == ["named .png, but JPEG"])
    #expect(try problems(png, name: "f.jpg", file: "films/f.png").isEmpty)
    #expect(try problems(png, name: "f.png", file: "films/f.jpg").map(\.kind) == ["wrong_type"])
    #expect(try problems(png, name: "f.png", file: "films/f.jpg").map(\.image) == ["f.png"])
  }

  /// Up to 14 of 16 bits; of fewer than nine no option makes more of them.
  @Test func unusedBitsAreTold() throws {
    for bits in 8...16 {
      let expected =
        bits > 14
        ? [] : [bits > 8 ? "unused_bits warning" : "unused_bits error"]
      let found = try problems(Self.film(depth: 16, high: 1 << bits - 1))
      #expect(kinds(found) == ["bit_depth note"] + expected, "\(bits)")
      guard let said = found.first(where: { $0.kind == "unused_bits" })?.detail else { continue }
      #expect(said.contains("uses \(bits) of 16 bits"))
      #expect(said.contains("the option pngBits \(bits)") == (bits > 8))
    }
    // With the option there is nothing to tell.
    var preparation = FilmPreparation(imageSize: Self.side)
    preparation.pngBits = 12
    #expect(
      kinds(try problems(Self.film(depth: 16, high: 4095), preparation)) == ["bit_depth note"])
    #expect(kinds(try problems(Self.film(depth: 8, high: 60))) == [])
  }

  @Test func orientationIsToldWhereItIsIgnored() throws {
    let turned = Self.film(depth: 8, high: 150, low: 90, orientation: 6)
    #expect(kinds(try problems(turned)) == ["exif_orientation warning"])
    var preparation = FilmPreparation(imageSize: Self.side)
    preparation.appliesOrientation = true
    #expect(kinds(try problems(turned, preparation)) == [])
    #expect(kinds(try problems(Self.film(depth: 8, high: 150, low: 90, orientation: 1))) == [])
  }

  @Test func transparencyIsANote() throws {
    let samples = (0..<Self.side * Self.side).flatMap { [$0 % 2 == 0 ? 90 : 150, 200] }
    let film = WrittenPNG.bytes(
      width: Self.side, height: Self.side, colour: 4, samples: samples)
    #expect(kinds(try problems(film)) == ["alpha note"])
    #expect(kinds(try problems(Self.film(depth: 16, high: 60_000))) == ["bit_depth note"])
  }

  /// As the page's table has them.
  @Test func problemsOfRowsHaveTheirSeverity() {
    let problems: [(LabelFile.Problem, String, AuditProblem.Severity)] = [
      (.duplicateFilm(firstLine: 2, sameFindings: true), "duplicates", .warning),
      (.contradiction, "contradiction", .warning), (.noLabels, "no_labels", .warning),
      (.otherSeparator(cell: "Mass,Edema", findings: ["Mass"]), "other_separators", .warning),
      (.unknownFindings, "unknown_findings", .note),
      (.sexChange(from: "F", to: "M", firstLine: 2), "sex_changes", .warning),
      (.ageFall(from: 50, to: 40, earlierLine: 2), "age_falls", .warning),
      (.nameOfOtherPatient(number: 7), "name_of_other_patient", .warning),
      (
        .studyOfTwoPatients(study: "1", other: "2", firstLine: 2), "study_of_two_patients",
        .warning
      ),
      (.implausibleAge(101), "implausible_age", .note),
      (.unreadableAge("x"), "unreadable_age", .note),
    ]
    for (problem, kind, severity) in problems {
      #expect(problem.kind == kind && problem.severity == severity, "\(kind)")
    }
    #expect(Set(problems.map(\.1)) == Set(LabelFile.Problem.kinds))
  }

  /// A hundred years are an age, more are not; and what is no age is said.
  @Test func agesThatAreNone() throws {
    let rows = ["100", "101", "old", "1200M", "1201M"].enumerated().map {
      "\($0).png,Mass,\($0),\($1)\n"
    }.joined()
    let file = try LabelFile(
      contents: Array(("Image Index,Finding Labels,Patient ID,Patient Age\n" + rows).utf8),
      path: "t.csv")
    #expect(
      file.notes.map { "\($0.film) \($0.problem.kind)" } == [
        "1.png implausible_age", "2.png unreadable_age", "4.png implausible_age",
      ])
  }

  /// What shows nothing is like others for that alone.
  @Test func constantFilmsAreNoDoubles() throws {
    let set = try SmallSet()
    defer { set.remove() }
    func kinds() throws -> [String] {
      try Exploration(set.collection, preparation: FilmPreparation(imageSize: Self.side))
        .problems.filter { ["f3.png", "f40.png"].contains($0.image) }
        .map { "\($0.image) \($0.kind)" }.sorted()
    }
    let grey = GreyFilm(height: 60, width: 60, pixels: [UInt8](repeating: 90, count: 3600))
    for name in ["f3.png", "f40.png"] { try set.write(grey.pngData(), to: "films/\(name)") }
    #expect(try kinds() == ["f3.png near_constant", "f40.png near_constant"])
    // And what shows something is.
    let seen = GreyFilm(height: 60, width: 60, pixels: (0..<3600).map { UInt8($0 * 7 % 250) })
    for name in ["f3.png", "f40.png"] { try set.write(seen.pngData(), to: "films/\(name)") }
    let doubles = try kinds().filter { $0.contains("duplicate") }
    #expect(
      doubles.count == 1 && doubles.first?.hasPrefix("f40.png duplicate_pixels_across_") == true)
  }

  /// Patients are dealt to parts before films leave: what is left out changes no other film's part.
  @Test func theSplitIsDrawnBeforeFilmsLeave() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let whole = try FilmCollection(set.collection)
    let audit = set.folder + "/audit.csv"
    // Both films of ten patients.
    let gone = Set((0..<20).map { "f\($0).png" })
    let rows = gone.sorted().map { "\($0),near_constant,error,x\n" }.joined()
    try
      ("image,problem,severity,detail\n" + rows + "f30.png,small,warning,x\nf31.png,alpha,note,x\n")
      .write(toFile: audit, atomically: true, encoding: .utf8)
    var options = set.collection
    options.exclude = audit
    let rest = try FilmCollection(options)
    for part in Subset.allCases {
      #expect(rest.split.patientsSHA256(of: part) == whole.split.patientsSHA256(of: part))
      let kept = whole.rows(of: part).filter { !gone.contains(whole.file.records[$0].name) }
      #expect(rest.rows(of: part) == kept, "\(part)")
    }
    #expect(rest.remarks.contains("20 films left out, which the audit calls unusable"))
  }

  /// What an audit says of a film by itself is said of a film that is asked about, but for notes and for brightness.
  @Test func aFilmAskedAboutIsHeldToTheSameRules() throws {
    let set = try SmallSet(patients: 12)
    defer { set.remove() }
    var options = set.options
    options.epochs = 1
    try set.train("run", options)
    let predictor = try FilmPredictor(path: set.folder + "/run/best.npz")
    let side = 106
    func grey(_ height: Int, _ width: Int, _ level: (Int) -> Int) throws -> [UInt8] {
      try GreyFilm(
        height: height, width: width, pixels: (0..<height * width).map { UInt8(level($0)) }
      ).pngData()
    }
    func blocks(_ place: Int) -> Int { place < 6000 ? 90 : 150 }
    let pictures = (0..<side * side).flatMap { place -> [UInt8] in
      [UInt8(blocks(place)), UInt8(blocks(place)), UInt8(blocks(place) + 9)]
    }
    let samples = (0..<side * side).map(blocks)
    let films: [(name: String, bytes: [UInt8], kinds: [String])] = [
      ("plain.png", try grey(side, side, blocks), []),
      ("constant.png", try grey(side, side) { _ in 90 }, ["near_constant"]),
      ("dark.png", try grey(side, side) { blocks($0) / 9 + $0 % 2 * 10 }, []),
      ("small.png", try grey(105, 130, blocks), ["small"]),
      ("narrow.png", try grey(side, 213, blocks), ["narrow"]),
      ("other.jpg", try grey(side, side, blocks), ["wrong_type"]),
      (
        "colour.png", try ColourPicture(height: side, width: side, pixels: pictures).pngData(),
        ["not_grey"]
      ),
      (
        "turned.png",
        WrittenPNG.bytes(width: side, height: side, samples: samples, orientation: 6),
        ["exif_orientation"]
      ),
      (
        "bits.png",
        WrittenPNG.bytes(width: side, height: side, depth: 16, samples: samples.map { $0 * 20 }),
        ["unused_bits"]
      ),
      (
        "deep.png",
        WrittenPNG.bytes(width: side, height: side, depth: 16, samples: samples.map { $0 * 256 }),
        []
      ),
    ]
    for film in films { try set.write(film.bytes, to: film.name) }
    let answers = try predictor.answers(films: films.map { "\(set.folder)/\($0.name)" })
    try #require(answers.count == films.count)
    let ofPoses: Set = ["inverted", "upside_down", "rotated", "mirrored", "lateral"]
    for (film, answer) in zip(films, answers) {
      let found = try answer.get().problems.map(\.kind).filter { !ofPoses.contains($0) }
      #expect(found == film.kinds, "\(film.name)")
    }
  }

  /// Chests of which every fifth is called lateral.
  @Test func theTemplateIsOfFrontalTrainingFilms() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let size = 106
    var rows = "Image Index,Finding Labels,Patient ID,View Position\n"
    for i in 0..<60 {
      let pixels = (0..<size * size).map { place -> UInt8 in
        let (y, x) = (Double(place / size) / Double(size), Double(place % size) / Double(size))
        func field(_ centre: Double) -> Double {
          let (dx, dy) = ((x - centre) / (0.16 + Double(i % 7) / 150), (y - 0.45) / 0.3)
          return dx * dx + dy * dy < 1 ? -90 : 0
        }
        let bow: Double = x > 0.5 && x < 0.62 && y > 0.5 && y < 0.75 ? 60 : 0
        return UInt8(110 + field(0.3) + field(0.7) + bow + 70 * y + Double(place * (i + 3) % 11))
      }
      try set.write(
        GreyFilm(height: size, width: size, pixels: pixels).pngData(), to: "films/f\(i).png")
      let view = ["PA", "AP", "PA", "AP", "LL"][i % 5]
      rows +=
        "f\(i).png,\(i % 4 == 0 ? "Mass" : i % 4 == 1 ? "Edema" : "No Finding"),\(i),\(view)\n"
    }
    try rows.write(toFile: set.csv, atomically: true, encoding: .utf8)
    let data = try set.data()
    let records = data.collection.file.records
    func template(_ isTaken: (FilmRecord) -> Bool, of part: Subset) throws -> FrontalTemplate? {
      FrontalTemplate(
        try data.collection.rows(of: part).filter { isTaken(records[$0]) }.map { row in
          FrontalTemplate.Views(
            try data.cache.preparation(path: "\(set.images)/\(records[row].name)"))
        })
    }
    let found = try #require(try data.frontalTemplate())
    #expect(try found == template({ $0.view != "LL" }, of: .train))
    #expect(try found != template({ _ in true }, of: .train))
  }
}
