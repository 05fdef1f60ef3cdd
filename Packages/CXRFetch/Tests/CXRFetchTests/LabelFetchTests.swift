import CXRFiles
import CXRData
import CXRTestSupport
import Foundation
import Testing

@testable import CXRFetch

/// NIH's label files, told by their counts and put under their own names.
@Suite struct LabelFetchTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func padded(_ number: Int, _ width: Int) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: width - digits.count) + digits
  }

  /// A label file of so many films with Pneumonia, in NIH's shape.
  private func labels(
    films: Int = 112_120, patients: Int = 30_805, pneumonia: Int
  ) -> [UInt8] {
    var text = "Image Index,Finding Labels,Follow-up #,Patient ID\n"
    for film in 0..<films {
      let (patient, number) = (1 + film % patients, film / patients)
      let finding = film < pneumonia ? (film % 2 == 0 ? "Pneumonia" : "Edema|Pneumonia") : "Mass"
      text += "\(padded(patient, 8))_\(padded(number, 3)).png,\(finding),\(number),\(patient)\n"
    }
    return Array(text.utf8)
  }

  private func list(_ count: Int) -> [UInt8] {
    Array((0..<count).map { padded(1 + $0, 8) + "_000.png\n" }.joined().utf8)
  }

  private func reason(_ bytes: [UInt8]) -> String {
    do {
      return "\(try NIHLabelFile(bytes, source: "x"))"
    } catch {
      return "\(error)"
    }
  }

  /// 112,120 films of 30,805 patients; 1,353 with Pneumonia were NIH's of 2017, 1,431 are since 2020.
  @Test func theLabelFileIsToldByItsCounts() throws {
    for (pneumonia, name) in [
      (1353, "Data_Entry_2017.csv"), (1431, "Data_Entry_2017_v2020.csv"),
    ] {
      #expect(try NIHLabelFile(labels(pneumonia: pneumonia), source: "x").name == name)
    }
    #expect(
      reason(labels(pneumonia: 1432)).contains(
        "1432 films with Pneumonia, not the 1353 or 1431 of NIH's label file"))
    #expect(
      reason(labels(films: 112_119, pneumonia: 1431)).contains(
        "112119 films of 30805 patients, not the 112120 of 30805"))
    #expect(
      reason(labels(patients: 30_804, pneumonia: 1431)).contains("112120 films of 30804 patients"))
  }

  /// From an address too; what is none of NIH's is not saved, and nothing half written stays.
  @Test func whatIsSavedIsOneOfNIHs() throws {
    let (test, short) = (list(25_596), list(25_595))
    let server = try LoopbackServer([LoopbackServer.file(short), LoopbackServer.file(test)])
    let labels = LabelFetch(into: try FetchFolder(folder.path + "/out"))
    let address = "http://127.0.0.1:\(server.port)/any name".replacing(" ", with: "%20")
    func names() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: folder.path + "/out")
        .filter { $0 != ".cxr-fetch.lock" }
    }
    do {
      _ = try labels.save(address)
      Issue.record("a list of other films was saved")
    } catch FetchError.strangeLabels(let source, let reason) {
      #expect(source == address && reason.hasPrefix("25595 films, not the 86524"))
    }
    #expect(try names().isEmpty)
    #expect(try labels.save(address) == .testList)
    #expect(try names() == ["test_list.txt"])
    #expect(folder.read("out/test_list.txt") == test)
    // Another file of the same kind takes its place.
    let other = Array(String(decoding: test, as: UTF8.self).replacing("\n", with: "\r\n").utf8)
    try folder.write(other, to: "mine.txt")
    #expect(try labels.save(folder.path + "/mine.txt") == .testList)
    #expect(folder.read("out/test_list.txt") == other)
    #expect(
      throws: FetchError.unreadable(
        path: folder.path, reason: "it is a folder; name a file in it")
    ) { try labels.save(folder.path) }
  }

  @Test func anAddressThatRefusesIsNamed() throws {
    let server = try LoopbackServer([
      LoopbackServer.raw("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
    ])
    let labels = LabelFetch(into: try FetchFolder(folder.path))
    let address = "http://127.0.0.1:\(server.port)/x"
    #expect(
      throws: FetchError.failed(file: address, .status(403, url: address)),
      performing: { try labels.save(address) })
    // Asked to stop, it asks nobody.
    #expect(try labels.save(address, shouldStop: { true }) == nil)
  }

  @Test func foldersThatCannotBeUsedAreNamed() throws {
    try folder.write([1], to: "file")
    let path = folder.path + "/file"
    #expect(throws: FileError.folderUnusable(path: path, reason: "it is a file")) {
      try FetchFolder(path)
    }
    #expect(throws: FileError.self) { try FetchFolder("") }
    // A link to a file, as the lock would be opened through it, is not followed.
    let own = try FetchFolder(folder.path + "/a/b")
    #expect(own.has(".cxr-fetch.lock") && !own.has("x"))
  }
}
