import CXRPhantom
import Foundation
import Testing

/// What Foundation says of an error is its own message, with the remedy.
@Suite struct LocalizedErrorTests {
  @Test func foundationSaysWhatTheErrorSays() {
    let errors: [(any Error, String)] = [
      (PhantomError.unwritable(path: "out", reason: "full"), "out: cannot be written (full)")
    ]
    for (error, words) in errors {
      #expect(error.localizedDescription == "\(error)")
      #expect(error.localizedDescription.hasPrefix(words))
    }
  }
}
