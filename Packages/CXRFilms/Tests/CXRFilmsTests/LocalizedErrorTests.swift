import CXRFilms
import Foundation
import Testing

/// What Foundation says of an error is its own message, with the remedy.
@Suite struct LocalizedErrorTests {
  @Test func foundationSaysWhatTheErrorSays() {
    let errors: [(any Error, String)] = [
      (FilmError.noFilms(part: "test", why: "none"), "no film is left in the test part"),
      (FilmFailure(film: UnreadableFilm(name: "a.png", reason: "cut off")), "a.png: cut off"),
    ]
    for (error, words) in errors {
      #expect(error.localizedDescription == "\(error)")
      #expect(error.localizedDescription.hasPrefix(words))
    }
  }
}
