import Foundation
import Testing

@testable import CXRData

/// What every reader of tables takes, and what it refuses by name.
@Suite struct TableTests {
  private let text =
    "Image Index,Finding Labels,Patient ID,Patient Age\na.png,Mass|Nodule,7,58\nb.png,Edema,8,\n"

  private func file(_ bytes: [UInt8]) throws -> LabelFile {
    try LabelFile(contents: bytes, path: "labels.csv")
  }

  private func wide(_ text: String, isBig: Bool, mark: Bool) -> [UInt8] {
    ((mark ? [0xFEFF] : []) + Array(text.utf16)).flatMap { unit -> [UInt8] in
      let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
      return isBig ? [high, low] : [low, high]
    }
  }

  @Test func readsEveryEncodingSeparatorAndLineEnd() throws {
    let expected = try file(Array(text.utf8)).records
    let semicolons = text.replacing(",", with: ";")
    let forms: [(String, [UInt8])] = [
      ("byte-order mark", [0xEF, 0xBB, 0xBF] + Array(text.utf8)),
      ("CRLF", Array(text.replacing("\n", with: "\r\n").utf8)),
      ("CR", Array(text.replacing("\n", with: "\r").utf8)),
      ("UTF-16 little", wide(text, isBig: false, mark: true)),
      ("UTF-16 big", wide(text, isBig: true, mark: true)),
      ("UTF-16 little without mark", wide(text, isBig: false, mark: false)),
      ("UTF-16 big without mark", wide(text, isBig: true, mark: false)),
      ("semicolons", Array(semicolons.utf8)), ("sep=", Array(("sep=;\n" + semicolons).utf8)),
      ("tabs", Array(text.replacing(",", with: "\t").utf8)),
      (
        "blanks",
        Array(text.replacing(",", with: "\u{200B} ,\u{A0}").replacing("a.png", with: " a.png").utf8)
      ),
      ("header", Array(text.replacing("Image Index", with: "\u{A0}image_index ").utf8)),
      ("blank rows", Array((text + "\n,,,\n  ,,,\n").utf8)),
    ]
    for (name, bytes) in forms {
      let records = try file(bytes).records
      #expect(records.map(\.name) == expected.map(\.name), "\(name)")
      #expect(records.map(\.findings) == expected.map(\.findings), "\(name)")
      #expect(records.map(\.patient) == expected.map(\.patient), "\(name)")
      #expect(records.map(\.age) == expected.map(\.age), "\(name)")
    }
  }

  @Test(arguments: [
    ([0x1F, 0x8B, 8, 0], FileFormat.gzip, "gunzip -k labels.csv"),
    (Array("PK\u{3}\u{4}....[Content_Types].xml".utf8), .workbook, "save the sheet as CSV"),
    (Array("PK\u{3}\u{4}....labels.csv".utf8), .zip, "unzip labels.csv"),
    ([0xD0, 0xCF, 0x11, 0xE0, 0xA1], .oldWorkbook, "save the sheet as CSV"),
    (Array("PAR1\u{15}".utf8), .parquet, "read_parquet"),
    (Array("\n<!DOCTYPE html><html>".utf8), .html, "login"),
    (
      Array("version https://git-lfs.github.com/spec/v1\noid sha256:0\n".utf8), .lfsPointer,
      "git lfs pull"
    ),
  ])
  func namesWhatIsNoTable(bytes: [UInt8], format: FileFormat, remedy: String) throws {
    let error = #expect(throws: DataError.self) { try file(bytes) }
    #expect(error == .notText(path: "labels.csv", format: format))
    #expect(error?.description.contains(remedy) == true)
  }

