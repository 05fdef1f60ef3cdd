import CXRFiles
import CXRReport

extension EvaluationFigures {
  /// The models' names as parts of file names, unique.
  var fileNames: [String] {
    var names = UniqueNames()
    // The pictures of all models by finding have names of their own.
    _ = names.name("by-finding")
    return models.map { names.name(safeFileName($0.name)) }
  }
}
