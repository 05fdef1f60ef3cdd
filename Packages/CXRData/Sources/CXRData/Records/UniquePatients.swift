extension Sequence where Element == FilmRecord {
  /// The patients of these films in order of first appearance.
  public var uniquePatients: [PatientID] {
    var (seen, patients): (Set<PatientID>, [PatientID]) = ([], [])
    // A patient's films often follow each other.
    for record in self where record.patient != patients.last {
      if seen.insert(record.patient).inserted { patients.append(record.patient) }
    }
    return patients
  }
}
