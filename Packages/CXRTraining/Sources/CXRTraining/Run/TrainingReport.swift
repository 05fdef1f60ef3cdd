import CXRReport
import CXRMetrics

/// The page and pictures of a training run.
public struct TrainingReport: Sendable {
  /// One metric an epoch; `nil` is undefined.
  public struct Curve: Sendable {
    /// The file name of its picture.
    public var name: String
    /// In words.
    public var title: String
    /// Running values of the training passes.
    public var training: [Double?]
    /// After each epoch; empty of what is none of validation.
    public var validation: [Double?]

    /// Gathers a curve.
    public init(name: String, title: String, training: [Double?], validation: [Double?] = []) {
      (self.name, self.title) = (name, title)
      (self.training, self.validation) = (training, validation)
    }
  }

  /// The run's name.
  public var name: String
  /// Facts of the run: what, value.
  public var facts: [(String, String)]
  /// Loss first.
  public var curves: [Curve]
  /// The epoch of the kept weights, from 1.
  public var bestEpoch: Int
  /// Whether patience ran out before the epochs did.
  public var stoppedEarly = false
  /// The network's layers as text.
  public var summary: String
  /// What a reader must know of the films before any figure.
  public var warnings: [String] = []
  /// What of the label file is not used.
  public var notes: [String] = []

  /// Gathers what the page shows.
  public init(
    name: String, facts: [(String, String)], curves: [Curve], bestEpoch: Int, summary: String
  ) {
    self.name = name
    self.facts = facts
    self.curves = curves
    self.bestEpoch = bestEpoch
    self.summary = summary
  }

  private func figure(_ curve: Curve) -> Figure {
    func points(_ values: [Double?]) -> [(x: Double, y: Double)] {
      values.enumerated().compactMap { i, value in value.map { (Double(i + 1), $0) } }
    }
    // One epoch has no line to draw; a margin on both sides makes the frame whole.
    let last = Double(max(2, curve.training.count))
    let margin = 0.03 * (last - 1)
    return .panels(
      curve.name, description: "By epoch", xLabel: "epoch", yLabel: "",
      panels: [
        Figure.Panel(
          title: curve.title,
          lines: [
            Figure.Series(title: "training", points: points(curve.training), colour: 0),
            Figure.Series(title: "validation", points: points(curve.validation), colour: 1),
          ], upright: bestEpoch > 0 ? Double(bestEpoch) : nil)
      ], legend: [("training", 0), ("validation", 1)], xRange: (1 - margin)...(last + margin),
      wholeX: true,
      heights: .own)
  }

  /// Draws the pictures and writes `report.html`.
  ///
  /// - Returns: why there are no pictures, if gnuplot is missing or failed.
  /// - Throws: `FileError`.
  public func write(to folder: String) throws -> ReportError? {
    let pictures = try FigureSet(curves.map(figure), folder: folder)
    try page(pictures).write(to: folder + "/report.html")
    return pictures.problem
  }

  /// What is to be said of a run that ended while its validation loss was still falling.
  private var notConverged: String? {
    guard let epochs = curves.first?.training.count, bestEpoch == epochs, !stoppedEarly else {
      return nil
    }
    return
      "Not converged: the lowest validation loss is that of the last epoch, so more epochs may lower it still. "
      + "To go on, resume the run with more epochs."
  }

  /// The page, with its pictures.
  func page(_ figures: FigureSet) -> ReportPage {
    var page = ReportPage(
      title: "Training run \(name)",
      lead: "\(curves.first?.training.count ?? 0) epochs; best.npz holds the weights of epoch "
        + "\(bestEpoch), the lowest validation loss.")
    if let problem = figures.problem { page.callout(problem.description) }
    if let notConverged { page.callout(notConverged) }
    for warning in warnings { page.callout(warning) }
    if !notes.isEmpty { page.paragraph(notes.joined(separator: " ")) }
    page.table(header: ["", ""], rows: facts.map { [$0.0, $0.1] })
    page.heading("Epoch by epoch")
    figures.add(
      curves.map(\.name), to: &page,
      caption: "Loss and metrics, rate and time."
        + (bestEpoch > 0 ? " Dashed, the epoch of best.npz." : ""))
    page.paragraph(
      "Training values are running means of the passes that trained, with dropout; validation "
        + "values come after each epoch. AUC here is Keras's approximation with 200 thresholds, its mean "
        + "over the findings of which there are films with and without; the evaluation gives exact values."
    )
    page.heading("The network")
    page.preformatted(summary)
    return page
  }
}
