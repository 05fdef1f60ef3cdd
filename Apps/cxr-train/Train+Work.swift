import ArgumentParser
import CXRCluster
import CXRCommandLine
import CXRFiles
import CXRFilms
import CXRTraining
import Foundation

extension Train {
  func work() throws {
    let device = common.start()
    var options = try options()
    let cluster = JoinedRanks.current
    if let cluster { try options.validate(ranks: cluster.count) }
    // A reader of the log that goes away is no reason to lose a run.
    signal(SIGPIPE, SIG_IGN)
    // The first rank alone writes; the others may read there, and keep prepared films there where nothing else is said.
    let isWriter = (cluster?.rank ?? 0) == 0
    let folder =
      isWriter
      ? try ResultFolder.train(output, reusing: force || resume)
      : try OutputFolder(output, reusing: true)
    let resumption = resume ? try Resumption(folder) : nil
    let initialWeights = try transfer.read(resumption, into: &options.transfer)
    try resumption?.check(options, allowsOtherDevice: otherDevice)
    if let resumption, resumption.isFinished(options), folder.has("report.html") {
      defer { JoinedRanks.leave() }
      return Console.result(Self.finished(output))
    }
    if resume, resumption == nil {
      Console.note("no \(Trainer.lastFile) in \(output): the run starts from the beginning")
    }
    let choice = try collectionOptions.choice(labelFile: csv)
    let commandLine = try commandLine(choice)
    // A run killed before its first checkpoint is begun anew by --resume --output alone.
    let isFirst = Trainer.isUntouched(folder)
    if isFirst, isWriter {
      try folder.write(RunFile.beginning(options: commandLine), to: RunFile.name)
    }
    try MemoryNeed(options, ranks: cluster?.count ?? 1).check(isBeforePreparation: true)
    let decoding = Progress("films prepared")
    var collection = FilmCollection.Options(
      labelFile: csv, images: images, splitSeed: labelOptions.splitSeed,
      allowMissing: allowMissing)
    collection.collection = choice.description
    collection.patients = collectionOptions.source
    lists.apply(to: &collection)
    collection.labels = labelOptions.labels?.names
    names.apply(to: &collection)
    collection.exclude = exclusion.exclude
    collection.uncertain = labelOptions.uncertain
    let cacheFolder = try cache.map { try OutputFolder($0, reusing: true) } ?? folder
    let data = try TrainingData(
      collection, options: options, cacheFolder: cacheFolder.path,
      check: cacheOptions.cacheCheck, ranks: cluster, found: { $0.announce() },
      waiting: CacheOptions.announceWait, progress: { decoding.update($0, of: $1) })
    if isWriter { announce(data) }

    var trainer = try Trainer(
      data: data, options: options, folder: folder, initialWeights: initialWeights, ranks: cluster)
    Console.note(trainer.model.summary)
    if isWriter { announce(trainer) }
    trainer.checkpointInterval = checkpointEvery
    if let resumption {
      try resumption.apply(to: &trainer, allowsOtherDevice: otherDevice)
      Console.note(
        "goes on in epoch \(resumption.epoch + 1) after step \(resumption.step)",
        [
          "epoch": .stringConvertible(resumption.epoch + 1),
          "step": .stringConvertible(resumption.step),
        ])
    }
    if let cluster { try announce(cluster, trainer) }
    if resumption == nil, isWriter {
      try Trainer.setAsideEarlierRun(in: folder, except: isFirst ? RunFile.name : nil)
    }
    if !trainer.isFinished, isWriter {
      // Of fewer epochs: where it stands, the run is taken to be done.
      unlink(folder.file("report.html"))
      try folder.write(
        data.runRecord(commandLine: commandLine, device: device, adoption: trainer.adoption),
        to: RunFile.name)
    }
    let metrics = isWriter ? metricsFd.map { MetricsLines(descriptor: $0) } : nil
    let outcome = try Interruption.graceful {
      try trainer.run(until: { Interruption.isRequested }) { report($0, metrics) }
    }
    JoinedRanks.leave()
    if let place = outcome.stoppedAt { try stop(at: place) }
    guard isWriter else { return }
    try writeReport(
      outcome, data: data, device: device, folder: folder, summary: trainer.model.summary)
    conclude(outcome)
  }

  /// Says who trains together, once all have the same.
  private func announce(_ cluster: Cluster, _ trainer: Trainer) throws {
    try cluster.compare(trainer.facts)
    let hosts = Set(cluster.hosts).count
    Console.note(
      "\(cluster.count) ranks train together"
        + (hosts > 1 ? " on \(hosts) computers" : ""),
      ["ranks": .stringConvertible(cluster.count), "hosts": .stringConvertible(hosts)])
  }

  private func stop(at place: Trainer.Place) throws -> Never {
    Console.note(
      "stopped in epoch \(place.epoch) after step \(place.step) of \(place.steps); go on with "
        + "cxr-train --resume --output \(output)",
      ["epoch": .stringConvertible(place.epoch), "step": .stringConvertible(place.step)])
    throw ExitCode(Interruption.exitCode)
  }

  private static func finished(_ output: String) -> String {
    "the run in \(output) is finished; nothing was changed"
  }
}
