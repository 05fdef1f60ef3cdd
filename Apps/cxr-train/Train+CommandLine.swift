import CXRCommandLine
import CXRFiles
import CXRFilms

extension Train {
  /// Every option that a run is repeated with, for `run.json`; the paths hold from any folder.
  func commandLine(
    _ choice: CollectionOptions.Choice
  ) throws -> [(String, JSONValue)] {
    try [
      ("csv", .string(absolutePath(csv))), ("images", .string(absolutePath(images))),
      ("loss", .string(loss.name)), ("model", .string(model)),
      ("architecture", .strings(architecture)), ("epochs", .integer(epochs)),
      ("batch-size", .integer(batchSize)), ("shares", .integer(shares)),
      ("accumulate", .integer(accumulate)),
      ("standardisation", .string(standardisation.description)),
      ("recalibrate-norm", .string(recalibrateNorm.rawValue)),
      ("learning-rate", .number(learningRate)),
      ("decay", .number(decay)),
      ("patience", .integer(patience)), ("clip-norm", .number(orNull: clipNorm)),
      ("checkpoint-every", .string(checkpointEvery.description)),
      ("augment", .string(augment.rawValue)),
      ("augment-labels", .strings(options().augmentedLabels)),
      ("operating-point", .string(operatingPoint.description)), ("seed", .unsigned(seed)),
      (
        "labels",
        .strings(
          labelOptions.labels?.names ?? FilmCollection.labels(of: choice.description))
      ),
      ("uncertain", .string(labelOptions.uncertain.rawValue)),
      ("skip-empty-labels", .bool(skipEmptyLabels)),
      ("split-seed", .integer(Int(labelOptions.splitSeed))),
      ("cache", .string(orNull: cache.map(absolutePath))),
      ("cache-check", .string(cacheOptions.cacheCheck.rawValue)),
      ("exclude", .string(orNull: exclusion.exclude.map(absolutePath))),
      ("allow-missing", .bool(allowMissing)),
      ("skip-unreadable", .bool(skipUnreadable)),
    ] + collectionOptions.commandLine(choice) + lists.commandLine + names.commandLine
      + preparation.commandLine + transfer.commandLine
  }

  /// The names of these options.
  static func optionNames() throws -> Set<String> {
    let any = CollectionOptions.Choice(name: "", description: nil)
    return Set(
      try parse(["--csv=.", "--images=.", "--output=."]).commandLine(any).map(\.0))
  }
}
