import CXRData

@testable import CXRFilms

/// Six films of four patients, counted by hand: ages and sexes that are not known, a finding that is not known of one, a first
/// film that stands second, and a part without films.
struct SmallClinic {
  let records: [FilmRecord]
  let matrix: LabelMatrix
  let characteristics: Characteristics

  init() throws {
    func film(
      _ name: String, _ patient: String, _ findings: [String], unknown: [String] = [],
      followUp: Int? = nil, age: String?, sex: String?, view: String?
    ) throws -> FilmRecord {
      FilmRecord(
        name: name, findings: findings, unknown: unknown,
        patient: try PatientID(patient).unwrapped, followUp: followUp,
        age: age.flatMap { PatientAge($0) }, sex: sex, view: view)
    }
    records = [
      try film("a0", "1", ["Mass"], followUp: 1, age: "52", sex: "F", view: "PA"),
      try film("a1", "1", ["Mass", "Edema"], followUp: 0, age: "50", sex: "F", view: "AP"),
      try film("b0", "2", [], age: "70", sex: "M", view: "PA"),
      try film("c0", "3", ["Edema"], unknown: ["Mass"], age: "412Y", sex: nil, view: nil),
      try film("d0", "4", ["Mass"], age: "60", sex: "F", view: "AP"),
      try film("c1", "3", [], age: "30", sex: "M", view: "PA"),
    ]
    matrix = try LabelMatrix(records, labels: ["Mass", "Edema"])
    characteristics = Characteristics(
      records, matrix,
      parts: [("train", [0, 1, 2, 3, 5]), ("validation", [4]), ("test", [])])
  }
}

extension Optional {
  struct Missing: Error {}

  fileprivate var unwrapped: Wrapped {
    get throws {
      guard let self else { throw Missing() }
      return self
    }
  }
}
