@testable import CXREvaluation
import CXRFilms
import CXRFiles
import CXRData
import CXRMetrics
import CXRTestSupport
import Foundation
import Testing

@testable import CXRTraining

/// Groups of patients, and what is told of them.
extension DifferenceTests {
  /// Nine patients with a finding tell nothing, ten do; the same of patients without.
  @Test func tenPatientsAreTelling() throws {
    let folder = try TemporaryFolder()
    var (labels, table) = (Self.header, "Image Index,Mass,Edema\n")
    // Women: 9 of 30 have Mass, and 21 Edema; men: 10 and 20. Ages lie on the bounds of the bands.
    let ages = [0, 17, 18, 39, 40, 59, 60, 79, 80, 100]
    for i in 0..<60 {
      let (isMan, place) = (i >= 30, i % 30)
      let mass = place < (isMan ? 10 : 9)
      let edema = place >= (isMan ? 10 : 9)
      let findings = [mass ? "Mass" : nil, edema ? "Edema" : nil].compactMap { $0 }
      labels +=
        "\(i).png,\(findings.joined(separator: "|")),\(i),PA,\(isMan ? "M" : "F"),\(ages[i % 10])\n"
      table += "\(i).png,\(Double((i * 7) % 31) / 31),\(Double((i * 11) % 31) / 31)\n"
    }
    // Another film of a woman with Mass, and of one with Edema: ten films of nine patients.
    labels += "60.png,Mass,0,PA,F,0\n61.png,Mass,0,PA,F,0\n"
    table += "60.png,0.3,0.4\n61.png,0.2,0.6\n"
    var options = Evaluation.Options(
      checkpoints: [],
      collection: FilmCollection.Options(labelFile: try folder.write(labels, to: "labels.csv")))
    options.predictions = [try folder.write(table, to: "t.csv")]
    let evaluation = try Evaluation(options)
    let figures = EvaluationFigures(evaluation, options: few())
    let groups = try #require(figures.models.first).subgroups
    #expect(
      groups.filter { $0.kind == "age" }.map { "\($0.name) \($0.films)" } == [
        "0-17 14", "18-39 12", "40-59 12", "60-79 12", "80- 12",
      ])
    let women = try #require(groups.first { $0.name == "F" })
    let men = try #require(groups.first { $0.name == "M" })
    #expect(
      women.labels.map(\.patientsWith) == [9, 21] && men.labels.map(\.patientsWith) == [10, 20])
    #expect(women.labels.map(\.isTelling) == [false, false])
    #expect(men.labels.map(\.isTelling) == [true, true])
    #expect(women.films == 32 && women.patients == 30 && men.films == 30 && men.patients == 30)
    #expect(
      women.labels.map(\.patientsWithout) == [21, 9] && women.labels.map(\.films) == [32, 32])
    // Of women no finding is told, so women and men are not compared.
    #expect(try #require(figures.models.first).groupDifferences.allSatisfy { $0.kind != "sex" })

    let text = figures.json(evaluation).text
    let document = try object(JSONSerialization.jsonObject(with: Data(text.utf8)))
    let model = try object((document["models"] as? [Any])?.first)
    let told = try #require(model["subgroups"] as? [[String: Any]])
    for (name, isTelling) in [("F", false), ("M", true)] {
      let group = try #require(told.first { $0["name"] as? String == name })
      let mass = try object(object(group["labels"])["Mass"])
      #expect(
        (mass["auc"] is NSNull) == !isTelling && mass["support"] as? Int == (isTelling ? 10 : 11))
    }
    let rows = try #require(figures.tables().first { $0.name == "subgroups.csv" }).text
      .split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    for row in rows where row.count > 7 && row[1] == "sex" {
      #expect(row[7].isEmpty == (row[2] == "F"))
    }
  }

  /// The mean over one label is that label, with its interval, among all films and in each group; reliability.csv counts
  /// its groups from one.
  @Test func theMeanOfOneLabelIsTheLabel() throws {
    let folder = try TemporaryFolder()
    var (labels, table) = (Self.header, "Image Index,Mass\n")
    for i in 0..<120 {
      labels +=
        "\(i).png,\((i * 5) % 7 < 3 ? "Mass" : "No Finding"),\(i / 2),\(i % 4 < 2 ? "PA" : "AP"),M,50\n"
      table += "\(i).png,\(Double((i * 37) % 61) / 61)\n"
    }
    var options = Evaluation.Options(
      checkpoints: [],
      collection: FilmCollection.Options(labelFile: try folder.write(labels, to: "labels.csv")))
    options.predictions = [try folder.write(table, to: "t.csv")]
    let figures = EvaluationFigures(try Evaluation(options), options: few())
    let model = try #require(figures.models.first)
    let mass = try #require(model.labels.first)
    #expect(mass.ranking.auc.interval != nil && mass.ranking.averagePrecision.interval != nil)
    #expect(mass.ranking.auc.interval != mass.ranking.averagePrecision.interval)
    #expect(
      model.ranking.auc == mass.ranking.auc
        && model.ranking.averagePrecision == mass.ranking.averagePrecision)
    let views = model.subgroups.filter { $0.kind == "view" }
    try #require(views.count == 2 && views.allSatisfy { $0.labels.count == 1 })
    for view in views {
      #expect(view.labels[0].ranking.auc.interval != nil)
      #expect(view.labels[0].ranking.auc.interval != mass.ranking.auc.interval)
    }
    // Of two groups as large the first is the one that the other is compared with.
    let difference = try #require(model.groupDifferences.first { $0.kind == "view" })
    #expect(difference.areas.name == "PA" && difference.areas.other == "AP")
    let byName = Dictionary(
      uniqueKeysWithValues: views.map { ($0.name, $0.labels[0].ranking.auc) })
    #expect(difference.mean == byName["PA"] && difference.meanOfLargest == byName["AP"])
    let row = difference.areas.mean.auc
    #expect(row == difference.areas.labels[0].auc && row.interval?.contains(row.value ?? 9) == true)
    #expect(
      row.value == (byName["PA"]?.value).flatMap { pa in (byName["AP"]?.value).map { pa - $0 } })

    let rows = try #require(figures.tables().first { $0.name == "reliability.csv" }).text
      .split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let column = try #require(rows.first?.firstIndex(of: "group"))
    #expect(rows.dropFirst().map { $0[column] } == (1...10).map { "\($0)" })
  }

  /// Of all films, those of the patients on whom thresholds were chosen are counted; of test films none is.
  @Test func patientsSeenBeforeAreCounted() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.options
    options.epochs = 1
    try set.train("run", options)
    func evaluation(_ subset: Subset?) throws -> Evaluation {
      try Evaluation(
        Evaluation.Options(
          checkpoints: [set.folder + "/run/best.npz"],
          collection: FilmCollection.Options(labelFile: set.csv, images: set.images),
          subset: subset))
    }
    let all = try evaluation(nil)
    let split = try FilmCollection(set.collection).split
    func count(_ part: Subset) throws -> Int {
      try (0..<30).filter { split.subset(of: try #require(PatientID("\($0)"))) == part }.count
    }
    let (train, validation, test) = (
      try count(.train), try count(.validation), try count(.test)
    )
    try #require(train + validation + test == 30 && Set([train, validation]).count == 2)
    #expect(all.models[0].patientsSeenInTraining == train)
    #expect(all.models[0].patientsSeenInValidation == validation)
    let text = EvaluationFigures(all, options: few(2)).json(all).text
    #expect(text.contains("\"patients_seen_in_training\": \(train),"))
    #expect(text.contains("\"patients_seen_in_validation\": \(validation),"))
    let tested = try evaluation(.test)
    #expect(tested.films.patientCount == test)
    #expect(tested.models[0].patientsSeenInTraining == 0)
    #expect(tested.models[0].patientsSeenInValidation == 0)
    let own = try evaluation(.validation)
    #expect(own.models[0].patientsSeenInTraining == 0)
    #expect(own.models[0].patientsSeenInValidation == validation)

    // Beside a network that was trained on films of half the patients, each is told of by itself.
    var half = set.collection
    half.labelFile = set.folder + "/half.csv"
    try String(contentsOfFile: set.csv, encoding: .utf8).split(separator: "\n").prefix(31)
      .joined(separator: "\n").write(toFile: half.labelFile, atomically: true, encoding: .utf8)
    let data = try TrainingData(half, options: options, cacheFolder: set.folder)
    var trainer = try Trainer(
      data: data, options: options,
      folder: OutputFolder(set.folder + "/half", for: .trainingRun, reusing: false))
    _ = try trainer.run(until: { false }) { _ in }
    let both = try Evaluation(
      Evaluation.Options(
        checkpoints: ["run", "half"].map { "\(set.folder)/\($0)/best.npz" },
        collection: FilmCollection.Options(labelFile: set.csv, images: set.images), subset: nil))
    func patients(_ part: Subset) throws -> Int {
      try (0..<15).filter {
        data.collection.split.subset(of: try #require(PatientID("\($0)"))) == part
      }.count
    }
    #expect(both.models.map(\.patientsSeenInTraining) == [train, try patients(.train)])
    #expect(
      both.models.map(\.patientsSeenInValidation) == [validation, try patients(.validation)])
  }

  /// Films of which a view, a sex or an age is not known are in no group of that kind; nine kinds are no groups.
  @Test func whatIsNotKnownIsInNoGroup() throws {
    let folder = try TemporaryFolder()
    func groups(kinds: Int) throws -> [String] {
      var (labels, table) = (Self.header, "Image Index,Mass\n")
      for i in 0..<54 {
        // Of 54 films half have no view, a third no sex and a ninth no age.
        let view = i % 2 == 0 ? "" : "V\(i / 2 % kinds)"
        labels +=
          "\(i).png,\(i % 5 < 2 ? "Mass" : "No Finding"),\(i / 3),\(view),"
          + "\(i % 3 == 0 ? "" : i % 3 == 1 ? "F" : "M"),\(i % 9 == 0 ? "" : "50")\n"
        table += "\(i).png,\(Double((i * 7) % 31) / 31)\n"
      }
      var options = Evaluation.Options(
        checkpoints: [],
        collection: FilmCollection.Options(labelFile: try folder.write(labels, to: "labels.csv")))
      options.predictions = [try folder.write(table, to: "t.csv")]
      let model = try #require(EvaluationFigures(Evaluation(options), options: few(2)).models.first)
      return model.subgroups.map { "\($0.kind) \($0.name) \($0.films) \($0.patients)" }
    }
    // Of the 18 patients' three films each the second is a woman's and the third a man's, as the label file has it.
    let others = ["sex F 18 18", "sex M 18 18", "age 40-59 48 18"]
    #expect(try groups(kinds: 1) == ["view V0 27 18"] + others)
    let eight = try groups(kinds: 8)
    #expect(eight.filter { $0.hasPrefix("view V") }.count == 8 && eight.suffix(3) == others[...])
    #expect(try groups(kinds: 9) == others)
  }
}
