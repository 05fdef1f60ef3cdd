import CXRData
import Foundation
import Testing

/// What Foundation says of an error is its own message, with the remedy.
@Suite struct LocalizedErrorTests {
  @Test func foundationSaysWhatTheErrorSays() {
    let errors: [(any Error, String)] = [
      (DataError.unreadable(path: "a.csv", reason: "gone"), "a.csv: cannot be read (gone)")
    ]
    for (error, words) in errors {
      #expect(error.localizedDescription == "\(error)")
      #expect(error.localizedDescription.hasPrefix(words))
    }
  }
}
