extension LabelFile {
  /// What rows say of a patient that cannot all be true, in file order.
  static func inconsistencies(_ records: [FilmRecord]) -> [Note] {
    var notes: [(row: Int, note: Note)] = []
    func add(_ row: Int, _ problem: Problem) {
      notes.append((row, Note(line: records[row].line, film: records[row].name, problem: problem)))
    }
    var (sexes, histories): ([PatientID: (String, Int)], [PatientID: [Int]]) = ([:], [:])
    for (row, record) in records.enumerated() {
      if let number = record.patientNumberInName, record.patient.number != nil,
        record.patient.number != number
      {
        add(row, .nameOfOtherPatient(number: number))
      }
      if let sex = record.sex {
        if let (first, line) = sexes[record.patient] {
          if first != sex { add(row, .sexChange(from: first, to: sex, firstLine: line)) }
        } else {
          sexes[record.patient] = (sex, record.line)
        }
      }
      if record.followUp != nil, let age = record.age, age.years <= 100 {
        histories[record.patient, default: []].append(row)
      }
    }
    for rows in histories.values where rows.count > 1 {
      let ordered = rows.sorted {
        (records[$0].followUp ?? 0, $0) < (records[$1].followUp ?? 0, $1)
      }
      for (earlier, later) in zip(ordered, ordered.dropFirst()) {
        guard let from = records[earlier].age?.years, let to = records[later].age?.years, to < from
        else { continue }
        add(later, .ageFall(from: from, to: to, earlierLine: records[earlier].line))
      }
    }
    // Dictionaries have no order of their own.
    return notes.sorted { ($0.row, $0.note.problem.kind) < ($1.row, $1.note.problem.kind) }
      .map(\.note)
  }
}

extension FilmRecord {
  /// The patient's number in a name of NIH's form, `00000013_005.png`: eight digits, a line, three digits.
  var patientNumberInName: UInt64? {
    let bytes = Array(name.utf8.prefix(13))
    guard bytes.count == 13, bytes[8] == UInt8(ascii: "_"), bytes[12] == UInt8(ascii: "."),
      (bytes[0..<8] + bytes[9..<12]).allSatisfy({ (48...57).contains($0) })
    else { return nil }
    return bytes[0..<8].reduce(0) { $0 * 10 + UInt64($1 - 48) }
  }
}
