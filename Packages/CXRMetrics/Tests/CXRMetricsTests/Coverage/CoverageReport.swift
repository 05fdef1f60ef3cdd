import Foundation

/// The page of a simulation, in Markdown.
struct CoverageReport {
  let runs: [CoverageRun]
  let (draws, seed): (Int, Int)

  /// A figure or test of all runs: a row of a summary, and a column of the table of cells.
  private struct Judged {
    let name: String
    /// A run, where it has any.
    let tallies: [CoverageTally?]
    /// Whether a tally promises what it holds; `nil` of too few.
    let isWell: (CoverageTally) -> Bool?
    /// Whether it is wrong in the cautious way alone.
    let isCautious: (CoverageTally) -> Bool?
    /// What is shown of a tally.
    let rate: (CoverageTally) -> Double

    /// Those that can be judged.
    var judged: [CoverageTally] { tallies.compactMap { $0 }.filter { isWell($0) != nil } }
  }

  private var figures: [Judged] {
    CoverageRun.Figure.allCases.map { figure in
      Judged(
        name: figure.rawValue, tallies: runs.map { $0.figures[figure] }, isWell: \.holds,
        isCautious: \.holdsTooOften, rate: \.coverage)
    }
  }

  private var comparisons: [Judged] {
    CoverageRun.Comparison.allCases.map { comparison in
      Judged(
        name: comparison.rawValue, tallies: runs.map { $0.comparisons[comparison] },
        isWell: \.isLevel, isCautious: \.refusesTooLittle, rate: { 1 - $0.coverage })
    }
  }

  private func percent(_ share: Double) -> String {
    share.isFinite ? String(format: "%.1f", 100 * share) : "n/a"
  }

  private func table(_ header: [String], _ rows: [[String]]) -> String {
    ([header, header.map { _ in "---" }] + rows)
      .map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }

  /// A row each: how many cells are judged and well, those that are cautious and those that are wrong, and the lowest and
  /// highest rate; then what `more` says.
  private func summary(
    of all: [Judged], header: [String], _ more: (Judged) -> [String]
  ) -> String {
    table(
      header,
      all.map { one in
        let judged = one.judged
        let rates = judged.map(one.rate)
        let (well, cautious) = (
          judged.count { one.isWell($0) == true }, judged.count { one.isCautious($0) == true }
        )
        return [
          one.name, "\(judged.count)", "\(well)", "\(cautious)",
          "\(judged.count - well - cautious)",
          "\(percent(rates.min() ?? .nan)) %, \(percent(rates.max() ?? .nan)) %",
        ] + more(one)
      })
  }

  private var figureSummary: String {
    summary(
      of: figures,
      header: [
        "figure", "cells judged", "hold", "hold too often", "do not hold",
        "lowest, highest coverage", "largest share missed above, below", "sets without an interval",
      ]
    ) { figure in
      func largest(_ missed: (CoverageTally) -> Int) -> String {
        percent(figure.judged.map { Double(missed($0)) / Double($0.given) }.max() ?? .nan)
      }
      let tallies = figure.tallies.compactMap { $0 }
      let withheld = tallies.reduce(0) { $0 + $1.withheld }
      let all = tallies.reduce(withheld) { $0 + $1.given }
      return [
        "\(largest(\.above)) %, \(largest(\.below)) %",
        "\(percent(Double(withheld) / Double(max(1, all)))) %",
      ]
    }
  }

  private var testSummary: String {
    summary(
      of: comparisons,
      header: [
        "test", "cells judged", "3 to 6.5 %", "refuse less", "refuse more", "least, most refused",
        "of all",
      ]
    ) { test in
      let (refused, all) = test.judged.reduce((0, 0)) {
        ($0.0 + $1.above + $1.below, $0.1 + $1.given)
      }
      return ["\(percent(all > 0 ? Double(refused) / Double(all) : .nan)) %"]
    }
  }

  /// A row a run, a column each.
  private func cells(of all: [Judged]) -> String {
    table(
      ["cell", "films"] + all.map(\.name),
      runs.enumerated().map { place, run in
        [run.name, "\(Int(run.films.rounded()))"]
          + all.map { one in
            guard let tally = one.tallies[place], let isWell = one.isWell(tally) else {
              return "n/a"
            }
            let mark = isWell ? "" : one.isCautious(tally) == true ? " **+**" : " **!**"
            return percent(one.rate(tally)) + mark
          }
      })
  }

  /// Everything that was measured.
  var text: String {
    """
    # Do the intervals hold the truth?

    `make coverage`: simulated test sets of \(runs.count) kinds, \(CoverageTests.allSets) sets of each, three tenths of that
    where a set has more than 2,000 films. In each set three findings as common as the name says, which are judged one by one,
    and a rarer one that counts in means and among all findings' pairs; two models that are equally good; a third of the
    patients and the others as two groups, who are equally well served; and probabilities that are right. No set was used when
    the intervals were chosen.

    ## Intervals of 95 %

    \(figureSummary)

    ## Tests at 5 % of what is true

    \(testSummary)

    p and the interval contradict each other in \(runs.reduce(0) { $0 + $1.contradictions }) comparisons. A test's interval
    leaves out 0, the truth, as often as the test refuses it.

    ## Cell by cell

    Coverage in percent. **!** where a cell does not hold: Wilson's interval of the coverage leaves 93 to 99 % out, or a side
    is missed by more than 4 %; **+** where that is only because it holds more often. n/a: fewer than
    \(CoverageTally.least) intervals.

    \(cells(of: figures))

    How often a test of 5 % refuses that two equally good models, or a model on two equally well served groups, are equally
    good, in percent; **!** where it is more than 6.5 %, **+** where it is less than 3 %.

    \(cells(of: comparisons))

    \(draws) draws of patients a set, seed \(seed).

    """
  }
}
