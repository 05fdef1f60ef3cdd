import CXRMetrics
import Testing

@testable import CXREvaluation

/// Scores of films with and without a finding, side by side, by hand.
@Suite struct ScoreHistogramTests {
  @Test func sharesAreOfEachKind() {
    // Twenty bins of 0.1 from -1; what lies beyond is in the outermost.
    let histogram = ScoreHistogram(
      [-1, -0.95, 0.05, 7, 1, -9], [true, false, true, true, true, false], range: -1...1)
    #expect(histogram.with.count == 20 && histogram.without.count == 20)
    #expect(histogram.with.enumerated().filter { $1 > 0 }.map(\.offset) == [0, 10, 19])
    #expect([0, 10, 19].map { histogram.with[$0] } == [0.25, 0.25, 0.5])
    #expect(histogram.without.enumerated().filter { $1 > 0 }.map(\.offset) == [0])
    #expect(histogram.without[0] == 1)
    // Of a kind of which there is no film nothing is drawn.
    let none = ScoreHistogram([0.5], [false], range: 0...1)
    #expect(none.with.isEmpty && ScoreHistogram.outline(none.with, range: 0...1).isEmpty)
  }

  @Test func theRangeLeavesOutOneInTwoHundredOnEachSide() {
    let scores = (0...400).map(Double.init)
    #expect(ScoreHistogram.range(of: scores.reversed()) == 2...398)
    #expect(ScoreHistogram.range(of: [3, 1, 2]) == 1...3)
    #expect(ScoreHistogram.range(of: []) == nil && ScoreHistogram.range(of: [2, 2]) == nil)
    // So far apart that their distance is no number, or so near that a bin has no width.
    #expect(ScoreHistogram.range(of: [-1e308, 1e308]) == nil)
    #expect(ScoreHistogram.range(of: [0, .leastNonzeroMagnitude]) == nil)
  }

  @Test func anOutlineBeginsAndEndsAtNought() {
    let outline = ScoreHistogram.outline([0.25, 0.75], range: 0...4)
    #expect(outline.map(\.x) == [0, 2, 4, 4] && outline.map(\.y) == [0, 0.25, 0.75, 0])
  }
}
