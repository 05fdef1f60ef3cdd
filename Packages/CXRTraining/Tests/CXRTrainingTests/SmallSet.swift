import CXRFilms
import CXRFiles
import CXRParallel
import CXRImage
import CXRNet
import CXRTensor
import Foundation

@testable import CXRTraining

/// A folder with a label file and small films that a network can tell apart.
struct SmallSet {
  let folder: String
  var csv: String { folder + "/labels.csv" }
  var images: String { folder + "/films" }

  /// Patients with two films each; Mass is a bright square, Edema a dark one.
  init(patients: Int = 30) throws {
    folder = FileManager.default.temporaryDirectory.path + "/" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: folder + "/films", withIntermediateDirectories: true)
    var rows = "Image Index,Finding Labels,Patient ID\n"
    for i in 0..<2 * patients {
      let findings = [i % 3 == 0 ? "Mass" : nil, i % 4 == 1 ? "Edema" : nil].compactMap { $0 }
      rows +=
        "f\(i).png,\(findings.isEmpty ? "No Finding" : findings.joined(separator: "|")),\(i / 2)\n"
      let pixels = (0..<1600).map { p -> UInt8 in
        let (x, y) = (p % 40, p / 40)
        if i % 3 == 0, (8..<16).contains(x), (8..<16).contains(y) { return 240 }
        if i % 4 == 1, (24..<32).contains(x), (20..<28).contains(y) { return 10 }
        return UInt8(100 + (p * 31 + i * 17) % 40)
      }
      try write(GreyFilm(height: 40, width: 40, pixels: pixels).pngData(), to: "films/f\(i).png")
    }
    try rows.write(toFile: csv, atomically: true, encoding: .utf8)
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
  }

  func remove() { try? FileManager.default.removeItem(atPath: folder) }

  var collection: FilmCollection.Options {
    FilmCollection.Options(labelFile: csv, images: images, labels: ["Edema", "Mass"])
  }

  var options: TrainingOptions {
    var options = TrainingOptions()
    options.preparation = FilmPreparation(imageSize: 106)
    options.batchSize = 16
    options.epochs = 2
    options.augmentedLabels = ["Mass"]
    return options
  }

  func data(_ options: TrainingOptions? = nil) throws -> TrainingData {
    try TrainingData(collection, options: options ?? self.options, cacheFolder: folder)
  }

  /// A run that has not begun.
  func trainer(_ name: String, _ options: TrainingOptions) throws -> Trainer {
    let folder = try OutputFolder("\(self.folder)/\(name)", for: .trainingRun, reusing: false)
    return try Trainer(data: data(options), options: options, folder: folder)
  }

  @discardableResult
  func train(
    _ name: String, _ options: TrainingOptions? = nil, resuming: Bool = false,
    until shouldStop: () -> Bool = { false }, _ prepare: (inout Trainer) -> Void = { _ in }
  ) throws -> Trainer.Outcome {
    let folder = try OutputFolder("\(self.folder)/\(name)", for: .trainingRun, reusing: resuming)
    let options = options ?? self.options
    let resumption = resuming ? try Resumption(folder) : nil
    try resumption?.check(options)
    var trainer = try Trainer(data: data(options), options: options, folder: folder)
    try resumption?.apply(to: &trainer)
    prepare(&trainer)
    return try trainer.run(until: shouldStop) { _ in }
  }
}

extension MemoryNeed {
  /// Of training the reference network with one label.
  init(films: Int, side: Int, threads: Int) throws {
    let model = try ChestCNN(imageSize: side, labels: 1, random: RandomStream(seed: 0))
    self.init(training: model, batchSize: films, threads: threads)
  }
}
