import CXRData
import Testing

/// What is said of an option that cannot be taken: under the library's name of it, and under a program's.
@Suite struct InvalidOptionTests {
  @Test func theOptionTheValueAndWhatIsNeeded() {
    let option = InvalidOption("batchSize", "0", needed: "a number from 1 to 4096 is needed")
    #expect(option.description == "batchSize 0: a number from 1 to 4096 is needed")
    #expect(
      option.text(calling: "--batch-size") == "--batch-size 0: a number from 1 to 4096 is needed")
    #expect(option.remedies == [])
  }

  @Test func withoutAValue() {
    let option = InvalidOption("images", needed: "name their folder")
    #expect(option.description == "images: name their folder")
    #expect(option.text(calling: "--images") == "--images: name their folder")
  }
}
