import CXREvaluation
import CXRFilms
import CXRFiles
import CXRData
import CXRImage
import CXRMetrics
import Foundation
import Testing

@testable import CXRTraining

/// What a trained network says of a film that is not as its training films were, and of evaluations that cannot be compared.
@Suite struct FilmWarningTests {
  private static let side = 120

  /// Two dark fields beside a bright middle, a bright foot and a dark top, and a bright bow to one side.
  private func chest(_ seed: Int) -> [UInt8] {
    var state = UInt64(seed &* 2_654_435_761 &+ 12_345)
    func noise() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 24)
    }
    let (side, shift, width) = (Self.side, noise() * 0.06 - 0.03, 0.16 + noise() * 0.04)
    return (0..<side * side).map { place in
      let (y, x) = (Float(place / side) / Float(side), Float(place % side) / Float(side) + shift)
      func field(_ centre: Float) -> Float {
        let (dx, dy) = ((x - centre) / width, (y - 0.45) / 0.3)
        return dx * dx + dy * dy < 1 ? -90 : 0
      }
      let bow: Float = x > 0.5 && x < 0.62 && y > 0.5 && y < 0.75 ? 60 : 0
      return UInt8(
        min(255, max(0, 140 + field(0.3) + field(0.7) + bow + 70 * y - 40 + noise() * 12)))
    }
  }

  /// The films of a small set, drawn anew as chests, and a network of one epoch.
  private func trained() throws -> SmallSet {
    let set = try SmallSet()
    for i in 0..<60 { try write(chest(i), to: "films/f\(i).png", in: set) }
    var options = set.options
    options.epochs = 1
    try set.train("run", options)
    return set
  }

  private func write(
    _ pixels: [UInt8], height: Int = side, to name: String, in set: SmallSet
  ) throws {
    let film = GreyFilm(height: height, width: pixels.count / height, pixels: pixels)
    try set.write(film.pngData(), to: name)
  }

  @Test func everyOddityIsSaid() throws {
    let set = try trained()
    defer { set.remove() }
    let predictor = try FilmPredictor(path: set.folder + "/run/best.npz")
    try #require(predictor.classifier.knowsPoses)
    let (side, plain) = (Self.side, chest(100))
    func answer(_ name: String) throws -> FilmPredictor.Answer {
      try #require(try predictor.answers(films: ["\(set.folder)/\(name)"]).first).get()
    }
    func answer(_ name: String, _ pixels: [UInt8], height: Int = Self.side) throws
      -> FilmPredictor.Answer
    {
      try write(pixels, height: height, to: name, in: set)
      return try answer(name)
    }
    func kinds(_ answer: FilmPredictor.Answer) -> [String] { answer.problems.map(\.kind) }

    let usual = try answer("usual.png", plain)
    #expect(kinds(usual).isEmpty && !usual.warnings.contains { !$0.contains("features") })
    #expect(try kinds(answer("negative.png", plain.map { 255 - $0 })) == ["inverted"])
    let quarter = plain.indices.map { plain[($0 % side) * side + side - 1 - $0 / side] }
    #expect(try kinds(answer("quarter.png", quarter)) == ["rotated"])
    #expect(try kinds(answer("half.png", plain.reversed())) == ["upside_down"])

    // A film that shows nothing lies in no way; it is also brighter and flatter than those of training.
    let constant = try answer("constant.png", plain.map { _ in 250 })
    #expect(kinds(constant) == ["near_constant"])
    #expect(constant.warnings.contains { $0.hasPrefix("brighter than the films of training") })
    #expect(constant.warnings.contains { $0.hasPrefix("flatter than the films of training") })

    // Grey levels are held against those of training, not against those of films at large.
    let dark = try answer("dark.png", plain.map { $0 / 8 })
    #expect(dark.film.pixels.max() ?? 255 < 32)
    #expect(!kinds(dark).contains("too_dark"))
    #expect(dark.warnings.contains { $0.hasPrefix("darker than the films of training") })

    // Too small for the network, and smaller by more than a tenth: both are said, of one film.
    let small = try answer("small.png", Array(plain[..<(side * 100)]), height: 100)
    #expect(kinds(small).first == "small")
    #expect(small.warnings.first == "120 × 100 pixels, where training had 120 × 120")

    // Red where it is dark.
    let red = ColourPicture(
      height: side, width: side, pixels: plain.flatMap { [$0 < 90 ? $0 + 60 : $0, $0, $0] })
    try set.write(red.pngData(), to: "red.png")
    #expect(try kinds(answer("red.png")).contains("not_grey"))
  }

  /// Boxes count on films that have the finding: a box of what the label file does not say of the film, or of a film that is
  /// not judged, does not.
  @Test func boxesCountWhereTheFindingIs() throws {
    let set = try trained()
    defer { set.remove() }
    let path = set.folder + "/boxes.csv"
    // f0 and f3 have Mass, f1 Edema, f2 nothing.
    try """
    Image Index,Finding Label,Bbox [x,y,w,h],,,
    f0.png,Mass,0,0,1024,1024
    f3.png,Mass,0,0,1,1
    f3.png,Edema,0,0,1024,1024
    f1.png,Mass,0,0,1024,1024
    f2.png,Mass,0,0,1024,1024
    f99.png,Mass,0,0,1024,1024

    """.write(toFile: path, atomically: true, encoding: .utf8)
    func evaluation(_ checkpoints: [String], _ subset: Subset?) -> Evaluation.Options {
      Evaluation.Options(
        checkpoints: checkpoints.map { "\(set.folder)/\($0)/best.npz" },
        collection: FilmCollection.Options(labelFile: set.csv, images: set.images), subset: subset)
    }
    var boxed = evaluation(["run"], nil)
    boxed.boxes = try BoxList(path: path)
    let found = try #require(try Evaluation(boxed).models.first?.localisation)
    #expect(found.labels.map(\.label) == ["Mass"])
    #expect(found.total.hits.films == 2 && found.total.hits.hits == 1)
    #expect(abs((found.total.chance ?? 0) - 0.5) < 1e-4)
    // The peak of either film lies in the box of f0, that of neither in the box of f3.
    #expect(found.total.usualPlace == 0.5)
    #expect(Localisation.thresholds == [0.25, 0.5, 0.75])
    try "f2.png,Mass,0,0,9,9\n".write(toFile: path, atomically: true, encoding: .utf8)
    boxed.boxes = try BoxList(path: path)
    #expect(try Evaluation(boxed).models.map { $0.localisation == nil } == [true])

    // All films have no validation part by which another rule could choose.
    var other = evaluation(["run"], nil)
    other.operatingRule = .bestF1
    #expect { try Evaluation(other) } throws: {
      "\($0)".contains("operatingRule f1: not the rule of every checkpoint")
        && ($0 as? TrainingError)?.remedies == [Remedy(option: "subset", value: "test")]
    }
    other.operatingRule = .youden
    let all = try Evaluation(evaluation(["run"], nil))
    #expect(try Evaluation(other).models.first?.fit == all.models.first?.fit)

    // A network of another split may have seen the patients whom this one is judged on.
    var collection = set.collection
    collection.splitSeed = 5
    var options = set.options
    options.epochs = 1
    let data = try TrainingData(collection, options: options, cacheFolder: set.folder)
    let folder = try OutputFolder(set.folder + "/elsewhere", for: .trainingRun, reusing: false)
    var trainer = try Trainer(data: data, options: options, folder: folder)
    _ = try trainer.run(until: { false }) { _ in }
    #expect { try Evaluation(evaluation(["run", "elsewhere"], .test)) } throws: {
      "\($0)".contains("elsewhere/best.npz was trained on another split than")
    }
    let both = try Evaluation(evaluation(["run", "elsewhere"], nil))
    #expect(both.models.map(\.name) == ["run", "elsewhere"])
    #expect(both.models[1].scores != both.models[0].scores)
  }
}
