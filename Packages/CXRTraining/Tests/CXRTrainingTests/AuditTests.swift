@testable import CXRFilms
import CXRData
import CXRImage
import CXRTestSupport
import Foundation
import Testing

@testable import CXRTraining

/// A set of films like chests, in which each kind of problem is planted once.
private struct PlantedSet {
  private let scratch: TemporaryFolder
  var folder: String { scratch.path }
  var csv: String { folder + "/labels.csv" }
  var images: String { folder + "/films" }
  var collection: FilmCollection.Options {
    FilmCollection.Options(labelFile: csv, images: images, labels: ["Mass", "Edema"])
  }

  /// Two dark lungs, a bright heart to the right of the middle, a bright abdomen.
  static func chest(_ seed: Int, side: Int = 64) -> [UInt8] {
    (0..<side * side).map { place in
      let (x, y) = (Double(place % side) / Double(side), Double(place / side) / Double(side))
      func inside(_ cx: Double, _ cy: Double, _ rx: Double, _ ry: Double) -> Bool {
        (x - cx) * (x - cx) / (rx * rx) + (y - cy) * (y - cy) / (ry * ry) < 1
      }
      var level = y > 0.75 ? 200 : 130
      if inside(0.28, 0.42, 0.16, 0.3) || inside(0.72, 0.42, 0.16, 0.3) { level = 60 }
      if inside(0.6, 0.6, 0.16, 0.14) { level = 190 }
      return UInt8(level + (place * (37 + seed) + seed * seed) % 61 / 3)
    }
  }

  static func turned(_ pixels: [UInt8], side: Int, _ place: (Int, Int) -> (Int, Int)) -> [UInt8] {
    (0..<side * side).map { at in
      let (y, x) = place(at / side, at % side)
      return pixels[y * side + x]
    }
  }

  init() throws {
    scratch = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: images, withIntermediateDirectories: true)
    let side = 64
    var rows = "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View\n"
    for i in 0..<60 {
      let name = "f\(i).png"
      var pixels = Self.chest(i)
      var bytes: [UInt8]?
      switch i {
      case 0: bytes = Array("no film".utf8)
      case 1: pixels = [UInt8](repeating: 90, count: side * side)
      case 2: pixels = pixels.map { $0 / 9 }
      case 3: pixels = pixels.map { 230 + $0 / 10 }
      case 4: pixels = pixels.map { 255 - $0 }
      case 5: pixels = Self.turned(pixels, side: side) { ($1, side - 1 - $0) }
      case 6: pixels = Self.turned(pixels, side: side) { (side - 1 - $0, side - 1 - $1) }
      case 7: pixels = Self.turned(pixels, side: side) { ($0, side - 1 - $1) }
      case 8: bytes = try GreyFilm(height: side, width: side, pixels: pixels).jpegData()
      case 9: bytes = try GreyFilm(height: 20, width: 50, pixels: Array(pixels[..<1000])).pngData()
      case 11: pixels = Self.chest(10)
      case 13: pixels = Self.chest(12)
      default: break
      }
      // Films 10 and 11 are one patient's; each other film has a patient of its own.
      let patient = i == 11 ? 10 : i
      if i != 14 {
        try Data(bytes ?? GreyFilm(height: side, width: side, pixels: pixels).pngData()).write(
          to: URL(fileURLWithPath: "\(images)/\(name)"))
      }
      let finding = i % 2 == 0 ? "Mass" : i % 3 == 0 ? "Edema" : "No Finding"
      rows += "\(name),\(finding),\(i == 11 ? 1 : 0),\(patient),50,M,PA\n"
    }
    try rows.write(toFile: csv, atomically: true, encoding: .utf8)
  }
}