  @Test func namesTheLineOfBytesThatAreNotUTF8() throws {
    // Müller and Möller in Latin-1 would be one patient.
    let bytes =
      Array("Image Index,Finding Labels,Patient ID\na,x,M".utf8) + [0xFC] + Array("ller\n".utf8)
    #expect(throws: DataError.invalidUTF8(path: "labels.csv", line: 2, byte: 0xFC)) {
      try file(bytes)
    }
    for broken: [UInt8] in [
      [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82],
    ] {
      #expect(throws: DataError.self) { try TextFile.utf8(Array("a,".utf8) + broken, path: "t") }
    }
    _ = try TextFile.utf8(Array("a,ü,€,𝄞".utf8), path: "t")
  }

  @Test func refusesAColumnThatStandsTwice() throws {
    #expect(
      throws: DataError.columnTwice(
        path: "labels.csv", line: 1, first: "Patient ID", second: "patient_id")
    ) { try file(Array("Image Index,Finding Labels,Patient ID,patient_id\na,x,1,2\n".utf8)) }
    #expect(throws: DataError.self) { try file(Array("Path,Patient ID,Mass,Mass\na,1,0,1\n".utf8)) }
  }

  @Test func readsNumbersOnlyWhereTheyAreCertain() {
    func number(_ text: String) -> Double? { Table.Row.number(text, hasDecimalCommas: true) }
    #expect(number("0,9") == 0.9 && number("0,123") == 0.123 && number("12,5") == 12.5)
    #expect(number("1e-300") == 1e-300 && number(".5") == 0.5 && number("-1") == -1)
    #expect(number("1,024") == nil && number("1.0,5") == nil && number("0x1") == nil)
    #expect(
      Table.Row.number("1,000", hasDecimalCommas: true, isUnderThousand: true) == 1
        && number("1,000") == nil)
    #expect(number("inf") == nil && number("nan") == nil && number("1_0") == nil)
    #expect(Table.Row.number("0,9", hasDecimalCommas: false) == nil)
  }

  @Test func readsListsWithTheSameCare() throws {
    let forms = [
      "\u{FEFF}a.png\nb.png\n", " a.png \r\n\r\n\u{A0}b.png", "Image Index\na.png\nb.png",
      "fold;image index\n1;a.png\n2;b.png\n", "\"a.png\"\n'b.png'\n", "./a.png\n.\\b.png\n",
    ]
    for form in forms {
      let list = try FilmNameList(contents: Array(form.utf8), path: "list.txt")
      #expect(list.films.map(\.name) == ["a.png", "b.png"], "\(form)")
    }
    #expect(
      try FilmNameList(contents: wide("a.png\nb.png\n", isBig: false, mark: true), path: "l").films
        .map(\.line) == [1, 2])
    #expect(throws: DataError.noRows(path: "l")) {
      try FilmNameList(contents: Array("\n \n".utf8), path: "l")
    }
    // A comma may be part of a name.
    #expect(
      try FilmNameList(contents: Array("a,b.png\n".utf8), path: "l").films.map(\.name) == [
        "a,b.png"
      ])
  }

  @Test func refusesTheHeaderAmongRows() throws {
    #expect(throws: DataError.repeatedHeader(path: "labels.csv", line: 4)) {
      try file(Array((text + text).utf8))
    }
  }

  @Test func blanksBeforeAQuoteBelongToTheField() throws {
    let records = try file(
      Array(
        "Image Index,Finding Labels,Patient ID,\"OriginalImage[Width,Height]\"\na.png, \"Foo,Bar\" ,1,5\n"
          .utf8)
    ).records
    #expect(records.first?.patient.description == "1")
    #expect(records.first?.findings == ["Foo,Bar"])
  }

  @Test func tellsOtherEncodingsAndTextsThatBeginLikeFiles() throws {
    #expect(throws: DataError.self) { try file([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0]) }
    for name in ["PAR1_0001.png", "BZh1.png"] {
      #expect(
        try FilmNameList(contents: Array("\(name)\n".utf8), path: "l").films.map(\.name) == [name])
    }
    #expect(
      try FilmNameList(contents: Array("sep=;\nImage Index;x\na.png;1\n".utf8), path: "l").films
        .map(\.name) == ["a.png"])
    #expect(throws: DataError.wrongFieldCount(path: "l", line: 2, expected: 1, found: 2)) {
      try FilmNameList(contents: Array("Image Index\na, b.png\n".utf8), path: "l")
    }
  }

  @Test func columnsBehindAPairOfSizesDoNotShift() throws {
    let header =
      "Image Index,Finding Labels,Patient ID,\"OriginalImage[Width,Height]\",View Position\n"
    #expect(throws: DataError.self) { try file(Array((header + "a,Mass,1,10,20,PA\n").utf8)) }
    #expect(try file(Array((header + "a,Mass,1,10,PA\n").utf8)).records.first?.view == "PA")
  }
}
