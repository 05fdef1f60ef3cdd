import CXRFilms
import CXRFiles
import CXRParallel
import CXRData
import CXRImage
import CXRTensor
import Foundation
import Testing

@testable import CXRTraining

@Suite struct DataTests {
  @Test func oneCopyAFilmAugmentedOnceALabel() throws {
    let rows = ["Mass|Edema|Nodule", "Edema", "No Finding", "Nodule"].enumerated()
      .map { "\($0).png,\($1),\($0)\n" }.joined()
    let file = try LabelFile(
      contents: Array(("Image Index,Finding Labels,Patient ID\n" + rows).utf8), path: "t.csv")
    let matrix = try LabelMatrix(file.records, labels: ["Edema", "Mass", "Nodule"])
    let samples = TrainingSamples(
      matrix: matrix, rows: [0, 1, 3], augmentedLabels: LabelSet.underrepresented10)
    #expect(samples.samples.map(\.film) == [0, 1, 2, 0, 2])
    #expect(samples.samples.map(\.augmentations) == [0, 0, 0, 2, 1])
    #expect(samples.copyCount == 2)
  }

  @Test func preparesTheFilmsOnceAndAgainWhenTheyChange() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let first = try set.data()
    #expect(first.cache.reusedCount == 0)
    let again = try set.data()
    #expect(again.cache.reusedCount == first.trainingCount + first.validationCount)
    #expect(again.moments == first.moments)