@Suite struct AuditTests {
  @Test func findsWhatIsPlanted() throws {
    let set = try PlantedSet()
    let exploration = try Exploration(set.collection, preparation: FilmPreparation(imageSize: 48))
    func kinds(_ film: Int) -> Set<String> {
      Set(
        exploration.problems.filter { $0.image == "f\(film).png" }
          .map { "\($0.kind) \($0.severity.rawValue)" })
    }
    #expect(kinds(0) == ["unreadable error"])
    #expect(kinds(1) == ["near_constant error"])
    #expect(kinds(2) == ["too_dark warning"])
    #expect(kinds(3) == ["too_bright warning"])
    #expect(kinds(4) == ["inverted warning"])
    #expect(kinds(5) == ["rotated warning"])
    #expect(kinds(6) == ["upside_down warning"])
    #expect(kinds(7) == ["mirrored warning"])
    #expect(kinds(8) == ["wrong_type warning"])
    #expect(kinds(9).isSuperset(of: ["small warning", "narrow warning"]))
    #expect(kinds(11) == ["duplicate_pixels warning"])
    let split = exploration.collection.split.subset(of: try #require(PatientID("12")))
    let other = exploration.collection.split.subset(of: try #require(PatientID("13")))
    #expect(
      kinds(13) == [
        split == other
          ? "duplicate_pixels_across_patients warning" : "duplicate_pixels_across_parts error"
      ])
    #expect(kinds(14) == ["missing error"])
    for film in [10, 12] + Array(15..<60) {
      #expect(kinds(film).isEmpty, "f\(film): \(kinds(film))")
    }
    #expect(exploration.decodedCount == 58)
    #expect(exploration.sizes.map(\.films) == [57, 1])
  }

  @Test func aCacheFilledByAnAuditServesTraining() throws {
    let set = try PlantedSet()
    let preparation = FilmPreparation(imageSize: 106)
    let plain = try Exploration(set.collection, preparation: preparation)
    let caching = try Exploration(
      set.collection, cacheFolder: set.folder, preparation: preparation)
    #expect(plain.problems == caching.problems)
    #expect(plain.trainingPixels == caching.trainingPixels)
    #expect(
      try Exploration(set.collection, cacheFolder: set.folder, preparation: preparation).problems
        == plain.problems)

    try plain.problems.auditCSV.write(
      toFile: set.folder + "/audit.csv", atomically: true, encoding: .utf8)
    var collection = set.collection
    collection.exclude = set.folder + "/audit.csv"
    var options = TrainingOptions()
    options.preparation = preparation
    options.augments = false
    let data = try TrainingData(collection, options: options, cacheFolder: set.folder)
    #expect(data.cache.reusedCount == data.trainingCount + data.validationCount)
    #expect(data.skippedFilms.isEmpty)
    let used = Set(
      (data.collection.rows(of: .train) + data.collection.rows(of: .validation)).map {
        data.collection.file.records[$0].name
      })
    #expect(used.isDisjoint(with: ["f0.png", "f1.png", "f14.png"]))
    #expect(data.moments.mean == plain.trainingPixels?.mean)
  }

  @Test func refusesWhatIsNoAudit() throws {
    let set = try PlantedSet()
    var collection = set.collection
    collection.exclude = set.csv
    #expect(throws: DataError.self) { try FilmCollection(collection) }
    let path = set.folder + "/audit.csv"
    try "image,problem,severity,detail\nf1.png,small,fatal,x\n".write(
      toFile: path, atomically: true, encoding: .utf8)
    collection.exclude = path
    #expect(
      throws: DataError.invalidField(path: path, line: 2, column: "severity", found: "fatal")
    ) { try FilmCollection(collection) }
  }

  @Test func posesAreTheEightOfASquare() {
    let values = (0..<PoseThumbnail.count).map(Float.init)
    let laid = FilmPose.all.map { $0.applied(to: values) }
    #expect(laid.first == values && Set(laid).count == 8)
    for picture in laid { #expect(picture.sorted() == values) }
    // A quarter turn counter-clockwise brings the upper right corner to the upper left.
    #expect(FilmPose(turns: 1, isMirrored: false).applied(to: values).first == 15)
  }
}
