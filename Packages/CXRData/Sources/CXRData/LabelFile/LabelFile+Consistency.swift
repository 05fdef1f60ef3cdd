extension LabelFile {
  /// Studies of fewer characters, such as `study1`'s number, are counted anew for each patient.
  private static let shortestUniqueStudy = 6

  /// What rows say of a patient that cannot all be true, in file order.
  static func inconsistencies(_ records: [FilmRecord]) -> [Note] {
    var notes: [(row: Int, note: Note)] = []
    func add(_ row: Int, _ problem: Problem) {
      notes.append((row, Note(line: records[row].line, film: records[row].name, problem: problem)))
    }
    var studies: [String: Int] = [:]
    // Patients by number; a patient's rows often follow each other.
    var numbers: [PatientID: Int] = [:]
    var (sexes, histories): ([(sex: String, line: Int)?], [[Int]]) = ([], [])
    var last: (patient: PatientID, number: Int)?
    for (row, record) in records.enumerated() {
      let patient: Int
      if let last, last.patient == record.patient {
        patient = last.number
      } else {
        patient = numbers[record.patient] ?? sexes.count
        if patient == sexes.count {
          numbers[record.patient] = patient
          sexes.append(nil)
          histories.append([])
        }
        last = (record.patient, patient)
      }
      if let own = record.patient.number, let number = record.patientNumberInName, own != number {
        add(row, .nameOfOtherPatient(number: number))
      }
      if let study = record.study, study.utf8.count >= shortestUniqueStudy {
        if let first = studies[study] {
          if records[first].patient != record.patient {
            add(
              row,
              .studyOfTwoPatients(
                study: study, other: records[first].patient.description,
                firstLine: records[first].line))
          }
        } else {
          studies[study] = row
        }
      }
      if let sex = record.sex {
        if let first = sexes[patient] {
          if first.sex != sex {
            add(row, .sexChange(from: first.sex, to: sex, firstLine: first.line))
          }
        } else {
          sexes[patient] = (sex, record.line)
        }
      }
      if record.followUp != nil, let age = record.age, age.years <= 100 {
        histories[patient].append(row)
      }
    }
    for rows in histories where rows.count > 1 {
      let ordered = rows.sorted {
        (records[$0].followUp ?? 0, $0) < (records[$1].followUp ?? 0, $1)
      }
      for (earlier, later) in zip(ordered, ordered.dropFirst()) {
        guard let from = records[earlier].age?.years, let to = records[later].age?.years, to < from
        else { continue }
        add(later, .ageFall(from: from, to: to, earlierLine: records[earlier].line))
      }
    }
    return notes.sorted { ($0.row, $0.note.problem.kind) < ($1.row, $1.note.problem.kind) }
      .map(\.note)
  }
}

extension FilmRecord {
  /// The patient's number in a name of NIH's form, `00000013_005.png`: eight digits, a line, three digits.
  var patientNumberInName: UInt64? {
    var (place, number): (Int, UInt64) = (0, 0)
    for byte in name.utf8 {
      switch place {
      case 0..<8, 9..<12:
        guard (48...57).contains(byte) else { return nil }
        if place < 8 { number = number * 10 + UInt64(byte - 48) }
      case 8: guard byte == UInt8(ascii: "_") else { return nil }
      default: return byte == UInt8(ascii: ".") ? number : nil
      }
      place += 1
    }
    return nil
  }
}