    // One pixel is flipped in the cache, where films stand in the order in which threads were done with them; another film
    // changes.
    let films = (0..<again.trainingCount + again.validationCount).map { CachedFilm($0) }
    let planes = try films.map(again.cache.plane)
    let cache = try FileHandle(forUpdating: URL(fileURLWithPath: again.cache.path))
    let last = try cache.seekToEnd() - 1
    try cache.seek(toOffset: last)
    let byte = try #require(try cache.read(upToCount: 1)?.first)
    try cache.seek(toOffset: last)
    try cache.write(contentsOf: Data([byte ^ 0x7F]))
    try cache.close()
    let flipped = try #require(
      planes.indices.first { (try? again.cache.plane(films[$0])) != planes[$0] })
    let changed = flipped == 0 ? 1 : 0
    let row = try #require(again.collection.rows(of: .train).dropFirst(changed).first)
    let name = again.collection.file.records[row].name
    try set.write(
      GreyFilm(height: 9, width: 9, pixels: [UInt8](repeating: 5, count: 81)).pngData(),
      to: "films/\(name)")
    let repaired = try set.data()
    #expect(repaired.cache.reusedCount == planes.count - 2)
    #expect(try repaired.cache.plane(films[flipped]) == planes[flipped])
    #expect(try repaired.cache.plane(films[changed]).values.allSatisfy { $0 == 5 })
  }

  @Test func cachedFilmsAreThePreparedOnes() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let data = try set.data()
    let row = try #require(data.collection.rows(of: .train).dropFirst(3).first)
    let path = set.images + "/" + data.collection.file.records[row].name
    let direct = try data.cache.preparation(path: path)
    #expect(try data.cache.plane(3) == direct)
    let exact = try GreyFilm(path: path).resized(height: 106, width: 106)
    let worst = zip(direct.values, exact.values).map { abs($0 - $1) }.max() ?? 1
    #expect(worst <= 1 / 512)
  }

  @Test func batchesFollowTheSeedAlone() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let data = try set.data()
    func names(_ epoch: Int) throws -> [[String]] {
      let batches = data.trainingBatches(
        epoch: epoch, batchSize: 7, random: RandomStream(seed: 4))
      return try (0..<batches.count).map { try batches[$0].names }
    }
    let (first, second) = (try names(0), try names(1))
    #expect(try names(0) == first && first != second)
    #expect(first.flatMap { $0 }.count == data.samples.count)
    #expect(
      Set(first.flatMap { $0 })
        == Set(data.collection.rows(of: .train).map { data.collection.file.records[$0].name }))
  }

  @Test func namesMissingAndUnreadableFilms() throws {
    let set = try SmallSet()
    defer { set.remove() }
    try FileManager.default.removeItem(atPath: set.images + "/f7.png")
    #expect(
      throws: FilmError.missingFilms(names: ["f7.png"], count: 1, folder: set.images, hints: [])
    ) { try set.data() }

    var allowing = set.collection
    allowing.allowMissing = true
    try set.write(Array("no film".utf8), to: "films/f8.png")
    var options = set.options
    do {
      _ = try TrainingData(allowing, options: options, cacheFolder: set.folder)
      Issue.record("an unreadable film was accepted")
    } catch let error as FilmError {
      #expect(
        error
          == .unreadableFilms([
            UnreadableFilm(
              name: "f8.png", reason: "an unknown format, and not \(FilmFormat.allNames)")
          ]))
    }
    options.skipsUnreadable = true
    let data = try TrainingData(allowing, options: options, cacheFolder: set.folder)
    #expect(data.skippedFilms.map(\.name) == ["f8.png"])
  }

  @Test func namesLabelsWithoutPositives() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var collection = set.collection
    collection.labels = ["Edema", "Hernia", "Mass"]
    var options = set.options
    #expect(throws: DataError.labelsWithoutPositives(["Hernia"])) {
      try TrainingData(collection, options: options, cacheFolder: set.folder)
    }
    options.skipsEmptyLabels = true
    let data = try TrainingData(collection, options: options, cacheFolder: set.folder)
    #expect(data.collection.matrix.labels == ["Edema", "Mass"])
    #expect(data.skippedLabels == ["Hernia"])
  }

  @Test func exploresWithoutStopping() throws {
    let set = try SmallSet()
    defer { set.remove() }
    try FileManager.default.removeItem(atPath: set.images + "/f7.png")
    try set.write(Array("no film".utf8), to: "films/f8.png")
    try set.write(Array("no row".utf8), to: "films/extra.png")
    let exploration = try Exploration(set.collection)
    #expect(exploration.decodedCount == 58)
    let kinds = exploration.problems.filter {
      ["missing", "unreadable", "without_row"].contains($0.kind)
    }.map { "\($0.image) \($0.kind) \($0.severity.rawValue)" }
    #expect(
      Set(kinds) == [
        "f7.png missing error", "f8.png unreadable error", "extra.png without_row note",
      ])
    #expect(exploration.problems.auditCSV.hasPrefix("image,problem,severity,detail\n"))
    #expect(exploration.json.text.contains("\"ok\": 58"))
    #expect(exploration.sampleThumbnails(side: 20).count == 4)
  }

  /// A film with a finding that was not asked about is not shown as one without.
  @Test func filmsWithoutFindingsHaveNone() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.collection
    options.labels = ["Edema"]
    let shown = try Exploration(options).sampleThumbnails(side: 20)
    // f0 and f3 have a mass; f1 is the edema that is shown.
    #expect(shown.map(\.caption) == ["Edema", "No Finding", "No Finding"])
    #expect(shown.map(\.name) == ["f1.png", "f2.png", "f4.png"])
  }

  @Test func evaluatesOnlyWhatBelongsTogether() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.options
    options.epochs = 1
    try set.train("run", options)
    let checkpoint = set.folder + "/run/best.npz"
    let evaluation = try Evaluation(
      Evaluation.Options(
        checkpoints: [checkpoint, checkpoint],
        collection: FilmCollection.Options(labelFile: set.csv, images: set.images)))
    try #require(evaluation.models.map(\.name) == ["run", "run-2"])
    #expect(evaluation.rows == evaluation.collection.rows(of: .test))
    #expect(evaluation.models[0].scores == evaluation.models[1].scores)
    #expect(evaluation.models[0].patientsSeenInTraining == 0)

    let other = set.folder + "/other.csv"
    let text = try String(contentsOfFile: set.csv, encoding: .utf8)
    try (text + "f0.png,Mass,0\n").write(toFile: other, atomically: true, encoding: .utf8)
    func evaluate(_ subset: Subset?) throws -> Evaluation {
      try Evaluation(
        Evaluation.Options(
          checkpoints: [checkpoint],
          collection: FilmCollection.Options(labelFile: other, images: set.images),
          subset: subset))
    }
    #expect(throws: TrainingError.self) { try evaluate(.test) }
    #expect(try evaluate(nil).models.first?.patientsSeenInTraining == 17)
  }

  @Test func refusesDamagedMetadata() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var options = set.options
    options.epochs = 1
    try set.train("run", options)
    let file = try ChestClassifier(path: set.folder + "/run/best.npz")
    let text = file.metadata.json.text
    #expect(text.contains("\"lists_sha256\": null"))
    for (from, to) in [
      ("\"format_version\": 1", "\"format_version\": 2"), ("\"size\": 106", "\"size\": 105"),
      ("\"size\": 106", "\"size\": -1"), ("ChestCNN", "Other"), ("\"labels\"", "\"names\""),
      ("\"kernel\": 7", "\"kernel\": 5"), ("\"epoch\": 1", "\"epoch\": -1"),
      ("\"kernel\": 7", "\"kernel\": 63"),
      ("      16,", "      16, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,"),
      ("\"Edema\",", "\"Edema\", \"Mass\", \"Nodule\","),
    ] {
      let damaged = text.replacingOccurrences(of: from, with: to)
      #expect(damaged != text, "\(from)")
      #expect(throws: (any Error).self, "\(from) → \(to)") {
        try ChestClassifier(
          .init(arrays: file.model.arrays(), metadata: damaged), path: "damaged.npz")
      }
    }
  }

  @Test func writesExactNumbersAndEscapes() {
    let json = JSONValue.object([
      ("a\"b\n", .array([.number(0.1), .number(.nan), .null, .integer(3), .bool(true)])),
      ("e", .object([])),
    ])
    #expect(
      json.text
        == "{\n  \"a\\\"b\\n\": [\n    0.1,\n    null,\n    null,\n    3,\n    true\n  ],\n  \"e\": {}\n}\n"
    )
    #expect(CSVText.line(["a,b", "c\"d", "e"]) == "\"a,b\",\"c\"\"d\",e\n")
  }

  @Test func aFolderIsOnePrograms() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let path = set.folder + "/out"
    var first: OutputFolder? = try OutputFolder(path, for: .trainingRun, reusing: false)
    try "half".write(toFile: path + "/best.npz.123.tmp", atomically: false, encoding: .utf8)
    try first?.write("mine", to: "a.1.txt")
    #expect(throws: FileError.folderInUse(path: path, process: Int(getpid()))) {
      try OutputFolder(path, for: .trainingRun, reusing: true)
    }
    // Not a program's own folder: several share it.
    _ = try OutputFolder(path, reusing: true)
    #expect(FileManager.default.fileExists(atPath: path + "/best.npz.123.tmp"))
    first = nil
    let next = try OutputFolder(path, for: .trainingRun, reusing: true)
    let names = try FileManager.default.contentsOfDirectory(atPath: next.path)
    #expect(names.sorted() == [".lock", "a.1.txt"])
  }

  @Test func needsAreComparedWithLimits() throws {
    func limits(space: Int?, free: Int) -> MemoryLimits {
      func limit(_ left: Int) -> MemoryLimits.Limit {
        MemoryLimits.Limit(name: "the test leaves", remedy: "ask for less", left: left)
      }
      return MemoryLimits(addressSpace: space.map(limit), resident: [limit(free)], residentNow: 0)
    }
    let need = try MemoryNeed(films: 32, side: 224, threads: 2)
    #expect(try MemoryNeed(films: 16, side: 224, threads: 2).resident < need.resident)
    try need.check(limits(space: nil, free: 1 << 30), isBeforePreparation: true)
    try need.check(limits(space: 1 << 30, free: 1 << 30), isBeforePreparation: true)
    for (space, free) in [(nil, 100 << 20), (300 << 20, 1 << 30)] {
      do {
        try need.check(limits(space: space, free: free), isBeforePreparation: false)
        Issue.record("too little memory was accepted")
      } catch let error as TrainingError {
        let text = "\(error)"
        #expect(text.contains("224 × 224") && text.contains("smaller batches"), "\(text)")
        #expect(error.remedies.map(\.option) == ["batchSize", "imageSize", "threads"])
      }
    }
  }

  @Test func keepsFoldersThatHoldFiles() throws {
    let set = try SmallSet()
    defer { set.remove() }
    #expect(throws: FileError.folderNotEmpty(path: set.folder, mark: nil)) {
      try OutputFolder(set.folder, reusing: false)
    }
    #expect(throws: FileError.self) { try OutputFolder(set.csv, reusing: true) }
    _ = try OutputFolder(set.folder + "/new/deep", reusing: false)
    _ = try OutputFolder(set.folder + "/n/", reusing: false)
  }
}
