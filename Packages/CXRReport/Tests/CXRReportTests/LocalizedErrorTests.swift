import CXRReport
import Foundation
import Testing

/// What Foundation says of an error is its own message, with the remedy.
@Suite struct LocalizedErrorTests {
  @Test func foundationSaysWhatTheErrorSays() {
    let errors: [(any Error, String)] = [
      (ReportError.gnuplotFailed(figure: "a", reason: "no"), "gnuplot could not draw a")
    ]
    for (error, words) in errors {
      #expect(error.localizedDescription == "\(error)")
      #expect(error.localizedDescription.hasPrefix(words))
    }
  }
}
