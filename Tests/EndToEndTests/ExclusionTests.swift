import Foundation
import Testing

/// `--exclude` leaves out the films that an audit calls unusable, and no others.
@Suite struct ExclusionTests {
  @Test func anEvaluationLeavesOutWhatAnAuditSays() throws {
    let folder = try TemporaryFolder()
    func write(_ name: String, _ text: String) throws -> String {
      try folder.write(text, to: name)
    }
    let films = 0..<40
    let labels = try write(
      "labels.csv",
      "Image Index,Finding Labels,Patient ID\n"
        + films.map { "\($0).png,\($0 % 3 == 0 ? "Mass" : "No Finding"),\($0)\n" }.joined())
    let scores = try write(
      "scores.csv",
      "Image Index,Mass\n" + films.map { "\($0).png,\(Double($0 * 7 % 40) / 40)\n" }.joined())
    let audit = try write(
      "audit.csv",
      "image,problem,severity,detail\n3.png,near_constant,error,x\n4.png,small,warning,x\n"
        + "5.png,near_constant,error,x\n")
    func images(_ name: String, _ arguments: [String]) throws -> Int? {
      let output = "\(folder.path)/\(name)"
      let result = try Program.run(
        "cxr-evaluate",
        ["--csv", labels, "--predictions", scores, "--output", output, "--replicates", "100"]
          + arguments)
      try #require(result.status == 0, "\(result.errors)")
      let data = try Data(contentsOf: URL(fileURLWithPath: output + "/metrics.json"))
      let document = try JSONSerialization.jsonObject(with: data) as? [String: Any]
      return document?["images"] as? Int
    }
    #expect(try images("all", []) == 40)
    #expect(try images("some", ["--exclude", audit]) == 38)
  }
}
