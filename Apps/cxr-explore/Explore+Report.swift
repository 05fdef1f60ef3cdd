import CXRCommandLine
import CXRData
import CXRReport
import CXRTraining
import Foundation

extension Explore {
  func writeReport(_ exploration: Exploration, folder: OutputFolder) throws {
    let kinds = Set(exploration.problems.map(\.kind)).sorted()
    let report = ExploreReport(
      source: URL(fileURLWithPath: csv).lastPathComponent,
      images: exploration.collection.file.records.count,
      patients: exploration.collection.file.patients.count,
      labels: exploration.collection.matrix.labels, positives: exploration.positives,
      labelsPerFilm: exploration.labelsPerFilm,
      parts: exploration.parts.map {
        ExploreReport.Part(
          name: $0.subset.rawValue, images: $0.rows.count, patients: $0.patients,
          positives: $0.positives)
      }, classWeights: exploration.classWeights.map { ($0.negative, $0.positive) },
      augmentedTrainingImages: exploration.augmentedTrainingCount,
      problems: kinds.map { kind in
        (kind, exploration.problems.filter { $0.kind == kind }.count)
      }, films: exploration.sampleThumbnails().map { ($0.png, $0.caption, $0.name) })
    if let problem = try report.write(to: folder.path) { Console.warn("\(problem)") }
  }
}
