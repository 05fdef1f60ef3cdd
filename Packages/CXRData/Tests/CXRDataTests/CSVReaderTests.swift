import Testing

@testable import CXRData

@Suite struct CSVReaderTests {
  private func records(_ text: String) throws -> [[String]] {
    var all: [[String]] = []
    try CSVReader.forEachRecord(in: Array(text.utf8), path: "t.csv") { all.append($0.fields) }
    return all
  }

  @Test func readsPlainAndQuotedFields() throws {
    #expect(try records("a,b\n1,2\n") == [["a", "b"], ["1", "2"]])
    #expect(try records("a,\"b,c\"\n") == [["a", "b,c"]])
    #expect(try records("\"a \"\"q\"\" b\",c") == [["a \"q\" b", "c"]])
    #expect(try records("\"line\nbreak\",x\r\ny,z") == [["line\nbreak", "x"], ["y", "z"]])
  }

  @Test func readsEveryLineEndAndTheByteOrderMark() throws {
    #expect(try records("\u{FEFF}a,b\r\nc,d\re,f\n") == [["a", "b"], ["c", "d"], ["e", "f"]])
    #expect(try records("a,b\nc,d") == [["a", "b"], ["c", "d"]])
    #expect(try records("a,\n,b\n") == [["a", ""], ["", "b"]])
    #expect(try records("\n\na\n\n") == [["a"]])
    #expect(try records("") == [])
  }

  @Test func countsLinesThroughQuotedBreaks() throws {
    var lines: [Int] = []
    try CSVReader.forEachRecord(in: Array("a\n\"b\n\nc\"\nd\n".utf8), path: "t.csv") {
      lines.append($0.line)
    }
    #expect(lines == [1, 2, 5])
  }

  @Test func namesTheLineOfBrokenQuotes() {
    #expect(throws: DataError.malformedQuotes(path: "t.csv", line: 2)) {
      try records("a,b\nc,\"d\n")
    }
    #expect(throws: DataError.malformedQuotes(path: "t.csv", line: 1)) {
      try records("\"a\"b,c\n")
    }
  }

  @Test func replacesBytesThatAreNoText() throws {
    var all: [[String]] = []
    try CSVReader.forEachRecord(in: [0x61, 0xFF, 0x2C, 0x62], path: "t.csv") {
      all.append($0.fields)
    }
    #expect(all == [["a\u{FFFD}", "b"]])
  }
}
