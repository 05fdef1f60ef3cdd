import CXRData

extension [Remedy] {
  /// What the libraries call by their own names, as these programs' options; `nil` where there is none.
  var asOptions: String? {
    var options: [String] = []
    for remedy in self {
      switch remedy {
      case .renameLabel(let from, let to):
        options.append("--rename \(Self.quoted("\(from)=\(to)"))")
      case .dropLeadingFolders(let folders):
        options.append("--drop-folders \(Self.quoted(folders))")
      case .ignoreExtensions: options.append("--ignore-extensions")
      case .nameTableOfPatients, .takeEachFilmForAPatient:
        return
          "give --patients FILE, a table with the columns Image Index and Patient ID; or, if no such table is to be had, "
          + "--each-film-a-patient, which every page will then say"
      case .readAs(let collection): options.append("--collection \(collection)")
      case .allowUnknownFilms: options.append("--allow-unknown-films")
      case .askForLabel(let label, let wrong): return "in --labels write \(label) for \(wrong)"
      }
    }
    return options.isEmpty ? nil : "to allow it: " + options.joined(separator: " ")
  }

  /// As a shell takes it for one word.
  private static func quoted(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_./=,".unicodeScalars.contains($0)
    }
    return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }
}

extension Error {
  /// The error in words, with what can be done about it in the words of these programs.
  var inWords: String {
    let remedies = (self as? any RemediedError)?.remedies ?? []
    return "\(self)" + (remedies.asOptions.map { "\n" + $0 } ?? "")
  }
}
