@testable import CXREvaluation
import CXRFilms
import CXRFiles
import CXRParallel
import CXRCheckpoint
import CXRData
import CXRImage
import CXRMetrics
import CXRNet
import CXRTensor
import CXRTestSupport
import Foundation
import Testing

@testable import CXRTraining

/// Maps, boxes, tables of predictions, and what a checkpoint stores of its validation films.
@Suite struct EvaluationTests {

  /// The checkpoint's thresholds and calibrations are those that its validation films give, a table of its own
  /// predictions gives the same figures, and all of it does not depend on threads.
  @Test func storedAndRecomputedAgree() throws {
    let set = try SmallSet()
    defer { set.remove() }
    try set.train("run")
    let checkpoint = set.folder + "/run/best.npz"
    let classifier = try ChestClassifier(path: checkpoint)
    let stored = try #require(classifier.metadata.validation)
    #expect(stored.operatingPoint == "youden" && stored.labels.map(\.label) == ["Edema", "Mass"])
    #expect(classifier.baseline != nil && classifier.typicalFilms?.figures.width.most == 40)
    // last.npz goes on, best.npz is used.
    #expect(try ChestClassifier(path: set.folder + "/run/last.npz").metadata.validation == nil)

    func options(_ subset: Subset?) -> Evaluation.Options {
      Evaluation.Options(
        checkpoints: [checkpoint],
        collection: FilmCollection.Options(labelFile: set.csv, images: set.images), subset: subset)
    }
    let validation = try Evaluation(options(.validation))
    let validated = try #require(validation.models.first)
    let fit = ValidationFit(
      rule: .youden, answers: validation.answers(of: validated))
    #expect(fit == stored)
    var other = options(.test)
    other.operatingRule = .sensitivity(1)
    let refitted = try #require(try Evaluation(other).models.first)
    #expect(refitted.fit?.operatingPoint == "sensitivity=1.0")
    #expect(refitted.fit?.labels.map(\.platt) == stored.labels.map(\.platt))

    let test = try Evaluation(options(.test))
    let tested = try #require(test.models.first)
    func write(_ text: String, _ name: String) throws -> String {
      try text.write(toFile: "\(set.folder)/\(name)", atomically: true, encoding: .utf8)
      return "\(set.folder)/\(name)"
    }
    let table = try write(
      test.predictionsCSV(of: 0), "predictions-theirs.csv")
    let validationTable = try write(
      validation.predictionsCSV(of: 0), "validation.csv")
    var tables = Evaluation.Options(
      checkpoints: [], collection: FilmCollection.Options(labelFile: set.csv))
    tables.predictions = [table]
    tables.validationPredictions = [validationTable]
    let fromTable = try Evaluation(tables)
    try #require(fromTable.models.map(\.name) == ["theirs"])
    // A table's numbers are its text's: the shortest that tell the network's 32-bit outputs apart.
    #expect(
      fromTable.models[0].probabilities.map { Float($0) }
        == tested.probabilities.map { Float($0) })
    let fromText = try #require(fromTable.models[0].fit)
    #expect(fromText.labels.map(\.positives) == stored.labels.map(\.positives))
    for (k, (own, other)) in zip(stored.labels, fromText.labels).enumerated() {
      // Half way in log-odds is not half way in probabilities, but parts the same films.
      let (a, b) = (try #require(own.threshold), try #require(other.threshold))
      let scores = (0..<validation.rows.count).map { validated.probabilities[2 * $0 + k] }
      #expect(scores.map { $0 > a } == scores.map { $0 > b })
      let logit = try #require(own.logitThreshold)
      #expect(logit == Double(Float(logit)) && other.logitThreshold == nil)
      #expect(a == ScoredModel("", logits: [logit]).probabilities[0])
      #expect(abs((own.platt?.scale ?? 0) - (other.platt?.scale ?? 9)) < 1e-4)
    }
    // The same from log-odds, as written: thresholds are the network's own.
    let logits = try write(test.logitsCSV(of: 0), "logits-theirs.csv")
    var ofLogits = Evaluation.Options(
      checkpoints: [], collection: FilmCollection.Options(labelFile: set.csv))
    (ofLogits.predictions, ofLogits.scoreKind) = ([logits], .logit)
    ofLogits.validationPredictions = [try write(validation.logitsCSV(of: 0), "validation-l.csv")]
    let fromLogits = try Evaluation(ofLogits)
    #expect(fromLogits.models.map(\.name) == ["theirs"])
    #expect(
      fromLogits.models[0].scores.map { Float($0) } == tested.scores.map { Float($0) })
    for (own, other) in zip(stored.labels, try #require(fromLogits.models[0].fit).labels) {
      #expect(
        abs(try #require(own.logitThreshold) - (try #require(other.logitThreshold))) < 1e-6)
    }
    // What is log-odds is no probability, and says what it may be called.
    ofLogits.scoreKind = .probability
    #expect { try Evaluation(ofLogits) } throws: {
      ($0 as? DataError)?.remedies == [.scoresAreLogits]
    }
    // Written again, each in its own precision.
    let again = fromTable.predictionsCSV(of: 0)
    #expect(again == test.predictionsCSV(of: 0))
    var few = EvaluationFigures.Options()
    few.replicates = 60
    few.prevalences = ["Mass": 0.1]
    let threads = Parallel.threads
    defer { Parallel.threads = threads }
    var texts: [String] = []
    for threads in [1, 3] {
      Parallel.threads = threads
      let figures = EvaluationFigures(test, options: few)
      texts.append(
        figures.json(test).text + figures.tables().map(\.text).joined())
    }
    #expect(texts[0] == texts[1])
    #expect(texts[0].contains("\"ppv_at_prevalence\"") && texts[0].contains("headline") == false)
    let mine = try #require(EvaluationFigures(test, options: few).models.first)
    let theirs = try #require(EvaluationFigures(fromTable, options: few).models.first)
    #expect(
      mine.labels.map(\.ranking.auc) == theirs.labels.map(\.ranking.auc)
        && mine.ranking.auc == theirs.ranking.auc)
    #expect(mine.yardstick != nil && theirs.yardstick == nil)

    // Thresholds are not chosen on the patients that are judged.
    tables.validationPredictions = [table]
    #expect(throws: TrainingError.self) { try Evaluation(tables) }
    // Nor on other films of theirs: of each patient's two films one is in either table.
    func every(_ remainder: Int, _ name: String) throws -> String {
      try write(
        "Image Index,Edema,Mass\n"
          + (0..<20).map { "f\(2 * $0 + remainder).png,0.\($0 % 9),0.\($0 % 7)\n" }.joined(), name)
    }
    tables.predictions = [try every(0, "first-films.csv")]
    tables.validationPredictions = [try every(1, "second-films.csv")]
    #expect { try Evaluation(tables) } throws: {
      "\($0)".contains("20 of its films are of patients who are evaluated, the first f1.png")
    }
    tables.predictions = [table]
    let header = "Image Index,Edema,Mass\n"
    for (text, part) in [
      ("Image,Edema,Mass\nf0.png,0,1\n", "line 1"), (header + "f0.png,0\n", "line 2"),
      (header + "f0.png,0,1.5\n", "line 2"), (header + "f0.png,0,nan\n", "line 2"),
      (header + "f0.png,0,1\nf0.png,0,1\n", "line 3"), (header + "f99.png,0,1\n", "f99.png"),
      (header, "no rows"),
    ] {
      tables.predictions = [try write(text, "bad.csv")]
      tables.validationPredictions = []
      #expect { try Evaluation(tables) } throws: { "\($0)".contains(part) }
    }
    tables.predictions = [table, validationTable]
    #expect { try Evaluation(tables) } throws: { "\($0)".contains("same films") }
  }

  @Test func predictorAgreesWithTheEvaluation() throws {
    let set = try SmallSet()
    defer { set.remove() }
    try set.train("run")
    let checkpoint = set.folder + "/run/best.npz"
    let evaluation = try Evaluation(
      Evaluation.Options(
        checkpoints: [checkpoint],
        collection: FilmCollection.Options(labelFile: set.csv, images: set.images)))
    let names = evaluation.rows.map { evaluation.collection.file.records[$0].name }
    let predictor = try FilmPredictor(path: checkpoint)
    #expect(predictor.calibration == .platt)
    let wide = set.images + "/wide.png"
    try Data(
      GreyFilm(height: 40, width: 400, pixels: [UInt8](repeating: 255, count: 16_000)).pngData()
    ).write(to: URL(fileURLWithPath: wide))
    let paths = names.map { "\(set.images)/\($0)" } + [set.csv, wide]
    let results = try predictor.answers(films: paths)
    try #require(results.count == paths.count)
    let model = try #require(evaluation.models.first)
    let labels = try #require(model.fit?.labels)
    try #require(model.scores.count == 2 * names.count && labels.count == 2)
    for (n, result) in results.prefix(names.count).enumerated() {
      let answer = try result.get()
      try #require(answer.findings.count == 2 && answer.maps.count == 2)
      for (k, finding) in answer.findings.enumerated() {
        // In a batch the last bits may be others.
        let together = model.probabilities[n * 2 + k]
        #expect(abs(Double(finding.probability) - together) < 1e-5)
        let line = try #require(labels[k].platt)
        #expect(finding.calibrated == line(Double(finding.probability)))
        #expect(finding.threshold == model.fit?.threshold(of: k))
        let map = answer.maps[k]
        let mean = map.values.reduce(0, +) / Float(map.values.count)
        #expect(abs(logistic(mean) - finding.probability) < 1e-5)
      }
    }
    guard case .failure(let failure) = results[names.count] else {
      Issue.record("a CSV file was taken for a film")
      return
    }
    #expect(failure.film.name == set.csv && !failure.film.reason.isEmpty)
    let stranger = try results[names.count + 1].get()
    #expect(stranger.warnings.count >= 2)
    #expect(stranger.warnings.first == "400 × 40 pixels, where training had 40 × 40")
    #expect(throws: TrainingError.self) {
      try FilmPredictor(path: set.folder + "/run/last.npz", calibration: .vector)
    }
    #expect(try FilmPredictor(path: set.folder + "/run/last.npz").calibration == .none)
  }

  /// Numbers that no network's file has are refused before they are used.
  @Test func refusesDamagedEvaluationParts() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.options
    options.epochs = 1
    try set.train("run", options)
    let file = try Checkpoint(path: set.folder + "/run/best.npz")
    func replaced(_ pattern: String, _ text: String) throws -> String {
      let range = try #require(file.metadata.range(of: pattern, options: .regularExpression))
      return file.metadata.replacingCharacters(in: range, with: text)
    }
    for (pattern, text) in [
      ("\"most\": [0-9.]+", "\"most\": 1e300"), ("\"least\": [0-9.]+", "\"least\": -1.0"),
      ("\"negative\": [0-9.]+", "\"negative\": 1e-200"),
      ("\"threshold\": [0-9.e-]+", "\"threshold\": 1e30"),
      ("\"scale\": [0-9.e-]+", "\"scale\": 1e30"),
      ("\"effective_films\": [0-9.]+", "\"effective_films\": -1.0"),
      ("\"positives\": [0-9]+", "\"positives\": 100000"),
      ("\"standard_deviation\": [0-9.]+", "\"standard_deviation\": 1e-46"),
      ("\"label\": \"Mass\"", "\"label\": \"Other\""),
    ] {
      let metadata = try replaced(pattern, text)
      #expect(throws: TrainingError.self, "\(pattern)") {
        try ChestClassifier(Checkpoint(arrays: file.arrays, metadata: metadata), path: "damaged")
      }
    }
    // Finite weights whose outputs are not.
    for name in ["head/kernel", "baseline/kernel"] {
      let arrays = file.arrays.map { array in
        array.name == name
          ? NamedArray(
            name: name, shape: array.shape,
            scalars: array.scalars.map { _ in Float.greatestFiniteMagnitude }) : array
      }
      let path = set.folder + "/huge.npz"
      try Checkpoint(arrays: arrays, metadata: file.metadata).write(to: path)
      #expect(throws: TrainingError.self, "\(name)") {
        _ = try Evaluation(
          Evaluation.Options(
            checkpoints: [path],
            collection: FilmCollection.Options(labelFile: set.csv, images: set.images)))
      }
    }
    #expect(throws: TrainingError.self) {
      // The last one's network is whole: its head is damaged now.
      let arrays = file.arrays.map {
        $0.name == "head/bias"
          ? NamedArray(name: $0.name, shape: $0.shape, scalars: $0.scalars.map { _ in 3e38 }) : $0
      }
      let kernel = arrays.map {
        $0.name == "head/kernel"
          ? NamedArray(name: $0.name, shape: $0.shape, scalars: $0.scalars.map { _ in 3e38 }) : $0
      }
      let path = set.folder + "/huge.npz"
      try Checkpoint(arrays: kernel, metadata: file.metadata).write(to: path)
      _ = try FilmPredictor(path: path).answers(films: [set.images + "/f0.png"]).count
    }
  }
}
