/// What a person can do about an error or a doubt, as a value: a program spells it as its own option, a consumer as an
/// argument.
public enum Remedy: Sendable, Hashable {
  /// Take a name of the file for a label: ``LabelFile/init(path:collection:vocabulary:renames:patients:)``.
  case renameLabel(from: String, to: String)
  /// Leave leading folders of films' names out of account: ``FilmNameRule/droppedFolders``.
  case dropLeadingFolders(String)
  /// Leave the extensions of films' names out of account: ``FilmNameRule/ignoresExtensions``.
  case ignoreExtensions
  /// Ask for a label that is there, instead of one that is not.
  case askForLabel(String, insteadOf: String)
  /// Say whose films they are by a table: ``PatientSource/table(path:)``.
  case nameTableOfPatients
  /// Take each film for a patient of its own: ``PatientSource/eachFilm``.
  case takeEachFilmForAPatient
  /// Read the label file as a built-in collection: ``CollectionDescription/builtIn``.
  case readAs(collection: String)
  /// Go on without what a list names beyond the label file.
  case allowUnknownFilms
}

/// An error that knows what can be done about it.
public protocol RemediedError: Error {
  /// What can be done, the likeliest first; empty where the message says it all.
  var remedies: [Remedy] { get }
}
