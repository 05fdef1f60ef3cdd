/// To which examination and part of a split a film belongs. One reference, as most collections say neither.
final class FilmAssignment: Sendable, Equatable {
  let study: String?
  let part: Subset?

  /// `nil` where nothing is said.
  init?(study: String?, part: Subset?) {
    if study == nil && part == nil { return nil }
    (self.study, self.part) = (study, part)
  }

  static func == (left: FilmAssignment, right: FilmAssignment) -> Bool {
    left.study == right.study && left.part == right.part
  }
}
