import CXRData
import Foundation
import Testing

/// What `cxr-synth` says that it wrote is what lies there.
@Suite struct PhantomConsoleTests {
  @Test func theCountsAreOfTheFiles() throws {
    let folder = try TemporaryFolder()
    let output = folder.path + "/set"
    let result = try Program.run(
      "cxr-synth",
      ["--output", output, "--images", "170", "--patients", "60", "--size", "32", "--seed", "5"])
    try #require(result.status == 0, "\(result.errors)")
    let file = try LabelFile(path: output + "/Data_Entry_2017.csv")
    let with = file.records.filter { !$0.findings.allSatisfy { $0 == LabelSet.noFinding } }.count
    try #require(with > 0 && 2 * with != file.records.count)
    #expect(
      result.output.contains(
        "\(file.records.count) films of \(file.patients.count) patients in \(output), \(with) of them with findings"
      ), "\(result.output)")
  }
}
