@testable import CXRFilms
import CXRData
import CXRImage
import Foundation
import Testing

@testable import CXRTraining

/// Doubles by whose they are, and ages in their bands.
extension AuditLimitTests {
  @Test func doublesAreCalledByWhoseTheyAre() throws {
    func film(
      _ name: String, _ patient: String, _ part: Subset?, hash: UInt64 = 7,
      _ findings: [String] = ["Mass"]
    ) throws -> DuplicateAudit.Film {
      DuplicateAudit.Film(
        record: FilmRecord(
          name: name, findings: findings, patient: try #require(PatientID(patient))),
        subset: part, content: FilmContent(hash: hash, height: 48, width: 48))
    }
    func problem(
      _ first: DuplicateAudit.Film, _ second: DuplicateAudit.Film
    ) -> AuditProblem? {
      let found = DuplicateAudit.problems([first, second]) { _, _ in true }
      #expect(found.count <= 1)
      return found.first
    }
    let first = try film("a.png", "1", .train)
    #expect(
      problem(first, try film("b.png", "1", .train))
        == AuditProblem(
          image: "b.png", kind: "duplicate_pixels", severity: .warning,
          detail: "the pixels of a.png, a film of the same patient"))
    #expect(
      problem(first, try film("b.png", "2", .train))
        == AuditProblem(
          image: "b.png", kind: "duplicate_pixels_across_patients", severity: .warning,
          detail: "the pixels of a.png, a film of patient 1"))
    #expect(
      problem(first, try film("b.png", "2", .test))
        == AuditProblem(
          image: "b.png", kind: "duplicate_pixels_across_parts", severity: .error,
          detail:
            "the pixels of a.png, a film of patient 1, in the train part while this is in test"))
    #expect(
      problem(first, try film("b.png", "1", .validation))
        == AuditProblem(
          image: "b.png", kind: "duplicate_pixels_across_parts", severity: .error,
          detail:
            "the pixels of a.png, a film of the same patient, in the train part while this is in "
            + "validation"))
    #expect(
      problem(first, try film("b.png", "1", .train, ["Edema"]))?.detail
        == "the pixels of a.png, a film of the same patient, with other findings")
    #expect(problem(first, try film("b.png", "2", .train, hash: 8)) == nil)
    #expect(problem(first, try film("a.png", "1", .train)) == nil)

    // Of three, the first is named by both others; equal hashes of other pixels are no doubles.
    let three = [first, try film("b.png", "2", .train), try film("c.png", "1", .test)]
    let found = DuplicateAudit.problems(three) { _, _ in true }
    #expect(found.map(\.image) == ["b.png", "c.png"])
    #expect(found.allSatisfy { $0.detail.hasPrefix("the pixels of a.png,") })
    #expect(DuplicateAudit.problems(three) { _, _ in false }.isEmpty)
  }

  /// The mean is over the ages that are known.
  @Test func theMeanAgeIsOverKnownAges() throws {
    let records = try ["20", "41", nil, "414", "056M"].map { age in
      FilmRecord(
        name: "a.png", findings: [], patient: try #require(PatientID("1")),
        age: age.flatMap { PatientAge($0) })
    }
    let demographics = Demographics(records, rows: Array(records.positions))
    let mean = try #require(demographics.meanAge)
    #expect(abs(mean - (20 + 41 + 56.0 / 12) / 3) < 1e-12)
    #expect(demographics.ages.map(\.films) == [1, 1, 1, 2])
    #expect(Demographics(records, rows: [2, 3]).meanAge == nil)
  }

  @Test func agesAreInTheirBands() throws {
    let bands = [
      ("0-17", ["0", "17", "17.9", "006M"]), ("18-39", ["18", "39", "216M"]),
      ("40-59", ["40", "59"]), ("60-79", ["60", "79"]), ("80-", ["80", "100"]),
      (Demographics.unknown, ["1201M", "101", "414"]),
    ]
    for (name, ages) in bands {
      for age in ages {
        let years = PatientAge(age)
        #expect(years != nil)
        let records = [
          FilmRecord(
            name: "a.png", findings: [], patient: try #require(PatientID("1")),
            age: years)
        ]
        let demographics = Demographics(records, rows: [0])
        #expect(demographics.ages.map(\.name) == [name], "\(age)")
        #expect((demographics.meanAge == nil) == (name == Demographics.unknown), "\(age)")
      }
    }
  }
}
