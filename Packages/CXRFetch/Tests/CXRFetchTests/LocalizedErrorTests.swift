import CXRFetch
import Foundation
import Testing

/// What Foundation says of an error is its own message, with the remedy.
@Suite struct LocalizedErrorTests {
  @Test func foundationSaysWhatTheErrorSays() {
    let errors: [(any Error, String)] = [
      (FetchError.unreadable(path: "a.csv", reason: "gone"), "a.csv: gone"),
      (FetchFault.badAddress("a b"), "a b is no address"),
      (PartSelectionError.beyond(last: 3, count: 2), "there is no part 3"),
    ]
    for (error, words) in errors {
      #expect(error.localizedDescription == "\(error)")
      #expect(error.localizedDescription.hasPrefix(words))
    }
  }
}
