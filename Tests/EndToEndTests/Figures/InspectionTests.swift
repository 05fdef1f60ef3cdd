import Foundation
import Testing

/// `cxr-inspect` says what the checkpoint's own document says.
@Suite(.serialized) struct InspectionTests {
  private let set: ComparedModels

  init() throws { set = try ComparedModels.shared.get() }

  @Test(arguments: ComparedModels.names) func aCheckpointIsToldAsItIs(name: String) throws {
    let path = set.file("\(name)/best.npz")
    let told = try Program.run("cxr-inspect", [path])
    try #require(told.status == 0, "\(told.errors)")
    let metadata = try set.checkpoint(name)
    let (seed, epoch, step) = (
      try metadata.count("seed"), try metadata.count("epoch"), try metadata.count("step")
    )
    let trained = try metadata.texts("split/train_patient_digests").count
    let chosen = try metadata.texts("split/validation_patient_digests").count
    let loss = try #require(try metadata.text("loss"))
    let rule = try #require(try metadata.text("validation/operating_point"))
    let facts: [String] = [
      "\(loss), seed \(seed), epoch \(epoch), step \(step)\n",
      "\(trained) patients, chosen on \(chosen) others; split random, seed 0", "122 × 122 pixels",
      try #require(try metadata.text("label_file_sha256")), "\(rule), on ",
      "regression on thumbnails", "JPEG islow, PNG bits 16, EXIF orientation ignored",
    ]
    for fact in facts { #expect(told.output.contains(fact), "\(fact)\n\(told.output)") }
    let (fits, weights) = (
      try metadata.list("validation/labels"), try metadata.list("class_weights")
    )
    let lines = told.output.split(separator: "\n").map {
      $0.split(separator: " ").map(String.init)
    }
    for (k, label) in ComparedModels.labels.enumerated() {
      let row = try #require(lines.first { $0.first == label })
      #expect(
        row == [
          label, Shown.number(try weights[k].number("negative"), 3),
          Shown.number(try weights[k].number("positive"), 3),
          Shown.number(try fits[k].number("threshold"), 3), "\(try fits[k].count("films"))",
          "\(try fits[k].count("positives"))",
        ])
    }
    let json = try Program.run("cxr-inspect", [path, "--format", "json"])
    #expect(json.status == 0)
    let stated = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? NSDictionary
    #expect(try stated?["loss"] as? String == metadata.text("loss"))
    #expect((stated?["labels"] as? [String]) == ComparedModels.labels)
    let last = try Program.run("cxr-inspect", [set.file("\(name)/last.npz")])
    #expect(last.status == 0 && last.output.contains("thresholds     none"), "\(last.output)")
    let layers = try Program.run("cxr-inspect", [path, "--layers"])
    #expect(layers.status == 0 && layers.output.contains("of them trained"))
  }

  @Test func whatIsNoCheckpointIsRefused() throws {
    let missing = try Program.run("cxr-inspect", ["/nowhere/best.npz"])
    #expect(missing.status == 1 && missing.errors.contains("/nowhere/best.npz"))
    let film = try Program.run("cxr-inspect", [set.csv])
    #expect(film.status == 1 && film.errors.contains(set.csv) && film.output.isEmpty)
    let both = try Program.run("cxr-inspect", ["f", "--format", "json", "--layers"])
    #expect(both.status == 64 && both.errors.contains("--layers"))
  }
}
