import CXRFilms
import CXRFiles
import CXRCommandLine
import CXRData
import CXRMetrics
import CXRReport
import CXRTraining
import Foundation

extension Explore {
  func writeReport(_ exploration: Exploration, folder: OutputFolder) throws {
    let groups = Dictionary(grouping: exploration.problems) { [$0.kind, $0.severity.rawValue] }
    var report = ExploreReport(
      source: URL(fileURLWithPath: csv).lastPathComponent,
      images: exploration.collection.file.records.count,
      patients: exploration.collection.file.patients.count,
      labels: exploration.collection.matrix.labels, positives: exploration.positives,
      labelsPerFilm: exploration.labelsPerFilm,
      parts: exploration.parts.map {
        var part = ExploreReport.Part(
          name: $0.subset.rawValue, images: $0.rows.count, patients: $0.patients,
          positives: $0.positives)
        part.unknowns = exploration.collection.matrix.unknowns(in: $0.rows)
        return part
      }, classWeights: exploration.classWeights.map { ($0.negative, $0.positive) },
      augmentedTrainingImages: exploration.augmentedTrainingCount,
      tables: people(exploration.parts) + [views(exploration)],
      problems: groups.sorted { ($0.key[1], $0.key[0]) < ($1.key[1], $1.key[0]) }.map {
        ($0.key[0], $0.key[1], $0.value.filmCount)
      },
      flagged: exploration.flaggedThumbnails().map { ($0.png, $0.caption, $0.detail) },
      films: exploration.sampleThumbnails().map { ($0.png, $0.caption, $0.detail) })
    let collection = exploration.collection
    report.unknowns = collection.matrix.unknowns(in: Array(collection.file.records.positions))
    report.areFilmsPatients = collection.file.patientSource == .eachFilm
    (report.flow, report.characteristics) = (exploration.flow, exploration.characteristics)
    (report.filmsAPatient, report.coOccurrence) = (
      exploration.filmsAPatient, exploration.coOccurrence
    )
    report.warnings = [collection.warningOfPatients].compactMap { $0?.asSentence }
    report.notes =
      (collection.leftOut
      + [
        collection.remarkOfOtherLabels, exploration.remarkOfEmptyLabels, exploration.remarkOfSizes,
        collection.remarkOfPictures,
      ].compactMap { $0 })
      .map(\.asSentence)
    if let problem = try report.write(
      to: folder.path)
    {
      Console.warn("\(problem)")
    }
  }

  /// Age, sex and view of each part's films.
  private func people(_ parts: [Exploration.Part]) -> [ExploreReport.Table] {
    func table(
      _ title: String, _ counts: (Demographics) -> [(name: String, films: Int)], caption: String
    ) -> ExploreReport.Table {
      let names = parts.flatMap { counts($0.demographics).map(\.name) }
      var seen: Set<String> = []
      let rows = names.filter { seen.insert($0).inserted }.map { name in
        [name]
          + parts.map { part in
            let films = counts(part.demographics).first { $0.name == name }?.films ?? 0
            return "\(films) (\(percent(films, of: part.rows.count)) %)"
          }
      }
      return ExploreReport.Table(
        title: title, header: ["films"] + parts.map(\.subset.rawValue), rows: rows,
        caption: caption)
    }
    let means = parts.map {
      "\($0.subset.rawValue) \(fixedPoint($0.demographics.meanAge, digits: 1))"
    }
    return [
      table("Age", \.ages, caption: "In years. Mean: \(means.joined(separator: ", "))."),
      table("Sex", \.sexes, caption: "As the label file gives it."),
      table("View", \.views, caption: "As the label file gives it."),
    ]
  }

  /// How common each finding is on the films of each view.
  private func views(_ exploration: Exploration) -> ExploreReport.Table {
    let labels = exploration.collection.matrix.labels
    return ExploreReport.Table(
      title: "Findings by view",
      header: ["percent of films"] + exploration.views.map { "\($0.name) (\($0.films))" },
      rows: labels.indices.map { k in
        [labels[k]]
          + exploration.views.map { percent($0.positives[k], of: $0.films - $0.unknowns[k]) }
      },
      caption:
        "AP films are mostly taken at the bedside, of people too ill to stand: a network may learn the view "
        + "instead of the finding.")
  }

  private func percent(_ count: Int, of total: Int) -> String {
    fixedPoint(total > 0 ? 100 * Double(count) / Double(total) : nil, digits: 1)
  }
}
