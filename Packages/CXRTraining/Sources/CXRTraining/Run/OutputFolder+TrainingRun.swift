import CXRFilms
import CXRFiles

extension OutputFolder.Purpose {
  /// A training run. Of one that failed before its first epoch, as for a missing film, there is nothing to keep but films.
  public static let trainingRun: OutputFolder.Purpose = {
    var purpose = OutputFolder.Purpose(mark: RunFile.name)
    purpose.isNothingToKeep = { names in
      let hasBegun = names.contains { Trainer.results.contains($0) }
      return names.allSatisfy { FilmCache.isCacheFile($0) || $0 == RunFile.name && !hasBegun }
    }
    return purpose
  }()
}
