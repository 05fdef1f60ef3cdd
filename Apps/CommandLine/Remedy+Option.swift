import CXRData
import CXRFiles
import CXRImage
import CXRTraining

extension [Remedy] {
  /// What the libraries call by their own names, as these programs' options; `nil` where there is none.
  var asOptions: String? {
    if contains(.nameTableOfPatients) || contains(.takeEachFilmForAPatient) {
      return
        "give --patients FILE, a table with the columns Image Index and Patient ID; or, if no such table is to be had, "
        + "--each-film-a-patient, which every page will then say"
    }
    if contains(.skipEmptyLabels) {
      return "to allow it: --skip-empty-labels, or name the other labels in --labels"
    }
    if contains(.overwrite) {
      return (contains(.goOn) ? "or go on with the training run in it by --resume, " : "")
        + "or overwrite the files that this program writes by --force"
    }
    for remedy in self {
      guard let wrong = remedy.replaced, let right = remedy.value else { continue }
      return "in \(remedy.option.asOption) write \(right) for \(wrong)"
    }
    let options = map { remedy in
      remedy.option.asOption + (remedy.value.map { " " + Self.quoted($0) } ?? "")
    }
    if options.isEmpty { return nil }
    // A checkpoint's films are read as in its training.
    let isOfTraining = contains { Self.ofTraining.contains($0.option) }
    return (isOfTraining ? "to allow it, here or in training: " : "to allow it: ")
      + options.joined(separator: " ")
  }

  /// Options of decoding that programs which read a checkpoint take from there.
  private static let ofTraining: Set<String> = ["dicomRange", "pngBits"]

  /// As a shell takes it for one word.
  private static func quoted(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_./=,".unicodeScalars.contains($0)
    }
    return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }
}

extension Remedy {
  /// Write into a folder that holds files.
  static let overwrite = Remedy(option: "force")
  /// Go on with the run in a folder.
  static let goOn = Remedy(option: "resume")
}

extension FileError: RemediedError {
  /// What can be done about a folder that holds files.
  public var remedies: [Remedy] {
    guard case .folderNotEmpty(_, let mark) = self else { return [] }
    return mark == RunFile.name ? [.goOn, .overwrite] : [.overwrite]
  }
}

extension ImageError: RemediedError {
  /// The option with which the film would be read.
  public var remedies: [Remedy] {
    remedy.map { [Remedy(option: $0.option, value: $0.value)] } ?? []
  }
}

extension Error {
  /// The error in words, with what can be done about it in the words of these programs.
  var inWords: String {
    let remedies = (self as? any RemediedError)?.remedies ?? []
    return "\(self)" + (remedies.asOptions.map { "\n" + $0 } ?? "")
  }
}
