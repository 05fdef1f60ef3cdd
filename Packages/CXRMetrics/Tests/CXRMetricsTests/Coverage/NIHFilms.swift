import CXRMetrics
import Foundation

/// The findings and patients of a fifth of NIH's films, those of every fifth patient, to be scored by label.
struct NIHFilms: Sendable {
  private let owners: [Int]
  private let labels: [[Bool]]

  /// `nil` where there is no label file.
  init?() throws {
    guard let folder = ProcessInfo.processInfo.environment["CXR_REAL_DATA"],
      let name = try? FileManager.default.contentsOfDirectory(atPath: folder + "/nih-labels")
        .first(where: { $0.hasSuffix(".csv.gz") })
    else { return nil }
    let unpacking = Process()
    unpacking.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    unpacking.arguments = ["gzip", "-dc", folder + "/nih-labels/" + name]
    let output = Pipe()
    unpacking.standardOutput = output
    try unpacking.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    unpacking.waitUntilExit()
    let rows = text.split(whereSeparator: \.isNewline).map { $0.split(separator: ",") }
    guard let header = rows.first,
      let patient = header.firstIndex(where: { $0.contains("Patient ID") }),
      let finding = header.firstIndex(where: { $0.contains("Finding Labels") })
    else { return nil }
    let kept = rows.dropFirst().compactMap { row -> (Int, Set<Substring>)? in
      guard row.count > max(patient, finding), let number = Int(row[patient]), number % 5 == 0
      else { return nil }
      return (number, Set(row[finding].split(separator: "|")))
    }.sorted { $0.0 < $1.0 }
    owners = kept.map(\.0)
    labels = ["Effusion", "Pneumothorax", "Fibrosis", "Hernia"].map { name in
      kept.map { $0.1.contains(Substring(name)) }
    }
  }

  /// Sets whose findings are these and whose scores are drawn: strongly clustered, with an area of 0.85.
  func run(sets: Int, draws: Int, seed: Int) -> CoverageRun {
    // Each finding has a prevalence of its own, so that the predictive values of this page are those of these films.
    let cell = CoverageCell(
      positives: 0, patients: Set(owners).count, clustering: .strong, area: 0.85, hasTies: false)
    return CoverageRun(
      cell, name: "\(owners.count) of NIH's films, AUC 0.85", sets: sets, draws: draws, seed: seed
    ) { SimulatedSet(owners: owners, labels: labels, cell, using: &$0) }
  }
}
