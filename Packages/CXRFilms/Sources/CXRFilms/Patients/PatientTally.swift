import CXRData

/// What films say of each of their patients: how many there are, age and sex, and which findings any of them shows.
struct PatientTally {
  /// One patient's films.
  struct Patient {
    /// How many.
    var films = 0
    /// Age in years at the first film; `nil` where that does not say, or says more than 100 years.
    var age: Double?
    /// As the first film says that says it.
    var sex: String?
    /// The place of the first film among a patient's: by its running number, then by row.
    fileprivate var first: (followUp: Int, row: FilmRow)?
    fileprivate var firstWithSex: (followUp: Int, row: FilmRow)?
  }

  /// The patients, in order of first appearance.
  private(set) var patients: [Patient] = []
  /// Patients with a film that has the label, `[K]`.
  let positives: [Int]
  /// Patients with a film of which it is known whether it has the label, `[K]`.
  let known: [Int]

  /// Counts films in one pass; its memory is per patient and label.
  init(_ records: [FilmRecord], _ matrix: LabelMatrix, rows: [FilmRow]) {
    var numbers: [PatientID: Int] = [:]
    // A patient's films often follow each other.
    var last: (patient: PatientID, number: Int)?
    let labels = matrix.labels.count
    var (has, knows): ([Bool], [Bool]) = ([], [])
    for row in rows {
      let record = records[row]
      let number: Int
      if let last, last.patient == record.patient {
        number = last.number
      } else {
        number = numbers[record.patient] ?? patients.count
        if number == patients.count {
          numbers[record.patient] = number
          patients.append(Patient())
          has += [Bool](repeating: false, count: labels)
          knows += [Bool](repeating: false, count: labels)
        }
        last = (record.patient, number)
      }
      patients[number].add(record, row)
      for k in 0..<labels {
        if matrix[row, k] { has[number * labels + k] = true }
        if matrix.isKnown(row, k) { knows[number * labels + k] = true }
      }
    }
    func count(_ flags: [Bool]) -> [Int] {
      var counts = [Int](repeating: 0, count: labels)
      for place in flags.indices where flags[place] { counts[place % labels] += 1 }
      return counts
    }
    (positives, known) = (count(has), count(knows))
  }
}

extension PatientTally.Patient {
  fileprivate mutating func add(_ record: FilmRecord, _ row: FilmRow) {
    films += 1
    let place = (record.followUp ?? 0, row)
    if first.map({ place < $0 }) ?? true {
      first = place
      age = record.age.flatMap { Demographics.band($0) == nil ? nil : $0.years }
    }
    if let own = record.sex, firstWithSex.map({ place < $0 }) ?? true {
      (firstWithSex, sex) = (place, own)
    }
  }
}
