import CXRMetrics
import Foundation

/// The findings and patients of a fifth of NIH's films, those of every fifth patient, to be scored by label.
struct NIHFilms: Sendable {
  /// The films of each patient.
  private let patients: [Range<Int>]
  /// A finding, a film.
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
    var patients: [Range<Int>] = []
    for film in kept.indices {
      if film > 0, kept[film].0 == kept[film - 1].0, let last = patients.popLast() {
        patients.append(last.lowerBound..<film + 1)
      } else {
        patients.append(film..<film + 1)
      }
    }
    self.patients = patients
    labels = ["Effusion", "Pneumothorax", "Fibrosis", "Hernia"].map { name in
      kept.map { $0.1.contains(Substring(name)) }
    }
  }

  /// Sets of as many patients, drawn from these with their findings, and with scores of their own: strongly clustered, with an
  /// area of 0.85.
  func run(sets: Int, draws: Int, seed: Int) -> CoverageRun {
    let cell = CoverageCell(
      positives: 0, patients: patients.count, clustering: .strong, area: 0.85, hasTies: false)
    let prevalences = labels.map { Double($0.count { $0 }) / Double($0.count) }
    return CoverageRun(
      cell, name: "a fifth of NIH's patients, AUC 0.85", sets: sets, draws: draws, seed: seed
    ) { generator in
      var (owners, films) = ([Int](), [Int]())
      for owner in patients.indices {
        let drawn = patients[Int.random(in: patients.indices, using: &generator)]
        owners += drawn.map { _ in owner }
        films += drawn
      }
      return SimulatedSet(
        owners: owners, labels: labels.map { labels in films.map { labels[$0] } },
        prevalences: prevalences, cell, using: &generator)
    }
  }
}
