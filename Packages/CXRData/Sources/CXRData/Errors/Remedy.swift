/// What a person can do about an error or a doubt, as a value: an option by its name, and what it is set to. A program spells
/// it as its own option, a consumer as an argument; packages that stand on this one may have remedies of their own.
public struct Remedy: Sendable, Hashable {
  /// The option's name as Swift writes it: `allowMissing`.
  public let option: String
  /// What it is set to; `nil` of an option that is given or not, and where the person knows what.
  public let value: String?
  /// What of the option's value stands there now, and gives way to ``value``; `nil` where nothing does.
  public let replaced: String?

  /// Names an option.
  ///
  /// - Parameters:
  ///   - option: its name as Swift writes it.
  ///   - value: what it is set to.
  ///   - replaced: what of its value gives way to that.
  public init(option: String, value: String? = nil, insteadOf replaced: String? = nil) {
    (self.option, self.value, self.replaced) = (option, value, replaced)
  }

  /// Take a name of the file for a label: ``LabelFile/init(path:collection:vocabulary:renames:patients:)``.
  public static func renameLabel(from: String, to: String) -> Remedy {
    Remedy(option: "rename", value: "\(from)=\(to)")
  }

  /// Leave leading folders of films' names out of account: ``FilmNameRule/droppedFolders``.
  public static func dropLeadingFolders(_ folders: String) -> Remedy {
    Remedy(option: "dropFolders", value: folders)
  }

  /// Leave the extensions of films' names out of account: ``FilmNameRule/ignoresExtensions``.
  public static let ignoreExtensions = Remedy(option: "ignoreExtensions")

  /// Ask for a label that is there, instead of one that is not.
  public static func askForLabel(_ label: String, insteadOf wrong: String) -> Remedy {
    Remedy(option: "labels", value: label, insteadOf: wrong)
  }

  /// Ask for other labels than those of which there is too little.
  public static let askForOtherLabels = Remedy(option: "labels")

  /// Go on without labels that no film of training has, or that all have.
  public static let skipEmptyLabels = Remedy(option: "skipEmptyLabels")

  /// Say whose films they are by a table: ``PatientSource/table(path:)``.
  public static let nameTableOfPatients = Remedy(option: "patients")

  /// Take each film for a patient of its own: ``PatientSource/eachFilm``.
  public static let takeEachFilmForAPatient = Remedy(option: "eachFilmAPatient")

  /// Read the label file as a built-in collection: ``CollectionDescription/builtIn``.
  public static func readAs(collection: String) -> Remedy {
    Remedy(option: "collection", value: collection)
  }

  /// Take the scores of tables for log-odds.
  public static let scoresAreLogits = Remedy(option: "scores", value: "logit")

  /// Go on without what a list names beyond the label file.
  public static let allowUnknownFilms = Remedy(option: "allowUnknownFilms")
}

/// An error that knows what can be done about it.
public protocol RemediedError: Error {
  /// What can be done, the likeliest first; empty where the message says it all.
  var remedies: [Remedy] { get }
}
