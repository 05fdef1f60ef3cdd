import CXRData
import Foundation
import Testing

/// What cannot be said is said to be so: by the console, the pages and the tables.
@Suite(.serialized) struct UndefinedFiguresTests {
  private let folder: TemporaryFolder
  private let split: PatientSplit
  private var csv: String { folder.path + "/labels.csv" }

  /// Films of a patient each, every other one with a mass; a hernia only among those of training, an edema anywhere.
  init() throws {
    folder = try TemporaryFolder()
    try folder.addSmallFilms()
    split = try PatientSplit(patients: (0..<40).compactMap { PatientID("\($0)") }, seed: 0)
    let trained = Set(split.patients(of: .train).map(\.description))
    let rows = (0..<40).map { i in
      let hasHernia = i % 3 == 0 && trained.contains("\(i)")
      let findings = [
        i % 2 == 0 ? "Mass" : nil, hasHernia ? "Hernia" : nil, i % 4 < 2 ? "Edema" : nil,
      ].compactMap { $0 }
      return
        "\(i).png,\(findings.isEmpty ? "No Finding" : findings.joined(separator: "|")),\(i)\n"
    }
    try ("Image Index,Finding Labels,Patient ID\n" + rows.joined())
      .write(toFile: csv, atomically: true, encoding: .utf8)
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8)
  }

  @Test func trainingSaysWhatItsMeanIsOver() throws {
    let result = try Program.run(
      "cxr-train",
      [
        "--csv", csv, "--images", folder.path + "/films", "--output", folder.path + "/run",
        "--labels", "Mass,Hernia,Edema", "--image-size", "106", "--epochs", "1",
      ])
    #expect(result.status == 0, "\(result.errors)")
    let words = "2 of 3 findings; without positive or negative films in validation: Hernia"
    let notes = result.errors.components(separatedBy: "val_auc is the mean over " + words)
    #expect(notes.count == 2, "\(result.errors)")
    #expect(try text("run/report.html").contains(words))
    // It is such a mean: the finding without films in validation is no nought in it.
    let lines = try text("run/history.csv").split(separator: "\n").map { $0.split(separator: ",") }
    let column = try #require(lines.first?.firstIndex(of: "val_auc"))
    let told = try #require(lines.dropFirst().first.flatMap { Double($0[column]) })
    let evaluated = try Program.run(
      "cxr-evaluate",
      [
        "--checkpoint", folder.path + "/run/best.npz", "--csv", csv, "--images",
        folder.path + "/films", "--subset", "validation", "--output", folder.path + "/seen",
        "--replicates", "100",
      ])
    #expect(evaluated.status == 0, "\(evaluated.errors)")
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(text("seen/metrics.json").utf8))
        as? [String: Any])
    let model = try #require((document["models"] as? [[String: Any]])?.first)
    let mean = try #require(model["mean_auc"] as? Double)
    #expect(mean > 0.2 && abs(told - mean) < 0.15 * mean, "\(told), \(mean)")
  }

  @Test func scoresThatDoNotVaryHaveNoThreshold() throws {
    func table(_ part: Subset, _ name: String, _ score: (Int) -> String) throws -> String {
      let films = split.patients(of: part).compactMap { Int($0.description) }
      try ("Image Index,Mass\n" + films.map { "\($0).png,\(score($0))\n" }.joined())
        .write(toFile: "\(folder.path)/\(name)", atomically: true, encoding: .utf8)
      return "\(folder.path)/\(name)"
    }
    for (name, score) in [("zero", "0"), ("half", "0.5")] {
      let result = try Program.run(
        "cxr-evaluate",
        [
          "--csv", csv, "--predictions", try table(.test, "\(name).csv") { "0.\($0)" },
          "--validation-predictions", try table(.validation, "v.csv") { _ in score },
          "--output", "\(folder.path)/\(name)", "--replicates", "100",
        ])
      #expect(result.status == 0, "\(result.errors)")
      let words =
        "\(name): no threshold could be chosen, because all validation films score alike: Mass"
      #expect(result.errors.components(separatedBy: words).count == 2, "\(result.errors)")
      let page = try text("\(name)/report.html")
      #expect(page.contains(words) && page.contains("<td>n/a</td>") && !page.contains("-0.000"))
      #expect(try text("\(name)/operating_points.csv").contains("fitted,,,"))
      #expect(try text("\(name)/metrics.json").contains("\"at_operating_point\": null"))
    }
  }
}
