import CXRFiles
import CXRTraining
import Foundation

/// The tables and texts that an earlier evaluation wrote into the folder, by its own list.
struct EvaluationFiles {
  private let folder: OutputFolder
  private let names: [String]

  /// Reads the list of the folder's `metrics.json`; empty where there is none.
  init(_ folder: OutputFolder) {
    struct Document: Decodable { let files: [String]? }
    self.folder = folder
    let data = FileManager.default.contents(atPath: folder.file("metrics.json")) ?? Data()
    let listed = (try? JSONDecoder().decode(Document.self, from: data))?.files ?? []
    // The list is a file's word: only names that an evaluation gives are taken from it.
    names = listed.filter { name in
      !name.contains("/")
        && (name == "localisation.csv"
          || (["predictions-", "logits-"].contains(where: name.hasPrefix) && name.hasSuffix(".csv"))
          || (name.hasPrefix("classification_report-") && name.hasSuffix(".txt")))
    }
  }

  /// Removes those that are not written again, so that no file stands beside a report of other models; what is read in
  /// this run stays.
  func remove(except kept: [String]) {
    let keptPaths = Set(kept.map { URL(fileURLWithPath: $0).standardizedFileURL.path })
    for name in names where !kept.contains(name) {
      let path = folder.file(name)
      guard !keptPaths.contains(URL(fileURLWithPath: path).standardizedFileURL.path) else {
        continue
      }
      unlink(path)
    }
  }
}
