import ArgumentParser
import CXRData
import CXRFiles
import CXRFilms
import CXRImage
import CXRTraining

extension [Remedy] {
  /// What the libraries call by their own names, as these programs' options, a line for what a person may want; `nil` where
  /// there is none.
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
        + "or overwrite the files that this program writes by \(Remedy.startAnew.option.asOption)"
    }
    for remedy in self {
      guard let wrong = remedy.replaced, let right = remedy.value else { continue }
      return "in \(remedy.option.asOption) write \(right) for \(wrong)"
    }
    var lines: [(purpose: String, options: [String])] = []
    for remedy in self {
      let purpose = Self.purposes[remedy.option] ?? "to allow it"
      let text = remedy.option.asOption + (remedy.value.map { " " + Self.quoted($0) } ?? "")
      if let line = lines.firstIndex(where: { $0.purpose == purpose }) {
        lines[line].options.append(text)
      } else {
        lines.append((purpose, [text]))
      }
    }
    if lines.isEmpty { return nil }
    return lines.map { purpose, options in
      "\(purpose): " + options.joined(separator: purpose == Self.setting ? ", " : " ")
    }.joined(separator: "\n")
  }

  /// Of options each of which is to be set otherwise, as the message says.
  private static let setting = "set by"

  /// What an option is given for, where that is no mere leave.
  private static let purposes = [
    "allowMissing": "to go on without them", "skipUnreadable": "to go on without them",
    "cacheFolder": "to name it",
    // Programs that read a checkpoint take these from there.
    "dicomRange": "to allow it, here or in training",
    "pngBits": "to allow it, here or in training",
    "force": "to start anew over it", "otherDevice": "to accept another device",
    "resume": "to go on with a training run", "subset": "to evaluate them",
    "trainList": "to give them", "testList": "to give them",
    "batchSize": setting, "imageSize": setting, "threads": setting,
    "learningRate": setting, "clipNorm": setting,
  ]

  /// As a shell takes it for one word.
  private static func quoted(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_./=,".unicodeScalars.contains($0)
    }
    return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }
}

extension Remedy {
  /// Write into a folder that holds files: `OutputFolder(_:for:reusing:)`.
  static let overwrite = Remedy(option: "reusing")
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
  public var remedies: [Remedy] { remedy.map { [Remedy($0)] } ?? [] }
}

extension Error {
  /// The error in words, with what can be done about it in the words of these programs.
  var inWords: String {
    let text = (self as? any OptionError)?.invalidOption?.inWords ?? "\(self)"
    let remedies = (self as? any RemediedError)?.remedies ?? []
    return text + (remedies.asOptions.map { "\n" + $0 } ?? "")
  }
}

extension ParsableArguments {
  /// Takes what a check of the libraries refuses for wrong usage.
  /// - Throws: `ValidationError` in the words of these programs.
  public func usage<Value>(_ check: () throws -> Value) throws -> Value {
    do { return try check() } catch { throw ValidationError(error.inWords) }
  }
}
