import CXRData
import Foundation
import Testing

@testable import CXRFilms

/// Who is in each part, by numbers that were worked out by hand.
@Suite struct CharacteristicsTests {
  private func near(_ value: Double?, _ expected: Double?) -> Bool {
    guard let value, let expected else { return value == nil && expected == nil }
    return abs(value - expected) < 1e-12
  }

  /// Quartiles as NumPy's `quantile`: of 1, 2, 4, 10 they are 1.75, 3 and 5.5.
  @Test func quantities() {
    let four = Quantity([10, 1, 4, 2])
    #expect(four.count == 4 && four.mean == 4.25 && four.most == 10)
    #expect(four.lowerQuartile == 1.75 && four.median == 3 && four.upperQuartile == 5.5)
    // (5.75² + 3.25² + 0.25² + 2.25²) / 3 = 16.25.
    #expect(near(four.standardDeviation, 16.25.squareRoot()))
    let one = Quantity([7])
    #expect(one.mean == 7 && one.median == 7 && one.upperQuartile == 7 && one.most == 7)
    #expect(one.standardDeviation == nil)
    let none = Quantity([])
    #expect(none == Quantity([]) && none.count == 0 && none.mean == nil && none.median == nil)
    #expect(none.most == nil && none.standardDeviation == nil && none.lowerQuartile == nil)
  }

