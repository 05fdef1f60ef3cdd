@testable import CXREvaluation
import CXRFilms
import CXRFiles
import CXRData
import CXRMetrics
import CXRTestSupport
import Foundation
import Testing

@testable import CXRTraining

/// Comparisons of models, and of groups, whose results are known beforehand.
@Suite struct DifferenceTests {
  static let header =
    "Image Index,Finding Labels,Patient ID,View Position,Patient Gender,Patient Age\n"

  func few(_ replicates: Int = 200) -> EvaluationFigures.Options {
    var options = EvaluationFigures.Options()
    options.replicates = replicates
    return options
  }

  func object(_ value: Any?) throws -> [String: Any] {
    try #require(value as? [String: Any])
  }

  /// Forty patients with a film each; one table ranks every label perfectly, the other in reverse; or almost so, with the
  /// last film of each kind in the other's place.
  func perfectAndReversed(
    _ folder: TemporaryFolder, exchanged: Bool, almost: Bool
  ) throws -> (Evaluation, EvaluationFigures) {
    var (labels, perfect, reversed) = (Self.header, "Image Index,Mass,Edema\n", "")
    reversed = perfect
    for i in 0..<40 {
      let (mass, edema) = (i % 3 == 0, i % 5 < 2)
      let isOdd = almost && i >= 38
      let findings = [mass ? "Mass" : nil, edema ? "Edema" : nil].compactMap { $0 }
      labels +=
        "\(i).png,\(findings.isEmpty ? "No Finding" : findings.joined(separator: "|")),\(i),PA,M,50\n"
      let shift = Double(i) / 100
      func score(_ has: Bool, _ isPerfect: Bool) -> Double {
        ((has == isPerfect) != isOdd ? 0.55 : 0.05) + shift
      }
      perfect += "\(i).png,\(score(mass, true)),\(score(edema, true))\n"
      reversed += "\(i).png,\(score(mass, false)),\(score(edema, false))\n"
    }
    let paths = [
      try folder.write(perfect, to: "perfect.csv"), try folder.write(reversed, to: "reversed.csv"),
    ]
    var options = Evaluation.Options(
      checkpoints: [],
      collection: FilmCollection.Options(labelFile: try folder.write(labels, to: "labels.csv")))
    options.predictions = exchanged ? paths.reversed() : paths
    let evaluation = try Evaluation(options)
    return (evaluation, EvaluationFigures(evaluation, options: few()))
  }

