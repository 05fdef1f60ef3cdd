import CXRFilms
import CXRCheckpoint
import CXRData
import CXRMetrics
import Foundation
import Testing

@testable import CXRTraining

/// A label that no validation film has, or every one, is left out of `val_auc`.
@Suite struct UndefinedLabelTests {
  /// Removes findings from the validation films' rows.
  private func remove(_ findings: [String], from set: SmallSet) throws {
    let data = try set.data()
    let names = Set(
      data.collection.rows(of: .validation).map { data.collection.file.records[$0].name })
    let text = try String(contentsOfFile: set.csv, encoding: .utf8)
    try text.split(separator: "\n").map { line in
      var fields = line.split(separator: ",").map(String.init)
      if names.contains(fields[0]) {
        let kept = fields[1].split(separator: "|").filter { !findings.contains(String($0)) }
        fields[1] = kept.isEmpty ? "No Finding" : kept.joined(separator: "|")
      }
      return fields.joined(separator: ",") + "\n"
    }.joined().write(toFile: set.csv, atomically: true, encoding: .utf8)
  }

  @Test func oneIsLeftOut() throws {
    let set = try SmallSet()
    defer { set.remove() }
    #expect(try set.data().labelsUndefinedInValidation.isEmpty)
    try remove(["Edema"], from: set)
    #expect(try set.data().labelsUndefinedInValidation == ["Edema"])
    var options = set.options
    options.epochs = 1
    let outcome = try set.train("run", options)
    let evaluation = try Evaluation(
      Evaluation.Options(
        checkpoints: [set.folder + "/run/best.npz"],
        collection: FilmCollection.Options(labelFile: set.csv, images: set.images),
        subset: .validation))
    let model = try #require(evaluation.models.first)
    let known = evaluation.answers(of: model).known(label: 1)
    var metrics = RunningMetrics(labels: 1)
    metrics.add(
      probabilities: known.probabilities.map { Float($0) }, labels: known.truths.map { $0 ? 1 : 0 })
    let row = try #require(outcome.history.rows.first)
    let (found, expected) = (row.validation.auc, metrics.approximateAUC)
    // In a batch of another size the last bits may be others.
    #expect(try abs(#require(found) - #require(expected)) < 0.02)
    #expect(row.training.auc != nil)
  }

  @Test func withoutAnyItIsUndefined() throws {
    let set = try SmallSet()
    defer { set.remove() }
    try remove(["Edema", "Mass"], from: set)
    var options = set.options
    options.epochs = 1
    let row = try #require(try set.train("run", options).history.rows.first)
    #expect(row.validation.auc == nil && row.training.auc != nil)
    let json = Trainer.Event.epoch(row, isBest: true).json.line
    #expect(json.contains("\"val_auc\": null") && !json.contains("\"auc\": null"))
    let column = try #require(History.columns.firstIndex(of: "val_auc"))
    let lines = try String(contentsOfFile: set.folder + "/run/history.csv", encoding: .utf8)
      .split(separator: "\n")
    #expect(
      lines.last?.split(separator: ",", omittingEmptySubsequences: false).dropFirst(column).first
        == "")
    // And the run goes on.
    options.epochs = 2
    let outcome = try set.train("run", options, resuming: true)
    #expect(outcome.history.rows.map(\.validation.auc) == [nil, nil])
    #expect(outcome.history.rows.first == row)
  }
}
