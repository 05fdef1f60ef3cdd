import CXRArchive
import Foundation
import Testing

/// What Foundation says of an error is its own message, with the remedy.
@Suite struct LocalizedErrorTests {
  @Test func foundationSaysWhatTheErrorSays() {
    let errors: [(any Error, String)] = [
      (ArchiveError.noArchive(archive: "a.rar", reason: "unknown"), "a.rar is no archive")
    ]
    for (error, words) in errors {
      #expect(error.localizedDescription == "\(error)")
      #expect(error.localizedDescription.hasPrefix(words))
    }
  }
}
