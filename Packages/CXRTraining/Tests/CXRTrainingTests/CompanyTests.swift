@testable import CXREvaluation
import CXRFilms
import CXRData
import CXRImage
import CXRMetrics
import CXRTensor
import Foundation
import Testing

@testable import CXRTraining

/// What is said of a model does not depend on the models beside it, nor of a film on the films beside it.
@Suite struct CompanyTests {
  private func documents(
    _ options: Evaluation.Options
  ) throws -> (evaluation: Evaluation, models: [NSDictionary]) {
    var few = EvaluationFigures.Options()
    few.replicates = 60
    let evaluation = try Evaluation(options)
    let text = EvaluationFigures(evaluation, options: few).json(evaluation).text
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary)
    return (evaluation, try #require(document["models"] as? [NSDictionary]))
  }

  /// Two networks that prepare films in two ways, and two tables, together and each alone.
  @Test func aModelsFiguresAreItsOwn() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.options
    options.epochs = 1
    try set.train("first", options)
    options.preparation = FilmPreparation(imageSize: 120)
    options.loss = .bce
    options.seed = 7
    options.operatingRule = .bestF1
    try set.train("second", options)
    let checkpoints = ["first", "second"].map { "\(set.folder)/\($0)/best.npz" }
    func evaluation(_ checkpoints: [String], _ subset: Subset = .test) -> Evaluation.Options {
      Evaluation.Options(
        checkpoints: checkpoints,
        collection: FilmCollection.Options(labelFile: set.csv, images: set.images), subset: subset)
    }

    // Its thresholds are those of its own rule.
    let chosen = try Evaluation(evaluation([checkpoints[1]], .validation))
    let answers = chosen.answers(of: try #require(chosen.models.first))
    let stored = try ChestClassifier(path: checkpoints[1]).metadata.validation
    #expect(stored == ValidationFit(rule: .bestF1, answers: answers))
    #expect(stored != ValidationFit(rule: .youden, answers: answers))

    // Tables of films of the same two parts, that rank otherwise than the networks and than one another.
    func table(_ name: String, _ part: Subset, _ step: Int) throws -> String {
      let own = try Evaluation(evaluation([checkpoints[0]], part))
      var text = "Image Index,Edema,Mass\n"
      for (n, row) in own.rows.enumerated() {
        let film = own.collection.file.records[row].name
        text += "\(film),\(Double((n * step) % 11) / 11),\(Double((n * step + 3) % 7) / 7)\n"
      }
      let path = "\(set.folder)/\(name).csv"
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      return path
    }
    let tables = [try table("third", .test, 5), try table("fourth", .test, 8)]
    let chosenOn = [try table("third-on", .validation, 3), try table("fourth-on", .validation, 6)]

    for rule in [nil, OperatingRule.sensitivity(0.75)] {
      var all = evaluation(checkpoints)
      (all.predictions, all.validationPredictions, all.operatingRule) = (tables, chosenOn, rule)
      let (together, models) = try documents(all)
      #expect(together.models.map(\.name) == ["first", "second", "third", "fourth"])
      try #require(models.count == 4)
      for m in 0..<4 {
        var alone = evaluation(m < 2 ? [checkpoints[m]] : [])
        if m >= 2 {
          alone.predictions = [tables[m - 2]]
          alone.validationPredictions = [chosenOn[m - 2]]
          alone.labels = ["Edema", "Mass"]
        }
        alone.operatingRule = rule
        let (evaluation, own) = try documents(alone)
        let model = try #require(evaluation.models.first)
        #expect(evaluation.rows == together.rows)
        #expect(model.scores == together.models[m].scores, "\(model.name)")
        #expect(model.fit == together.models[m].fit, "\(model.name)")
        #expect(model.baselineScores == together.models[m].baselineScores, "\(model.name)")
        #expect(own == [models[m]], "\(model.name)")
      }
      // They do differ, or nothing was tested.
      #expect(Set(together.models.map(\.scores)).count == 4)
      #expect(Set(models.map { "\($0["mean_auc"] ?? "")" }).count > 2)
    }
  }

