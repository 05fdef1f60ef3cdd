import Testing

@testable import CXRFetch

/// What a person reads says whose each number is.
@Suite struct FaultMessageTests {
  @Test func faultsNameBothSides() {
    for (fault, words) in [
      (
        FetchFault.otherSize(expected: 100, found: 2001, type: "application/gzip"),
        "the catalogue says 100 bytes, the server 2,001 bytes"
      ),
      (.longer(expected: 100), "more than the 100 bytes of the catalogue came"),
      (.otherSum(expected: "aa", found: "bb"), "its MD5 sum is bb, the catalogue says aa"),
      (.status(404, url: "http://h/a"), "the server answers 404 to http://h/a"),
      (.gaveUp(attempts: 5, reason: "cut"), "given up after 5 attempts, the last: cut"),
    ] { #expect("\(fault)".hasPrefix(words), "\(fault)") }
    #expect(
      "\(FetchFault.otherSize(expected: 1, found: 2, type: "text/html"))".contains("a web page"))
    #expect(
      !"\(FetchFault.otherSize(expected: 1, found: 2, type: "text/plain"))".contains("a web page"))
  }

  @Test func eventsNameTheFile() {
    for (event, words) in [
      (FetchEvent.retrying(file: "a", reason: "cut", seconds: 4), "a: cut; again in 4 s"),
      (.whole(file: "a", bytes: 3), "a: whole, 3 bytes"),
      (.begunAnew(file: "a", reason: "x"), "a: x; it is fetched from its beginning"),
    ] { #expect("\(event)" == words) }
  }

  @Test func labelFilesAreNamedByTheirRevision() {
    #expect(
      NIHLabelFile.findings(.pneumonia1431).description.hasSuffix("(v2020, NIH's own since 2020)"))
    #expect(NIHLabelFile.findings(.pneumonia1353).description.hasSuffix("(of 2017)"))
    #expect(NIHLabelFile.findings(.pneumonia1431).description.contains("1431"))
    #expect(NIHLabelFile.findings(.pneumonia1353).description.contains("1353"))
    #expect(NIHLabelFile.findings(.pneumonia1431).name == "Data_Entry_2017_v2020.csv")
    #expect(NIHLabelFile.findings(.pneumonia1353).name == "Data_Entry_2017.csv")
    #expect(NIHLabelFile.trainingList.description.contains("86524 films for training"))
    #expect(NIHLabelFile.testList.description.contains("25596 films for the test"))
    #expect(NIHLabelFile.boxes.description == "984 boxes on 880 films")
  }
}
