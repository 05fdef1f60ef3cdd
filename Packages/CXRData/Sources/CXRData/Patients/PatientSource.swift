/// Where it stands whose films they are.
public enum PatientSource: Sendable, Equatable {
  /// In the label file.
  case labelFile
  /// In a table of films and patients, by its path; where the label file does not say.
  case table(path: String)
  /// Nowhere: each film is taken for a patient of its own, so that films of one patient may come into two parts.
  case eachFilm
}
