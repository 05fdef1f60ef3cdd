import CXRFilms
import CXRFiles
import CXRTraining

/// What a program's output folder is for, so that no program writes into another's results.
public enum ResultFolder: CaseIterable {
  /// A training run.
  case train
  /// An evaluation.
  case evaluate
  /// An exploration.
  case explore
  /// A synthetic set.
  case synth

  private var purpose: OutputFolder.Purpose {
    func films(beside mark: String) -> OutputFolder.Purpose {
      var purpose = OutputFolder.Purpose(mark: mark)
      // Prepared films serve any run.
      purpose.isNothingToKeep = { $0.allSatisfy(FilmCache.isCacheFile) }
      return purpose
    }
    return switch self {
    case .train: .trainingRun
    case .evaluate: films(beside: "metrics.json")
    case .explore: films(beside: "explore.json")
    case .synth: films(beside: "BBox_List_2017.csv")
    }
  }

  /// Makes the folder, or takes it.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - reusing: take a folder that holds files; only files that are written again change.
  /// - Throws: `FileError`.
  public func callAsFunction(_ path: String, reusing: Bool) throws -> OutputFolder {
    var purpose = purpose
    purpose.foreignMarks = Self.allCases.map(\.purpose.mark).filter { $0 != purpose.mark }
    return try OutputFolder(path, for: purpose, reusing: reusing)
  }
}
