import CXRData
import CXRTestSupport
import Foundation
import Testing

@testable import CXRFetch

@Suite struct NIHLabelFileTests {
  private func name(_ film: Int) -> String {
    String(format: "%08d_%03d.png", 1 + film / 5, film % 5)
  }

  private func list(_ count: Int) -> [UInt8] {
    Array((0..<count).map { name($0) + "\n" }.joined().utf8)
  }

  private func boxes(_ count: Int) -> [UInt8] {
    let rows = (0..<count).map { "\(name($0 % 880)),Mass,1.5,2,3,4,,,\n" }
    return Array(("Image Index,Finding Label,Bbox [x,y,w,h],,,\n" + rows.joined()).utf8)
  }

  private func reason(_ bytes: [UInt8]) -> String {
    do {
      return "\(try NIHLabelFile(bytes, source: "x"))"
    } catch {
      return "\(error)"
    }
  }

  @Test func listsAndBoxesAreKnownByTheirCounts() throws {
    #expect(try NIHLabelFile(list(25_596), source: "x") == .testList)
    #expect(try NIHLabelFile(list(86_524), source: "x") == .trainingList)
    #expect(try NIHLabelFile(boxes(984), source: "x") == .boxes)
    #expect(reason(list(25_595)).contains("25595 films, not"))
    #expect(reason(boxes(983)).contains("983 boxes on 880 films, not"))
  }

  @Test func strangeLinesAreNamed() {
    #expect(reason(list(3) + Array("x.png\n".utf8)).contains("line 4: \"x.png\" is no film"))
    #expect(reason(list(3) + list(1)).contains("line 4: 00000001_000.png stands"))
    #expect(reason(Array("a,b\n1,2\n".utf8)).contains("line 1"))
    #expect(reason([0, 1, 2, 255]).hasPrefix("x"))
    #expect(
      reason(boxes(2) + Array("00000001_000.png,Mass,1,2,x,4,,,\n".utf8)).contains("line 4"))
  }

  @Test func rowsOfTheLabelFileAreChecked() {
    let head = "Image Index,Finding Labels,Follow-up #,Patient ID\n"
    let first = "00000001_000.png,Pneumonia|Mass,0,1\n"
    #expect(reason(Array((head + first).utf8)).contains("1 films of 1 patients, not"))
    for (row, word) in [
      (first, "second time"), ("00000001_001.png,Masss,0,1\n", "Masss"),
      ("00000001_001.png,Mass,0,2\n", "patient"), ("00000001_001.png,Mass\n", "line 3"),
    ] {
      #expect(reason(Array((head + first + row).utf8)).contains(word), "\(row)")
    }
  }

  @Test func whatIsSavedKeepsItsBytes() throws {
    let folder = try TemporaryFolder()
    let bytes = Array(
      String(decoding: list(25_596), as: UTF8.self).replacing("\n", with: "\r\n").utf8)
    try folder.write(bytes, to: "odd name")
    let own = try FetchFolder(folder.path + "/out")
    let labels = LabelFetch(into: own)
    for _ in 0..<2 { #expect(try labels.save(folder.path + "/odd name") == .testList) }
    #expect(folder.read("out/test_list.txt") == bytes)
    #expect(throws: FetchError.unreadable(path: "/nowhere", reason: "no such file")) {
      try labels.save("/nowhere")
    }
  }
}
