import Testing

@testable import CXRFetch

@Suite struct FetchCatalogueTests {
  private let sum = "0123456789abcdef0123456789abcdef"

  private func catalogue(_ text: String) throws -> FetchCatalogue {
    try FetchCatalogue(contents: Array(text.utf8), path: "catalogue.csv")
  }

  @Test func nihIsTwelveArchives() {
    let nih = FetchCatalogue.nih
    #expect(nih.entries.count == 12)
    #expect(nih.bytes == 45_079_862_784)
    #expect(
      nih.entries.first
        == FetchCatalogue.Entry(
          file: "images_001.tar.gz",
          url: "https://nihcc.box.com/shared/static/vfk49d74nhbxq3nqjg0900w5nvkorp5c.gz",
          bytes: 2_008_470_987, md5: "fe8ed0a6961412fddcbb3603c11b3698"))
    #expect(nih.entries.last?.file == "images_012.tar.gz")
    #expect(Set(nih.entries.map(\.md5)).count == 12)
    for entry in nih.entries {
      #expect(FetchCatalogue.fault(ofName: entry.file) == nil)
      #expect(FetchCatalogue.fault(ofAddress: entry.url) == nil)
      #expect(entry.md5.utf8.count == 32)
    }
  }

  @Test func columnsMayStandInAnyOrder() throws {
    let found = try catalogue(
      "md5;bytes;note;file;url\r\n\(sum.uppercased());5;x;a.zip;http://h/a\r\n")
    #expect(
      found.entries == [FetchCatalogue.Entry(file: "a.zip", url: "http://h/a", bytes: 5, md5: sum)])
  }

  @Test(arguments: [
    ("b,http://h/b,12x,0123456789abcdef0123456789abcdef", "number of bytes"),
    ("b,http://h/b,99999999999999999999,0123456789abcdef0123456789abcdef", "number of bytes"),
    ("b,http://h/b,5,0123", "MD5"),
    ("b/c,http://h/b,5,0123456789abcdef0123456789abcdef", "folders"),
    ("..,http://h/b,5,0123456789abcdef0123456789abcdef", "folders"),
    (".cxr-fetch.lock,http://h/b,5,0123456789abcdef0123456789abcdef", "uses"),
    ("a.part,http://h/b,5,0123456789abcdef0123456789abcdef", "uses"),
    ("b,file:///b,5,0123456789abcdef0123456789abcdef", "address"),
    ("b,http:///b,5,0123456789abcdef0123456789abcdef", "address"),
    ("a,http://h/b,5,0123456789abcdef0123456789abcdef", "line 2 too"),
  ])
  func faultsNameTheirLine(_ row: String, _ word: String) throws {
    let error = #expect(throws: FetchError.self) {
      try catalogue("file,url,bytes,md5\na,http://h/a,5,\(sum)\n\(row)\n")
    }
    guard case .invalidCatalogue("catalogue.csv", 3, let reason) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains(word), "\(reason)")
  }

  @Test func missingColumnsAndRowsAreNamed() {
    #expect(
      throws: FetchError.invalidCatalogue(
        path: "catalogue.csv", line: 1,
        reason:
          "the column md5 is missing; a catalogue has file, url, bytes, md5, this file has file, url, bytes"
      )
    ) { try catalogue("file,url,bytes\na,http://h/a,5\n") }
    #expect(
      throws: FetchError.invalidCatalogue(
        path: "catalogue.csv", line: nil, reason: "it names no file; write a row for each")
    ) { try catalogue("file,url,bytes,md5\n") }
  }

  @Test func partsAreTakenInTheCataloguesOrder() throws {
    let some = try FetchCatalogue.nih.selecting(PartSelection("11-12,3,3"))
    #expect(
      some.entries.map(\.file) == ["images_003.tar.gz", "images_011.tar.gz", "images_012.tar.gz"])
    #expect(throws: PartSelectionError.beyond(last: 13, count: 12)) {
      try FetchCatalogue.nih.selecting(PartSelection("1,13"))
    }
  }

  @Test(arguments: [
    "", "0", "x", "1-", "-1", "1,,2", "2-1", "1-2-3", " 1", "99999999999999999999",
  ])
  func whatNamesNoPartsIsRefused(_ text: String) {
    #expect(throws: PartSelectionError.malformed(text)) { try PartSelection(text) }
  }

  @Test func sizesAreWrittenForPersons() {
    #expect(3_000_000.inBytes == "3,000,000 bytes")
    #expect(1.inBytes == "1 byte")
    #expect(45_079_862_784.inLargeUnits == "45.0 GB")
    #expect(999_999.inLargeUnits == "999,999 bytes")
    #expect(1_250_000.inLargeUnits == "1.2 MB")
  }
}