  /// Sixty films, more than are answered at once: from files and from the cache, and each by itself. One cannot be
  /// decoded, and of some nothing is known, so that places among films differ.
  @Test func aFilmsAnswersAreItsOwn() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var trained = set.options
    trained.epochs = 1
    try set.train("run", trained)
    try set.write(Array("no film".utf8), to: "films/f2.png")
    var text = try String(contentsOfFile: set.csv, encoding: .utf8)
    for film in [0, 5, 9, 30] {
      let line = try #require(
        text.split(separator: "\n").first { $0.hasPrefix("f\(film).png,") })
      text = text.replacingOccurrences(of: line, with: "f\(film).png,unknown,\(film / 2)")
    }
    let csv = set.folder + "/some-unknown.csv"
    try text.write(toFile: csv, atomically: true, encoding: .utf8)
    var options = Evaluation.Options(
      checkpoints: [set.folder + "/run/best.npz"],
      collection: FilmCollection.Options(labelFile: csv, images: set.images), subset: nil,
      skipsUnreadable: true)
    options.exampleSide = 40
    let evaluation = try Evaluation(options)
    try #require(evaluation.rows.count == 59)
    let records = evaluation.collection.file.records
    let names = evaluation.rows.map { records[$0].name }
    let probabilities = evaluation.models[0].probabilities
    options.cacheFolder = set.folder
    #expect(try Evaluation(options).models[0].probabilities == probabilities)
    #expect(try Evaluation(options).models[0].probabilities == probabilities)

    let maps = try evaluation.maps(of: Array(names.indices), by: 0)
    let answers = try FilmPredictor(path: set.folder + "/run/best.npz")
      .answers(films: names.map { "\(set.images)/\($0)" })
    for n in names.indices {
      let own = try answers[n].get()
      let map = try #require(maps[n])
      for k in evaluation.labels.indices {
        let together = probabilities[n * evaluation.labels.count + k]
        #expect(abs(Double(own.findings[k].probability) - together) < 1e-5, "\(names[n])")
        let mean = map[k].values.reduce(0, +) / Float(map[k].values.count)
        #expect(abs(Double(logistic(mean)) - together) < 1e-5, "\(names[n])")
      }
    }

    // The examples are films of which the truth is known, each with its own score.
    let truths = try LabelFile(path: set.csv).records
    let examples = evaluation.models[0].examples
    #expect(examples.count >= 2)
    for example in examples {
      let n = try #require(names.firstIndex(of: example.film))
      let k = try #require(evaluation.labels.firstIndex(of: example.label))
      #expect(example.score == probabilities[n * evaluation.labels.count + k])
      #expect(!["f0.png", "f5.png", "f9.png", "f30.png"].contains(example.film))
      let record = try #require(truths.first { $0.name == example.film })
      #expect(record.findings.contains(example.label) == (example.kind != .falseAlarm))
    }
  }

  /// Films that an audit calls unusable are left out of tables too.
  @Test func excludedFilmsAreLeftOutOfTables() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let table = set.folder + "/t.csv"
    try
      ("Image Index,Edema,Mass\n"
      + (0..<60).map { "f\($0).png,\(Double($0 % 7) / 7),\(Double($0 % 5) / 5)\n" }.joined())
      .write(toFile: table, atomically: true, encoding: .utf8)
    let audit = set.folder + "/audit.csv"
    try "image,problem,severity,detail\nf3.png,near_constant,error,x\nf4.png,small,warning,x\n"
      .write(toFile: audit, atomically: true, encoding: .utf8)
    var options = Evaluation.Options(
      checkpoints: [], collection: FilmCollection.Options(labelFile: set.csv))
    options.predictions = [table]
    #expect(try Evaluation(options).rows.count == 60)
    options.collection.exclude = audit
    let evaluation = try Evaluation(options)
    let names = evaluation.rows.map { evaluation.collection.file.records[$0].name }
    #expect(names.count == 59 && !names.contains("f3.png") && names.contains("f4.png"))
  }

  /// A calibration error is given of a hundred films and more.
  @Test func aHundredFilmsTellACalibration() {
    func error(_ films: Int) -> Double? {
      CalibrationFigures(
        .none, probabilities: (0..<films).map { Double($0) / 101 },
        labels: (0..<films).map { $0 % 3 == 0 }, patients: nil
      ).expectedError
    }
    #expect(error(99) == nil && error(100) != nil && error(101) != nil)
  }
}
