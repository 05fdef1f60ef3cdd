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
  @Test func mapsLieOnTheFilm() throws {
    // One hot cell of eight by eight, as the reference network's on 224 pixels.
    var values = [Float](repeating: -1, count: 64)
    values[2 * 8 + 5] = 3
    var grid = ReceptiveGrid()
    for _ in 0..<4 {
      grid.append(window: 7, stride: 1)
      grid.append(window: 2, stride: 2)
    }
    let map = FindingMap(rows: 8, columns: 8, values: values, grid: grid, inputSize: 224)
    // Its centre: 52.5 + 5 · 16 and 52.5 + 2 · 16 pixels, from the first pixel's centre.
    let (x, y) = ((132.5 + 0.5) / 224, (84.5 + 0.5) / 224)
    #expect(abs(map.peak.x - x) < 1.0 / 256 && abs(map.peak.y - y) < 1.0 / 256)
    // A film of other proportions: both axes are scaled on their own.
    let full = map.resampled(height: 448, width: 112)
    let best = full.indices.max { full[$0] < full[$1] } ?? 0
    #expect(abs(Double(best / 112) + 0.5 - y * 448) <= 1)
    #expect(abs(Double(best % 112) + 0.5 - x * 112) <= 1)
    // At cell centres the map is the cell.
    let even = FindingMap(
      rows: 2, columns: 2, values: [1, 2, 3, 5], grid: ReceptiveGrid(), inputSize: 2)
    #expect(even.resampled(height: 2, width: 2) == [1, 2, 3, 5])
    #expect(even.least == 1 && even.most == 5)
    // A cell at any border has its peak at its own centre, not at the film's edge.
    for (row, column) in [(0, 4), (4, 0), (7, 3), (3, 7), (0, 0), (7, 7)] {
      var values = [Float](repeating: -1, count: 64)
      values[row * 8 + column] = 3
      let peak = FindingMap(rows: 8, columns: 8, values: values, grid: grid, inputSize: 224).peak
      #expect(abs(peak.x - (53 + 16 * Double(column)) / 224) < 1e-9)
      #expect(abs(peak.y - (53 + 16 * Double(row)) / 224) < 1e-9)
    }
    // Beyond the outermost centres nothing new is said, and the overlay fades.
    #expect(full.first == -1)
    let reach = map.reach(224, cells: 8)
    try #require(reach.count == 224)
    #expect(reach[0] == 0 && reach[52] > 0.9 && reach[53] == 1 && reach[223] == 0)

    let film = GreyFilm(height: 224, width: 224, pixels: [UInt8](repeating: 100, count: 224 * 224))
    let picture = MapOverlay.picture(film: film, map: map)
    try #require(picture.pixels.count == 3 * 224 * 224)
    #expect(Array(picture.pixels[0..<3]) == [100, 100, 100])
    let hot = (84 * 224 + 132) * 3
    #expect(picture.pixels[hot] > 150 && picture.pixels[hot + 2] < 100)
  }

  @Test func boxesAreReadByPosition() throws {
    let folder = try TemporaryFolder()
    func read(_ text: String) throws -> BoxList {
      try BoxList(path: folder.write(text, to: "boxes.csv"))
    }
    let header = "Image Index,Finding Label,Bbox [x,y,w,h],,,\n"
    let list = try read(
      header
        + "a.png,Infiltrate,256,512,128,64,,,\na.png,Infiltrate,0,0,10,10\nb.png,Mass,1,2,3,4\n")
    let boxes = try #require(list.boxes["a.png"]?["Infiltration"])
    try #require(boxes.count == 2)
    #expect(boxes[0] == .init(x: 0.25, y: 0.5, width: 0.125, height: 0.0625))
    #expect(boxes[0].contains(.init(x: 0.3, y: 0.53)) && !boxes[0].contains(.init(x: 0.2, y: 0.53)))
    for (text, line) in [
      ("a.png,Mass,1,2,3\n", 2), ("a.png,Mass,1,2,x,4\n", 2), ("a.png,Mass,1,2,3,9999\n", 2),
      ("b.png,Mass,1,2,3,4\na.png,Mass,nan,2,3,4\n", 3),
    ] {
      #expect { try read(header + text) } throws: { "\($0)".contains("line \(line)") }
    }
    #expect(throws: DataError.noRows(path: folder.path + "/boxes.csv")) { try read(header) }
  }

  @Test func localisationCountsHits() throws {
    func map(_ hot: Int) -> FindingMap {
      var values = [Float](repeating: 0, count: 16)
      values[hot] = 1
      var grid = ReceptiveGrid()
      grid.append(window: 4, stride: 4)
      return FindingMap(rows: 4, columns: 4, values: values, grid: grid, inputSize: 16)
    }
    let corner = [BoxList.Box(x: 0.05, y: 0.05, width: 0.2, height: 0.2)]
    let patients = ["0", "1", "2"].compactMap { PatientID($0) }
    try #require(patients.count == 3)
    let cases = [(0, true), (15, true), (0, false)].enumerated().map { i, item in
      Localisation.Case(
        label: i == 2 ? 1 : 0, patient: patients[i], isTruePositive: item.1,
        map: map(item.0), boxes: corner)
    }
    let figures = Localisation(cases, labels: ["A", "B", "C"])
    try #require(figures.labels.map(\.label) == ["A", "B"])
    #expect(figures.total.hits.hits == 2 && figures.total.hits.films == 3)
    #expect(figures.total.hitsAmongTruePositives.films == 2)
    #expect(figures.total.hitsAmongTruePositives.hits == 1)
    #expect(abs((figures.total.chance ?? 0) - 0.04) < 0.002)
    // Of the two films of A the other's peak hits one of them.
    #expect(figures.labels[0].usualPlace == 0.5 && figures.labels[1].usualPlace == nil)
    // The hot cell covers more of its corner box at a low threshold than at a high one.
    let coverage = figures.labels[1].coverage.map { $0.ofBox ?? 0 }
    try #require(coverage.count > 2)
    #expect(coverage[0] > coverage[1] && coverage[1] > coverage[2] && coverage[2] > 0)
  }

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
    #expect(fromLogits.models[0].scores == tested.scores)
    #expect(
      fromLogits.models[0].fit?.labels.map(\.logitThreshold)
        == stored.labels.map(\.logitThreshold))
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

  /// Two hundred patients of a film each, whose finding is eight times as common among the second hundred.
  @Test func prevalenceBeyondChanceIsSaid() throws {
    let folder = try TemporaryFolder()
    var labels = "Image Index,Finding Labels,Patient ID,View Position,Patient Gender,Patient Age\n"
    var tables = ["Image Index,Mass,Edema\n", "Image Index,Mass,Edema\n"]
    for i in 0..<200 {
      let (isTest, place) = (i >= 100, i % 100)
      let findings = [place < (isTest ? 40 : 5) ? "Mass" : nil, place % 4 == 0 ? "Edema" : nil]
        .compactMap { $0 }.joined(separator: "|")
      labels +=
        "\(i).png,\(findings.isEmpty ? "No Finding" : findings),\(i),\(place < 90 ? "PA" : "AP"),"
        + "\(i % 2 == 0 ? "F" : "M"),\(20 + place % 50)\n"
      tables[isTest ? 1 : 0] += "\(i).png,\(Float((place * 37) % 101) / 101),0.5\n"
    }
    var options = Evaluation.Options(
      checkpoints: [],
      collection: FilmCollection.Options(labelFile: try folder.write(labels, to: "l.csv")))
    options.validationPredictions = [try folder.write(tables[0], to: "v.csv")]
    options.predictions = [try folder.write(tables[1], to: "t.csv")]
    let evaluation = try Evaluation(options)
    var few = EvaluationFigures.Options()
    few.replicates = 100
    let figures = EvaluationFigures(evaluation, options: few)
    let shifts = try #require(figures.models.first).shifts
    try #require(shifts.map(\.label) == ["Mass"])
    #expect(shifts[0].validation == 0.05 && shifts[0].here == 0.4)

    // Groups: PA and AP, of which the latter has too few with a finding; both sexes; ages.
    let model = try #require(figures.models.first)
    let groups = model.subgroups
    try #require(
      groups.map { "\($0.kind) \($0.name)" } == [
        "view AP", "view PA", "sex F", "sex M", "age 18-39", "age 40-59", "age 60-79",
      ])
    #expect(groups.reduce(0) { $0 + ($1.kind == "sex" ? $1.films : 0) } == 100)
    try #require((groups.map(\.labels) + [model.labels]).allSatisfy { $0.count == 2 })
    #expect(!groups[0].labels[0].isTelling && groups[1].labels[0].isTelling)
    #expect(groups[0].meanAUC.value == nil && groups[1].meanAUC.interval != nil)
    // All scores alike rank at chance, and no threshold parts them.
    #expect(model.labels[1].ranking.auc.value == 0.5)
    #expect(groups[1].labels[0].calibration(.none)?.expectedError == nil)
    #expect(model.pooled.labelsOfEqualScores == ["Edema"] && model.labels[1].points.fitted == nil)
    let fit = try #require(evaluation.models.first?.fit)
    try #require(fit.labels.count == 2)
    #expect(fit.labels[1].threshold == nil && model.labels[0].points.fitted != nil)
    let points = try #require(figures.tables().first { $0.name == "operating_points.csv" }).text
    #expect(points.contains("t,Edema,25,fitted,,,") && !points.contains("t,Mass,5,fitted,,"))
    let rows = points.split(separator: "\n")
    #expect(Set(rows.map { $0.filter { $0 == "," }.count }).count == 1)
    let text = figures.json(evaluation).line
    #expect(text.contains("\"equal_score_labels\": [\"Edema\"]"))
    // By hand: within the group, as if there were no other films.
    let pa = (0..<90)
    let expected = rocAUC(
      scores: pa.map { Double(($0 * 37) % 101) / 101 }, labels: pa.map { $0 < 40 })
    #expect(groups[1].labels[0].ranking.auc.value == expected)
  }

  @Test func namesAreGivenOnce() {
    var names = UniqueNames()
    #expect(
      ["a", "a", "b", "a-2", "a", "b"].map { names.name($0) } == [
        "a", "a-2", "b", "a-2-2", "a-3", "b-2",
      ])
  }

  /// By the run folder, or the table without `predictions-`; a second one of a name is told apart.
  @Test func aModelIsNamedByItsFolderOrTable() {
    #expect(
      EvaluationSources.uniqueNames(
        ["/runs/a/best.npz", "/other/a/best.npz", "/best.npz"],
        tables: ["/t/predictions-a.csv", "/t/theirs.csv", "/u/theirs.txt"])
        == ["a", "a-2", "model", "a-3", "theirs", "theirs-2"])
  }
}
