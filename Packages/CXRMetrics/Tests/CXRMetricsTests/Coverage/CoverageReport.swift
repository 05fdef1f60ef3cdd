import Foundation

/// The page of a simulation, in Markdown.
struct CoverageReport {
  let runs: [CoverageRun]
  let (draws, seed): (Int, Int)

  /// Cells of a table where a figure holds what it promises, and those where it does not.
  func failures(_ figure: CoverageRun.Figure) -> [(CoverageRun, CoverageTally)] {
    runs.compactMap { run in run.figures[figure].map { (run, $0) } }.filter { $1.holds == false }
  }

  private func percent(_ share: Double) -> String { String(format: "%.1f", 100 * share) }

  private var summary: String {
    var lines = [
      "| figure | cells judged | hold | lowest, highest coverage | largest share missed above, below | sets without an interval |",
      "|---|---|---|---|---|---|",
    ]
    for figure in CoverageRun.Figure.allCases {
      let tallies = runs.compactMap { $0.figures[figure] }
      let judged = tallies.filter { $0.holds != nil }
      let coverages = judged.map(\.coverage)
      let (above, below) = (
        judged.map { Double($0.above) / Double($0.given) }.max() ?? 0,
        judged.map { Double($0.below) / Double($0.given) }.max() ?? 0
      )
      let (withheld, all) = tallies.reduce((0, 0)) {
        ($0.0 + $1.withheld, $0.1 + $1.withheld + $1.given)
      }
      lines.append(
        "| \(figure.rawValue) | \(judged.count) | \(judged.count { $0.holds == true }) | "
          + "\(percent(coverages.min() ?? .nan)) %, \(percent(coverages.max() ?? .nan)) % | "
          + "\(percent(above)) %, \(percent(below)) % | "
          + "\(percent(Double(withheld) / Double(max(1, all)))) % |")
    }
    return lines.joined(separator: "\n")
  }

  private var tests: String {
    var lines = [
      "| test | cells judged | 3 to 6.5 % | least, most refused | of all |",
      "|---|---|---|---|---|",
    ]
    for comparison in CoverageRun.Comparison.allCases {
      let judged = runs.compactMap { $0.comparisons[comparison] }.filter { $0.isLevel != nil }
      let rates = judged.map { 1 - $0.coverage }
      let (refused, all) = judged.reduce((0, 0)) {
        ($0.0 + $1.above + $1.below, $0.1 + $1.given)
      }
      lines.append(
        "| \(comparison.rawValue) | \(judged.count) | \(judged.count { $0.isLevel == true }) | "
          + "\(percent(rates.min() ?? .nan)) %, \(percent(rates.max() ?? .nan)) % | "
          + "\(percent(Double(refused) / Double(max(1, all)))) % |")
    }
    return lines.joined(separator: "\n")
  }

  private func text(_ tally: CoverageTally?, _ isWell: (CoverageTally) -> Bool?) -> String {
    guard let tally, tally.given >= CoverageTally.least else { return "n/a" }
    return percent(tally.coverage) + (isWell(tally) == false ? " **!**" : "")
  }

  private var cells: String {
    let figures = CoverageRun.Figure.allCases
    var lines = [
      "| cell | films | " + figures.map(\.rawValue).joined(separator: " | ") + " |",
      "|---|---|" + figures.map { _ in "---|" }.joined(),
    ]
    for run in runs {
      lines.append(
        "| \(run.name) | \(Int(run.films.rounded())) | "
          + figures.map { text(run.figures[$0]) { $0.holds } }.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n")
  }

  private var testCells: String {
    let comparisons = CoverageRun.Comparison.allCases
    var lines = [
      "| cell | " + comparisons.map(\.rawValue).joined(separator: " | ") + " |",
      "|---|" + comparisons.map { _ in "---|" }.joined(),
    ]
    for run in runs {
      lines.append(
        "| \(run.name) | "
          + comparisons.map { comparison -> String in
            guard let tally = run.comparisons[comparison], let isLevel = tally.isLevel else {
              return "n/a"
            }
            return percent(1 - tally.coverage) + (isLevel ? "" : " **!**")
          }.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n")
  }

  /// Everything that was measured.
  var text: String {
    """
    # Do the intervals hold the truth?

    `make coverage`: simulated test sets of \(runs.count) kinds, \(CoverageTests.allSets) sets of each, three tenths of that
    where a set has more than 2,000 films. In each set three findings as common as the name says, which are judged one by one,
    and a rarer one that counts in means; two models that are equally good. No set was used when the intervals were chosen.

    ## Intervals of 95 %

    \(summary)

    ## Tests at 5 % of what is true

    \(tests)

    p and the interval contradict each other in \(runs.reduce(0) { $0 + $1.contradictions }) comparisons.

    ## Cell by cell

    Coverage in percent; **!** where a cell does not hold: Wilson's interval of the coverage leaves 93 to 99 % out, or a side
    is missed by more than 4 %. n/a: fewer than \(CoverageTally.least) intervals.

    \(cells)

    How often a test of 5 % refuses that two equally good models are equally good, in percent; **!** where 3 to 6.5 % are left
    out.

    \(testCells)

    \(draws) draws of patients a set, seed \(seed).

    """
  }
}
