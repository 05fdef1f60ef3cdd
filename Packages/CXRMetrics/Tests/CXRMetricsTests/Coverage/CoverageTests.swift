import CXRParallel
import Foundation
import Testing

@testable import CXRMetrics

/// Do 95 % intervals hold the truth 95 times in a hundred, and do tests at 5 % refuse what is true 5 times, whether films are
/// few or many, come alone or by patient, and are ranked well or badly?
@Suite struct CoverageTests {
  /// `make coverage` asks for all cells and sets; a few tell whether an interval is wrong by half.
  static let report = ProcessInfo.processInfo.environment["CXR_COVERAGE_REPORT"]
  /// Another than the one by which the intervals were chosen.
  static let seed = Int(ProcessInfo.processInfo.environment["CXR_COVERAGE_SEED"] ?? "") ?? 2026
  static let draws = report == nil ? 100 : 400

  /// Of a cell; three tenths of them where a set has more than two thousand films.
  static let allSets = Int(ProcessInfo.processInfo.environment["CXR_COVERAGE_SETS"] ?? "") ?? 1000

  private func sets(_ cell: CoverageCell) -> Int {
    let films = Double(cell.patients) * cell.clustering.films.mean
    return films > 2000 ? Self.allSets * 3 / 10 : Self.allSets
  }

  private func run(_ cell: CoverageCell, place: Int, sets: Int) -> CoverageRun {
    CoverageRun(
      cell, name: cell.name, sets: sets, draws: Self.draws, seed: Self.seed * 100 + place
    ) { SimulatedSet(cell, rarities: CoverageRun.rarities, using: &$0) }
  }

  /// Every pair of values is in some cell, but where films are too few for the positives.
  @Test func cellsHoldEveryPair() {
    let cells = CoverageCell.all
    #expect(cells.count >= 50 && cells.count <= 80, "\(cells.count)")
    for n in CoverageCell.patients {
      for area in CoverageCell.areas {
        #expect(cells.count { $0.patients == n && $0.area == area } >= 2)
      }
      for clustering in CoverageCell.Clustering.allCases {
        #expect(cells.contains { $0.patients == n && $0.clustering == clustering })
      }
    }
    for m in CoverageCell.positives {
      for area in CoverageCell.areas {
        #expect(cells.count { $0.positives == m && $0.area == area } >= 2)
      }
    }
  }

  /// A few cells, of few sets: no interval is wrong by much.
  @Test(.enabled(if: report == nil)) func intervalsHoldTheTruth() {
    for (place, cell) in [
      CoverageCell(
        positives: 20, patients: 40, clustering: .none, area: 0.85, hasTies: false),
      CoverageCell(
        positives: 50, patients: 150, clustering: .moderate, area: 0.92, hasTies: true),
      CoverageCell(
        positives: 200, patients: 150, clustering: .strong, area: 0.75, hasTies: false),
    ].enumerated() {
      #if DEBUG
        let (sets, least) = (20, 0.75)
      #else
        let (sets, least) = (120, 0.88)
      #endif
      let run = run(cell, place: place, sets: sets)
      func judge(_ tally: CoverageTally?, _ name: String, canHalve: Bool = true) {
        let (coverage, halves) = (tally?.coverage ?? 0, tally?.coverageOfHalves ?? 1)
        #expect((tally?.given ?? 0) >= sets / 2, "\(cell.name): \(name)")
        #expect((least...1).contains(coverage), "\(cell.name): \(name) \(coverage)")
        // So many sets would tell that intervals were half as wide.
        #if !DEBUG
          #expect(halves < least || !canHalve, "\(cell.name): halves of \(name) \(halves)")
        #endif
      }
      for figure in CoverageRun.Figure.allCases {
        judge(run.figures[figure], figure.rawValue)
      }
      for comparison in CoverageRun.Comparison.allCases {
        // Of forty patients, a third are too few for a group.
        let isOfGroups = [.groups, .groupsMean].contains(comparison)
        if isOfGroups, cell.patients == 40 {
          #expect(run.comparisons[comparison] == nil)
        } else {
          judge(run.comparisons[comparison], comparison.rawValue, canHalve: comparison != .holm)
        }
      }
      #expect(run.contradictions == 0)
    }
  }

  /// Drawing films instead of patients promises what it does not hold.
  @Test func filmsAreNotIndependent() {
    let cell = CoverageCell(
      positives: 200, patients: 150, clustering: .strong, area: 0.85, hasTies: false)
    var tally = CoverageTally()
    for set in 0..<100 {
      var generator = Generator(set)
      let films = SimulatedSet(cell, rarities: [1], using: &generator)
      let area = AreaSpread(
        scores: films.scores[0][0], labels: films.labels[0],
        patients: PatientIndex(films.owners.indices))
      tally.add(area?.interval(), cell.truth.auc)
    }
    #expect(tally.coverage < 0.85, "\(tally.coverage)")
  }

  /// All cells; a page where `CXR_COVERAGE_REPORT` says.
  @Test(.enabled(if: report != nil)) func allCells() throws {
    let report = try #require(Self.report)
    var runs: [CoverageRun] = []
    for (place, cell) in CoverageCell.all.enumerated() {
      let start = Date()
      runs.append(run(cell, place: place, sets: sets(cell)))
      print(
        "\(place + 1) of \(CoverageCell.all.count): \(cell.name), "
          + "\(Int(Date().timeIntervalSince(start))) s")
      try CoverageReport(runs: runs, draws: Self.draws, seed: Self.seed).text.write(
        toFile: report, atomically: true, encoding: .utf8)
    }
    if let nih = try NIHFilms() {
      runs.append(nih.run(sets: Self.allSets * 3 / 10, draws: Self.draws, seed: Self.seed))
    } else {
      print("SKIPPED: NIH's films: CXR_REAL_DATA names no labels")
    }
    try CoverageReport(runs: runs, draws: Self.draws, seed: Self.seed).text.write(
      toFile: report, atomically: true, encoding: .utf8)
  }
}
