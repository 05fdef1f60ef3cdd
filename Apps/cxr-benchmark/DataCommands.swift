import CXRFilms
import CXRFiles
import ArgumentParser
import CXRCommandLine
import CXRData
import CXRTraining
import Foundation

/// Films from files to a film cache.
struct PrepareCommand: Program {
  static let configuration = CommandConfiguration(
    commandName: "prepare",
    abstract: "Decodes, resizes and caches the films of a folder.",
    discussion: """
      Prints one JSON line: images_per_second, seconds_per_step (one a round) and peak_rss_bytes. \
      Each round fills a new cache.

      Example:
        cxr-benchmark prepare --images films --rounds 5 --threads 2
      """)
  @Option(help: "The folder of films, searched at any depth and in archives, or an archive.")
  var images: String
  @Option(help: "How often all films are prepared.")
  var rounds = 3
  @OptionGroup var preparation: PreparationOptions
  @OptionGroup var common: CommonOptions

  func work() throws {
    _ = common.start()
    var count = 0
    let folder = FileManager.default.temporaryDirectory.path + "/" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var seconds: [Double] = []
    for round in 0...rounds {
      let path = try OutputFolder("\(folder)/\(round)", reusing: true).path
      let start = ContinuousClock.now
      let cache = try FilmCache(
        allFilmsIn: images, preparation: preparation.preparation, folder: path)
      count = cache.count
      let spent = start.duration(to: .now).seconds
      guard cache.unreadable.isEmpty else {
        throw FilmError.unreadableFilms(cache.unreadable)
      }
      // The first round reads the files into the system's cache.
      if round > 0 { seconds.append(spent) }
    }
    print(Measurement(images: count, seconds: seconds).json)
  }
}

/// Batches of an epoch from a warm cache.
struct BatchesCommand: Program {
  static let configuration = CommandConfiguration(
    commandName: "batches",
    abstract: "Makes an epoch's batches from a warm film cache, without training on them.",
    discussion: """
      Prints one JSON line: images_per_second, seconds_per_step (one a batch), augmented_share and \
      peak_rss_bytes.

      Example:
        cxr-benchmark batches --csv labels.csv --images films --threads 2
      """)
  @Option(help: "The label file.")
  var csv: String
  @Option(help: "The folder of films.")
  var images: String
  @Option(help: "Films a batch.")
  var batch = 32
  @OptionGroup var common: CommonOptions

  func work() throws {
    _ = common.start()
    var options = TrainingOptions()
    options.batchSize = batch
    options.skipsEmptyLabels = true
    let folder = FileManager.default.temporaryDirectory.path + "/" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let data = try TrainingData(
      FilmCollection.Options(labelFile: csv, images: images), options: options,
      cacheFolder: OutputFolder(folder, reusing: true).path)
    var seconds: [Double] = []
    for epoch in 0..<4 {
      let batches = data.trainingBatches(epoch: epoch, batchSize: batch, seed: 0)
      for place in 0..<batches.count {
        let start = ContinuousClock.now
        let next = try batches[place]
        if epoch > 0, next.names.count == batch {
          seconds.append(start.duration(to: .now).seconds)
        }
      }
    }
    let line = Measurement(images: batch, seconds: seconds).json
    let share = Double(data.samples.copyCount) / Double(data.samples.count)
    print(line.dropLast() + ", \"augmented_share\": \(share)}")
  }
}

/// A label file to split and weights.
struct LabelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "labels",
    abstract: "Reads a label file, splits its patients and weighs the classes.",
    discussion: """
      Prints one JSON line: images_per_second, seconds_per_step (one a round) and peak_rss_bytes.

      Example:
        cxr-benchmark labels --csv Data_Entry_2017.csv --rounds 5
      """)
  @Option(help: "The label file.")
  var csv: String
  @OptionGroup var collectionOptions: CollectionOptions
  @Option(help: "How often.")
  var rounds = 5

  func run() throws {
    var seconds: [Double] = []
    var rows = 0
    Heap.keepLargeBlocks()
    var options = FilmCollection.Options(labelFile: csv)
    options.collection = try collectionOptions.choice(labelFile: csv).description
    options.patients = collectionOptions.source
    for _ in 0..<rounds {
      let start = ContinuousClock.now
      let collection = try FilmCollection(options)
      _ = ClassWeight.weights(of: collection.matrix, rows: collection.rows(of: .train))
      seconds.append(start.duration(to: .now).seconds)
      rows = collection.file.records.count
    }
    print(Measurement(images: rows, seconds: seconds).json)
  }
}
