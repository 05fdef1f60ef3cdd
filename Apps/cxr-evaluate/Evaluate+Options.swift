import CXRCommandLine
import CXRFiles
import CXRFilms
import CXRTraining

extension Evaluate {
  /// What is evaluated, as it was asked for.
  var options: Evaluation.Options {
    get throws {
      var collection = FilmCollection.Options(
        labelFile: csv, images: images, allowMissing: allowMissing)
      let choice = try collectionOptions.named(labelFile: csv)
      collection.collection = choice?.description
      collection.patients = collectionOptions.source
      collection.partners = try remap.map(labelMap)
      lists.apply(to: &collection)
      names.apply(to: &collection)
      collection.exclude = exclusion.exclude
      var options = Evaluation.Options(
        checkpoints: checkpoint, collection: collection, subset: (subset ?? .test).subset,
        skipsUnreadable: skipUnreadable)
      options.recognisesCollection = choice == nil
      options.predictions = predictions
      options.scoreKind = scores
      options.unit = unit
      options.validationPredictions = validationPredictions
      options.labels = labels?.names
      options.operatingRule = operatingPoint
      options.cacheFolder = try cache.map { try OutputFolder($0, reusing: true) }?.path
      options.uncertain = uncertain
      options.dicomModalities = modalities.modalities
      options.cacheCheck = cacheOptions.cacheCheck
      return options
    }
  }

  /// What is told meanwhile; ranks compare what each must have as soon as films are found.
  func events(_ options: Evaluation.Options) -> Evaluation.Events {
    let progress = Progress("films evaluated")
    let paths = checkpoint
    var events = Evaluation.Events()
    events.found = { collection, networks in
      collection.announce()
      if let cluster = JoinedRanks.current { try cluster.compare(options.facts(collection)) }
      for (path, network) in zip(paths, networks) {
        Console.note(
          "\(path): \(network.loss), epoch \(network.epoch), mean "
            + "\(fixedPoint(network.image.mean, digits: 2)), standard deviation "
            + fixedPoint(network.image.standardDeviation, digits: 2))
        if network.isOfOtherDICOM {
          Console.warn("\(path): \(CheckpointMetadata.otherDICOM)")
        }
        if let trained = network.collection, trained != collection.file.collection {
          Console.note(
            "\(path) was trained on films read as the collection \(trained.name), these are read as "
              + "\(collection.file.collection?.name ?? "generic")")
        }
      }
    }
    events.waiting = CacheOptions.announceWait
    events.progress = { progress.update($0, of: $1) }
    events.fitting = { films in
      Console.note("thresholds are chosen anew on \(films) validation films")
    }
    return events
  }
}
