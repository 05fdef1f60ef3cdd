import CXRFiles
import Foundation
import Testing

/// What Foundation says of an error is its own message, with the remedy.
@Suite struct LocalizedErrorTests {
  @Test func foundationSaysWhatTheErrorSays() {
    let errors: [(any Error, String)] = [
      (FileError.folderNotEmpty(path: "out", mark: nil), "out exists and is not empty")
    ]
    for (error, words) in errors {
      #expect(error.localizedDescription == "\(error)")
      #expect(error.localizedDescription.hasPrefix(words))
    }
  }
}
