import CXRMetrics
import CXRReport
import Foundation

/// How a model's scores of films with a finding lie beside those of films without it.
struct ScoreHistogram: Sendable {
  /// How many bins span the range.
  static let bins = 20
  /// Of the films with the finding, the share in each bin; empty without such films.
  let with: [Double]
  /// Of the films without it likewise.
  let without: [Double]

  /// - Parameters:
  ///   - scores: `[n]`, finite.
  ///   - truths: `[n]`.
  ///   - range: what the bins span; scores beyond it are counted in the outermost.
  init(_ scores: [Double], _ truths: [Bool], range: ClosedRange<Double>) {
    var counts = [[Int]](repeating: [Int](repeating: 0, count: Self.bins), count: 2)
    let width = (range.upperBound - range.lowerBound) / Double(Self.bins)
    for (score, truth) in zip(scores, truths) {
      let place = (min(max(score, range.lowerBound), range.upperBound) - range.lowerBound) / width
      counts[truth ? 1 : 0][min(Int(place), Self.bins - 1)] += 1
    }
    func shares(_ counts: [Int]) -> [Double] {
      let total = counts.reduce(0, +)
      return total == 0 ? [] : counts.map { Double($0) / Double(total) }
    }
    (without, with) = (shares(counts[0]), shares(counts[1]))
  }

  /// The range in which all but one in two hundred scores on each side lie; `nil` of none, or of equal ones.
  static func range(of scores: [Double]) -> ClosedRange<Double>? {
    let sorted = scores.sorted()
    guard let last = sorted.indices.last else { return nil }
    let beyond = last / 200
    let (low, high) = (sorted[beyond], sorted[last - beyond])
    // Of scores so near or so far that a bin has no width there is no picture.
    guard ((high - low) / Double(bins)).isNormal else { return nil }
    return low...high
  }

  /// The outline of bars of these heights.
  static func outline(
    _ heights: [Double], range: ClosedRange<Double>
  ) -> [(x: Double, y: Double)] {
    guard !heights.isEmpty else { return [] }
    let width = (range.upperBound - range.lowerBound) / Double(heights.count)
    var points = [(x: range.lowerBound, y: 0.0)]
    for (bin, height) in heights.enumerated() {
      points.append((range.lowerBound + width * Double(bin + 1), height))
    }
    points.append((range.upperBound, 0))
    return points
  }
}

extension EvaluationFigures {
  /// Adds the pictures of a model's scores.
  func addScores(of model: Int, _ pictures: FigureSet, to page: inout ReportPage) {
    let isLogit = models[model].model.kind == .logit
    pictures.add(
      "scores-\(fileNames[model])", to: &page,
      caption:
        "\(models[model].name): the scores of films with and without the finding, as shares of each; \(isLogit ? "log-odds" : "as given"). "
        + "Dashed, the threshold. The outermost bars hold what lies beyond them.")
  }

  /// The pictures of scores, a panel a finding.
  var scorePictures: [Figure] {
    zip(models, fileNames).compactMap { model, file in
      let answers = model.model.answers(films)
      let known = labels.indices.map { answers.known(label: $0) }
      guard let range = ScoreHistogram.range(of: known.flatMap(\.scores)) else { return nil }
      let colours = [(title: "with the finding", colour: 1), (title: "without", colour: 0)]
      return .panels(
        "scores-\(file)", description: "Scores of \(model.name)",
        xLabel: answers.kind == .logit ? "log-odds" : "score", yLabel: "share of films",
        panels: labels.indices.map { k in
          let histogram = ScoreHistogram(known[k].scores, known[k].truths, range: range)
          let threshold = model.labels[k].points.chosen.threshold(of: answers.kind)
          return Figure.Panel(
            title: "\(labels[k]), n \(model.labels[k].positives)",
            lines: zip([histogram.without, histogram.with], colours.reversed()).map {
              Figure.Series(
                title: $1.title, points: ScoreHistogram.outline($0, range: range), colour: $1.colour
              )
            }, upright: range.contains(threshold) ? threshold : nil)
        }, legend: colours, xRange: range, heights: .ownFromNought, course: .heightOfSecond)
    }
  }
}

extension OperatingPoint {
  /// Above which a score of this kind is called.
  fileprivate func threshold(of kind: ScoreKind) -> Double {
    kind == .probability ? threshold : logitThreshold ?? log(threshold / (1 - threshold))
  }
}