  /// By hand: 0.1 / √((0.21 + 0.16) / 2), and 18 / √((200 + 8) / 2).
  @Test func standardisedDifferences() {
    #expect(near(StandardisedDifference.ofShares(0.3, 0.2), 0.1 / 0.185.squareRoot()))
    #expect(near(StandardisedDifference.ofShares(0.2, 0.3), -0.1 / 0.185.squareRoot()))
    #expect(
      near(
        StandardisedDifference.ofMeans(Quantity([50, 70]), Quantity([40, 44])),
        18 / 104.0.squareRoot()))
    #expect(StandardisedDifference.ofShares(0.4, 0.4) == 0)
    for (p, q) in [(nil, 0.3), (0.3, nil), (0, 0), (1, 1), (0, 1)] as [(Double?, Double?)] {
      #expect(StandardisedDifference.ofShares(p, q) == nil, "\(String(describing: (p, q)))")
    }
    #expect(StandardisedDifference.ofMeans(Quantity([1]), Quantity([1, 2])) == nil)
    #expect(StandardisedDifference.ofMeans(Quantity([2, 2]), Quantity([3, 3])) == nil)
  }

  @Test func everyRowIsCountedByHand() throws {
    let table = try SmallClinic().characteristics
    #expect(table.parts == ["all", "train", "validation", "test"] && table.compared == [2, 3])
    func row(_ kind: Characteristics.Kind, _ name: String = "") throws -> Characteristics.Row {
      try #require(table.rows.first { $0.kind == kind && $0.name == name })
    }
    #expect(try row(.patients).cells == [4, 3, 1, 0].map { .count($0) })
    #expect(try row(.images).cells == [6, 5, 1, 0].map { .count($0) })
    #expect(
      try row(.imagesPerPatient).cells
        == [[2, 1, 2, 1], [2, 1, 2], [1], []].map { .quantity(Quantity($0)) })
    // At the film of the smallest running number; 412 years are not known, though the next film says 30.
    #expect(
      try row(.age).cells == [[50, 70, 60], [50, 70], [60], []].map { .quantity(Quantity($0)) })
    func expect(
      _ kind: Characteristics.Kind, _ name: String, _ shares: [(Int, Int)],
      validation: Double?, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      let row = try row(kind, name)
      #expect(
        row.cells == shares.map { .share($0.0, of: $0.1) }, "\(kind) \(name)",
        sourceLocation: sourceLocation)
      #expect(
        near(row.difference(2), validation), "\(kind) \(name)", sourceLocation: sourceLocation)
      #expect(row.difference(3) == nil, "\(kind) \(name)", sourceLocation: sourceLocation)
    }
    // 1 of 3 against none: -1/3 / √(2/9 / 2) = -1.
    try expect(.ageUnknown, "", [(1, 4), (1, 3), (0, 1), (0, 0)], validation: -1)
    try expect(.sex, "F", [(2, 4), (1, 3), (1, 1), (0, 0)], validation: 2)
    try expect(.sex, "M", [(2, 4), (2, 3), (0, 1), (0, 0)], validation: -2)
    try expect(.sexUnknown, "", [(0, 4), (0, 3), (0, 1), (0, 0)], validation: nil)
    try expect(.view, "PA", [(3, 6), (3, 5), (0, 1), (0, 0)], validation: -0.6 / 0.12.squareRoot())
    try expect(.view, "AP", [(2, 6), (1, 5), (1, 1), (0, 0)], validation: 0.8 / 0.08.squareRoot())
    try expect(
      .view, "unknown", [(1, 6), (1, 5), (0, 1), (0, 0)], validation: -0.2 / 0.08.squareRoot())
    try expect(
      .label, "Mass", [(3, 5), (2, 4), (1, 1), (0, 0)], validation: 0.5 / 0.125.squareRoot())
    try expect(
      .label, "Edema", [(2, 6), (2, 5), (0, 1), (0, 0)], validation: -0.4 / 0.12.squareRoot())
    try expect(.labelOfPatients, "Mass", [(2, 4), (1, 3), (1, 1), (0, 0)], validation: 2)
    try expect(.labelOfPatients, "Edema", [(2, 4), (2, 3), (0, 1), (0, 0)], validation: -2)
    // One patient has no deviation.
    #expect(try row(.age).difference(2) == nil && row(.patients).difference(2) == nil)
    #expect(table.rows.count == 15)
  }

  /// A number a column, undefined ones empty or `null`.
  @Test func fileAndDocument() throws {
    let table = try SmallClinic().characteristics
    let lines = table.csv.components(separatedBy: "\n")
    #expect(lines.count == 1 + 4 * 15 + 1 && lines.last == "")
    #expect(
      lines[0]
        == "kind,name,part,count,of,mean,standard_deviation,lower_quartile,median,upper_quartile,most,difference"
    )
    #expect(lines[1] == "patients,,all,4,,,,,,,,")
    let deviation = 200.0.squareRoot()
    for line in [
      "age,,train,2,,60.0,\(deviation),55.0,60.0,65.0,70.0,",
      "age,,validation,1,,60.0,,60.0,60.0,60.0,60.0,",
      "age,,test,0,,,,,,,,", "label,Mass,train,2,4,,,,,,,",
      "label_of_patients,Edema,test,0,0,,,,,,,",
      "sex,F,validation,1,1,,,,,,,2.0",
    ] { #expect(lines.contains(line), "\(line)") }
    let document = table.json.line
    #expect(
      document.contains(
        "{\"kind\": \"label\", \"name\": \"Mass\", \"all\": {\"count\": 3, \"of\": 5}, \"train\": {\"count\": 2, \"of\": 4}"
      ))
    #expect(document.contains("\"test\": {\"count\": 0, \"of\": 0, \"difference\": null}"))
    #expect(
      document.contains(
        "\"validation\": {\"count\": 1, \"mean\": 60, \"standard_deviation\": null, \"lower_quartile\": 60"
      )
        || document.contains(
          "\"validation\": {\"count\": 1, \"mean\": 60.0, \"standard_deviation\": null, \"lower_quartile\": 60.0"
        ))
  }

  /// Where each film is a patient, patients are films.
  @Test func eachFilmItsOwnPatient() throws {
    let records = try (0..<4).map { place in
      FilmRecord(
        name: "\(place)", findings: place == 0 ? ["Mass"] : [],
        patient: try #require(PatientID("x\(place)")))
    }
    let table = Characteristics(
      records, try LabelMatrix(records, labels: ["Mass"]),
      parts: [("train", [0, 1, 2]), ("test", [3])])
    func cells(_ kind: Characteristics.Kind) -> [Characteristics.Cell]? {
      table.rows.first { $0.kind == kind }?.cells
    }
    #expect(cells(.patients) == cells(.images) && cells(.label) == cells(.labelOfPatients))
    #expect(cells(.label) == [.share(1, of: 4), .share(1, of: 3), .share(0, of: 1)])
    #expect(cells(.ageUnknown) == [.share(4, of: 4), .share(3, of: 3), .share(1, of: 1)])
    #expect(cells(.sex) == nil && cells(.sexUnknown) == cells(.ageUnknown))
    #expect(table.rows.first { $0.kind == .imagesPerPatient }?.difference(2) == nil)
    #expect(FilmsAPatient(records).hasSingleFilms)
  }

  /// Bounds belong to their bands; a patient's films may stand apart.
  @Test func bandsOfFilmsAPatient() throws {
    let bands = FilmsAPatient(films: [1, 1, 2, 3, 4, 5, 6, 10, 11, 20, 21, 150]).bands
    #expect(bands.map(\.name) == ["1", "2", "3", "4", "5", "6-10", "11-20", "21-"])
    #expect(bands.map(\.patients) == [2, 1, 1, 1, 1, 2, 2, 2])
    #expect(bands.map(\.films) == [2, 2, 3, 4, 5, 16, 31, 171])
    let clinic = FilmsAPatient(try SmallClinic().records)
    #expect(clinic.bands.map(\.patients) == [2, 2, 0, 0, 0, 0, 0, 0] && !clinic.hasSingleFilms)
    #expect(clinic.json.line.hasPrefix("{\"1\": {\"patients\": 2, \"images\": 2}, \"2\": {"))
  }

  /// Of three films with Mass one has Edema; of two with Edema it is known of one whether it has Mass.
  @Test func findingsThatComeTogether() throws {
    let clinic = try SmallClinic()
    let pairs = CoOccurrence(clinic.matrix, rows: Array(clinic.records.positions))
    #expect(pairs.films == [[3, 1], [1, 2]] && pairs.known == [[3, 3], [1, 2]])
    #expect(near(pairs.share(0, 1), 1.0 / 3) && pairs.share(1, 0) == 1 && pairs.share(1, 1) == 1)
    #expect(
      pairs.csv == "label,other,images,of,share\nMass,Mass,3,3,1.0\nMass,Edema,1,3,\(1.0 / 3)\n"
        + "Edema,Mass,1,1,1.0\nEdema,Edema,2,2,1.0\n")
    #expect(
      pairs.json.line
        == "{\"Mass\": {\"Mass\": 3, \"Edema\": 1}, \"Edema\": {\"Mass\": 1, \"Edema\": 2}}")
    let none = CoOccurrence(clinic.matrix, rows: [2])
    #expect(none.films == [[0, 0], [0, 0]] && none.share(0, 1) == nil && none.share(0, 0) == nil)
    #expect(none.csv.contains("\nMass,Edema,0,0,\n"))
  }
}
