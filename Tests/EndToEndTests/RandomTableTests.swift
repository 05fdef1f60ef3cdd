import CXREvaluation
import CXRMetrics
import Foundation
import Testing

@testable import CXRTraining

/// A thousand random tables, from the file to the area, with scikit-learn as the judge.
@Suite struct RandomTableTests {
  private struct Answer: Decodable {
    let name: String
    let truths: [Bool]
    let auc: Double
    let average_precision: Double
  }

  @Test func areasEqualScikitLearn() throws {
    guard let python = Given.python else {
      print("SKIPPED random tables beside scikit-learn: CXR_PYTHON is not set")
      return
    }
    let folder = try TemporaryFolder()
    let script = Given.root.appendingPathComponent("Tests/Parity/random_tables.py").path
    let result = try Program.run(python, [script, folder.path])
    try #require(result.status == 0, "\(result.errors)")
    let answers = try JSONDecoder().decode(
      [Answer].self, from: Data(contentsOf: URL(fileURLWithPath: folder.path + "/answers.json")))
    #expect(answers.count == 1000)
    var (furthest, wrong) = (0.0, [String]())
    for answer in answers {
      let file = try PredictionsFile(path: "\(folder.path)/\(answer.name)")
      #expect(file.names.count == answer.truths.count)
      let scores = try file.scores(of: file.names, labels: ["Finding"])
      for (found, expected) in [
        (rocAUC(scores: scores, labels: answer.truths), answer.auc),
        (
          averagePrecision(scores: scores, labels: answer.truths), answer.average_precision
        ),
      ] {
        let distance = abs((found ?? .infinity) - expected)
        furthest = max(furthest, distance)
        if distance > 1e-12 { wrong.append(answer.name) }
      }
    }
    #expect(wrong.isEmpty, "\(wrong.count) areas differ, the first of \(wrong.first ?? "")")
    print("\(answers.count) tables beside scikit-learn, furthest apart \(furthest)")
  }
}
