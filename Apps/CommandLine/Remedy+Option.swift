import CXRData

extension Remedy {
  /// What the library calls by its own name, as these programs' option.
  var asOption: String {
    switch self {
    case .renameLabel(let from, let to): "allow it by --rename \(Self.quoted("\(from)=\(to)"))"
    case .dropLeadingFolders(let folders): "allow it by --drop-folders \(Self.quoted(folders))"
    case .ignoreExtensions: "allow it by --ignore-extensions"
    case .askForLabel(let label): "ask for it by --labels \(Self.quoted(label))"
    }
  }

  /// As a shell takes it for one word.
  private static func quoted(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_./=".unicodeScalars.contains($0)
    }
    return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }
}

extension Error {
  /// The error in words, with what can be done about it in the words of these programs.
  var inWords: String {
    let remedies = (self as? any RemediedError)?.remedies ?? []
    return "\(self)" + remedies.map { "; " + $0.asOption }.joined()
  }
}
