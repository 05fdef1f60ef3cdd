import CXRData
import CXRImage
import Testing

/// What is read is looked for: two packages list the extensions of films, of which neither knows the other.
@Suite struct FilmFormatTests {
  @Test func whatIsReadIsLookedFor() {
    for format in FilmFormat.allCases {
      #expect(format.extensions.allSatisfy { FilmName.isFilm("x." + $0) }, "\(format)")
      #expect(format.extensions.allSatisfy { FilmName.isFilm("X." + $0.uppercased()) }, "\(format)")
    }
  }
}