  /// The first model's area less the second's, everywhere where it is told.
  @Test(arguments: [false, true], [false, true])
  func differencesHaveTheirSign(exchanged: Bool, almost: Bool) throws {
    let folder = try TemporaryFolder()
    let (evaluation, figures) = try perfectAndReversed(
      folder, exchanged: exchanged, almost: almost)
    let sign = exchanged ? -1.0 : 1.0
    let names = exchanged ? ["reversed", "perfect"] : ["perfect", "reversed"]
    #expect(figures.models.map(\.name) == names)
    let areas = try figures.models.map { try #require($0.ranking.auc.value) }
    try #require(areas.count == 2)
    #expect(almost ? (areas[0] - areas[1]) * sign > 0.6 : areas == (exchanged ? [0, 1] : [1, 0]))
    let difference = try #require(figures.differences.first)
    #expect(figures.differences.count == 1)
    #expect(difference.name == names[0] && difference.other == names[1])
    for (k, row) in (difference.labels + [difference.mean]).enumerated() {
      #expect(row.label == ["Mass", "Edema", ""][k])
      let value = try #require(row.auc.value)
      let own = figures.models.map { k < 2 ? $0.labels[k].ranking.auc.value : $0.ranking.auc.value }
      #expect(abs(value - (try #require(own[0]) - (try #require(own[1])))) < 1e-15)
      #expect(almost ? value * sign > 0.6 : value == sign)
      // Without a film in a wrong place no draw differs from another, and nothing is said of how sure that is.
      guard almost else {
        #expect(row.auc.interval == nil)
        continue
      }
      let interval = try #require(row.auc.interval)
      #expect(interval.low <= value && value <= interval.high)
      #expect(interval.low * sign > 0 && interval.high * sign > 0)
      #expect(try #require(row.pValue) < 0.05)
    }

    // metrics.json says the same of the same.
    let text = figures.json(evaluation).text
    let document = try object(JSONSerialization.jsonObject(with: Data(text.utf8)))
    let models = try #require(document["models"] as? [[String: Any]])
    let told = try object((document["differences"] as? [Any])?.first)
    #expect(told["model"] as? String == names[0] && told["other"] as? String == names[1])
    try #require(models.count == 2)
    let rows = try object(told["labels"])
    for label in ["Mass", "Edema"] {
      let row = try object(rows[label])
      let areas = try models.map {
        try #require(object(object($0["labels"])[label])["auc"] as? Double)
      }
      let value = try #require(row["difference"] as? Double)
      #expect(value == areas[0] - areas[1] && value * sign > 0.6)
      guard almost else { continue }
      let low = try #require(row["difference_low"] as? Double)
      let high = try #require(row["difference_high"] as? Double)
      #expect(low <= value && value <= high && low * sign > 0)
    }
    let mean = try object(told["mean_auc"])
    let means = try models.map { try #require($0["mean_auc"] as? Double) }
    #expect(abs(try #require(mean["difference"] as? Double) - (means[0] - means[1])) < 1e-15)

    // So does differences.csv.
    let table = try #require(figures.tables().first { $0.name == "differences.csv" })
    let lines = table.text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    try #require(lines.count == 4 && lines.allSatisfy { $0.count == 8 })
    #expect(
      lines[0] == [
        "model", "other", "label", "auc_difference", "auc_difference_low", "auc_difference_high",
        "p", "p_holm",
      ])
    for line in lines.dropFirst() {
      let value = try #require(Double(line[3]))
      #expect(Array(line[..<2]) == names && value * sign > 0.6)
      guard almost else { continue }
      let (low, high) = (try #require(Double(line[4])), try #require(Double(line[5])))
      #expect(low <= value && value <= high && low * sign > 0)
    }
    #expect(lines.dropFirst().map { $0[2] } == ["Mass", "Edema", "mean"])
  }

  /// With ties, some films of two patients and an area that is neither 0 nor 1: by counting pairs.
  @Test func theDifferenceIsThatOfTheAreas() throws {
    let folder = try TemporaryFolder()
    var (labels, tables) = (Self.header, ["Image Index,Mass\n", "Image Index,Mass\n"])
    var (truths, scores): ([Bool], [[Double]]) = ([], [[], []])
    for i in 0..<60 {
      let has = (i * 7) % 5 < 2
      truths.append(has)
      labels += "\(i).png,\(has ? "Mass" : "No Finding"),\(i / 2),PA,M,50\n"
      for (t, step) in [37, 23].enumerated() {
        let score = Double((i * step) % 17) / 17 * 0.5 + (has ? 0.15 * Double(2 - t) : 0)
        scores[t].append(score)
        tables[t] += "\(i).png,\(score)\n"
      }
    }
    func area(_ scores: [Double]) -> Double {
      var (sum, pairs) = (0.0, 0.0)
      for i in truths.indices where truths[i] {
        for j in truths.indices where !truths[j] {
          sum += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0
          pairs += 1
        }
      }
      return sum / pairs
    }
    var options = Evaluation.Options(
      checkpoints: [],
      collection: FilmCollection.Options(labelFile: try folder.write(labels, to: "labels.csv")))
    options.predictions = [
      try folder.write(tables[0], to: "one.csv"), try folder.write(tables[1], to: "two.csv"),
    ]
    let figures = EvaluationFigures(try Evaluation(options), options: few())
    let difference = try #require(figures.differences.first)
    let expected = area(scores[0]) - area(scores[1])
    #expect(abs(expected) > 0.05)
    #expect(abs(try #require(difference.mean.auc.value) - expected) < 1e-12)
    #expect(abs(try #require(difference.labels.first?.auc.value) - expected) < 1e-12)
  }

  /// A p of 0.03 is a shift where one label is looked at, and chance among fourteen.
  @Test func oneOfFourteenShiftsIsChance() throws {
    let folder = try TemporaryFolder()
    let names = [
      "Atelectasis", "Cardiomegaly", "Consolidation", "Edema", "Effusion", "Emphysema", "Fibrosis",
      "Hernia", "Infiltration", "Mass", "Nodule", "Pleural_Thickening", "Pneumonia",
      "Pneumothorax",
    ]
    var labels = Self.header
    var tables = [String](repeating: "Image Index," + names.joined(separator: ",") + "\n", count: 2)
    for i in 0..<400 {
      let (part, place) = (i / 200, i % 200)
      // Twenty of two hundred films have each finding; of the films judged, 35 have the first.
      let findings = names.indices.filter { k in
        (place + 13 * k) % 200 < (part == 1 && k == 0 ? 35 : 20)
      }.map { names[$0] }
      labels +=
        "\(i).png,\(findings.isEmpty ? "No Finding" : findings.joined(separator: "|")),\(i),PA,M,50\n"
      tables[part] +=
        "\(i).png,"
        + names.indices.map { "\(Double((i * 7 + $0) % 101) / 101)" }
        .joined(separator: ",") + "\n"
    }
    var options = Evaluation.Options(
      checkpoints: [],
      collection: FilmCollection.Options(labelFile: try folder.write(labels, to: "labels.csv")))
    options.validationPredictions = [try folder.write(tables[0], to: "validation.csv")]
    options.predictions = [try folder.write(tables[1], to: "test.csv")]
    func shifts(_ labels: [String]) throws -> [PrevalenceShift] {
      options.labels = labels
      return try #require(
        EvaluationFigures(Evaluation(options), options: few(2)).models.first?.shifts)
    }
    let alone = try shifts([names[0]])
    try #require(alone.count == 1)
    #expect(alone[0].label == names[0] && (0.02..<0.04).contains(alone[0].corrected))
    #expect(alone[0].validation == 0.1 && alone[0].here == 0.175)
    #expect(try shifts(names).isEmpty)
  }
}
