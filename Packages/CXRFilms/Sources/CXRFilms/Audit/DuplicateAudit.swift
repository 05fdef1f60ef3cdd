import CXRData
import CXRImage

/// Finds films that show the same pixels under several names.
enum DuplicateAudit {
  /// A film of an audit.
  struct Film {
    let record: FilmRecord
    let subset: Subset?
    let content: FilmContent
  }

  /// A problem for every film but the first of each group, in file order. `areSame` looks at the pixels of
  /// two films that have one hash.
  static func problems(
    _ films: [Film], areSame: (FilmRecord, FilmRecord) -> Bool
  ) -> [AuditProblem] {
    var firsts: [FilmContent: Int] = [:]
    var problems: [AuditProblem] = []
    for (i, film) in films.enumerated() {
      guard let first = firsts[film.content] else {
        firsts[film.content] = i
        continue
      }
      let other = films[first]
      guard other.record.name != film.record.name, areSame(other.record, film.record) else {
        continue
      }
      let isOfOne = other.record.patient == film.record.patient
      let leaks = other.subset != film.subset
      let differs = Set(other.record.findings) != Set(film.record.findings)
      problems.append(
        AuditProblem(
          image: film.record.name,
          kind: leaks
            ? "duplicate_pixels_across_parts"
            : isOfOne ? "duplicate_pixels" : "duplicate_pixels_across_patients",
          severity: leaks ? .error : .warning,
          detail: "the pixels of \(other.record.name)"
            + (isOfOne
              ? ", a film of the same patient" : ", a film of patient \(other.record.patient)")
            + (leaks
              ? ", in the \(other.subset?.rawValue ?? "") part while this is in \(film.subset?.rawValue ?? "")"
              : "")
            + (differs ? ", with other findings" : "")))
    }
    return problems
  }
}
