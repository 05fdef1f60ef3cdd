import CXRFiles

/// Precision, recall and F1 a label with four averages, printed as scikit-learn's
/// `classification_report` prints them.
public struct ClassificationReport: Sendable {
  /// A row of the report.
  public struct Row: Sendable, Equatable {
    /// The label's or the average's name.
    public let name: String
    /// 0…1, 0 where undefined.
    public let precision: Double
    /// 0…1, 0 where undefined.
    public let recall: Double
    /// 0…1, 0 where undefined.
    public let f1: Double
    /// Films with the finding.
    public let support: Int
  }

  /// A row a label.
  public let labels: [Row]
  /// `micro avg`, `macro avg`, `weighted avg` and `samples avg`.
  public let averages: [Row]

  /// Reports predictions against labels.
  ///
  /// - Parameters:
  ///   - names: `[K]`, a name a label.
  ///   - predictions: `[N, K]`, whether each label is called positive.
  ///   - labels: `[N, K]`, whether it is.
  ///   - known: `[N, K]`, whether that is known; cells that are not are left out. `nil`: all are.
  public init(names: [String], predictions: [Bool], labels: [Bool], known: [Bool]? = nil) {
    let classes = names.count
    precondition(
      classes > 0 && predictions.count == labels.count && labels.count % classes == 0
        && (known?.count ?? labels.count) == labels.count,
      "\(predictions.count) predictions and \(labels.count) labels for \(classes) names")
    func counts(_ cells: some Sequence<Int>) -> ConfusionCounts {
      var counts = ConfusionCounts()
      for i in cells where known?[i] != false {
        switch (predictions[i], labels[i]) {
        case (true, true): counts.truePositives += 1
        case (true, false): counts.falsePositives += 1
        case (false, false): counts.trueNegatives += 1
        case (false, true): counts.falseNegatives += 1
        }
      }
      return counts
    }
    func row(_ name: String, _ counts: ConfusionCounts) -> Row {
      Row(
        name: name, precision: counts.precision ?? 0, recall: counts.recall ?? 0,
        f1: counts.f1 ?? 0, support: counts.support)
    }
    let perLabel = (0..<classes).map { k in
      row(names[k], counts(stride(from: k, to: labels.count, by: classes)))
    }
    let support = perLabel.reduce(0) { $0 + $1.support }

    func average(_ name: String, _ rows: [Row], weights: [Double]) -> Row {
      let total = weights.reduce(0, +)
      func mean(_ value: (Row) -> Double) -> Double {
        // NumPy's average: the sum of products over the sum of weights.
        total > 0 ? pairwiseSum(zip(rows, weights).map { value($0) * $1 }) / total : 0
      }
      return Row(
        name: name, precision: mean(\.precision), recall: mean(\.recall), f1: mean(\.f1),
        support: support)
    }
    let films = labels.count / classes
    let perFilm = (0..<films).map { n in row("", counts(n * classes..<(n + 1) * classes)) }
    let micro = row("micro avg", counts(labels.indices))
    self.labels = perLabel
    averages = [
      micro,
      average("macro avg", perLabel, weights: [Double](repeating: 1, count: classes)),
      average("weighted avg", perLabel, weights: perLabel.map { Double($0.support) }),
      average("samples avg", perFilm, weights: [Double](repeating: 1, count: films)),
    ]
  }

  /// The report as scikit-learn's text, two digits, with a final line feed.
  public var text: String {
    let rows = labels + averages
    let width = max(rows.map { $0.name.unicodeScalars.count }.max() ?? 0, "weighted avg".count, 2)
    func line(_ name: String, _ cells: [String]) -> String {
      leftPadded(name, to: width) + " " + cells.map { " " + leftPadded($0, to: 9) }.joined() + "\n"
    }
    func cells(_ row: Row) -> [String] {
      [row.precision, row.recall, row.f1].map { fixedPoint($0, digits: 2) } + ["\(row.support)"]
    }
    var text = line("", ["precision", "recall", "f1-score", "support"]) + "\n"
    for row in labels { text += line(row.name, cells(row)) }
    text += "\n"
    for row in averages { text += line(row.name, cells(row)) }
    return text
  }
}

private func leftPadded(_ text: String, to width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.unicodeScalars.count)) + text
}

/// NumPy's order of summation: halves of more than 128 terms, eight running sums below.
func pairwiseSum(_ x: some RandomAccessCollection<Double>) -> Double {
  let count = x.count
  func at(_ i: Int) -> Double { x[x.index(x.startIndex, offsetBy: i)] }
  if count < 8 { return x.reduce(-0.0, +) }
  if count <= 128 {
    var r = (0..<8).map { at($0) }
    var i = 8
    while i < count - count % 8 {
      for k in 0..<8 { r[k] += at(i + k) }
      i += 8
    }
    var sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
    while i < count {
      sum += at(i)
      i += 1
    }
    return sum
  }
  let half = count / 2 - (count / 2) % 8
  return pairwiseSum(x.prefix(half)) + pairwiseSum(x.dropFirst(half))
}
