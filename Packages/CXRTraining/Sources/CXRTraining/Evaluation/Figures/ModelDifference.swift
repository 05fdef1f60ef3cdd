import CXRMetrics

/// One model's areas less another's, on the same films, patient by patient.
public struct ModelDifference: Sendable {
  /// The model from whose areas the other's are taken.
  public let name: String
  /// The other.
  public let other: String
  /// A row a label.
  public let labels: [Row]
  /// Of the mean areas.
  public let mean: Row

  /// One comparison.
  public struct Row: Sendable {
    /// The label; empty for the mean.
    public let label: String
    /// Of the areas under the ROC curves.
    public let auc: Estimate
    /// That there is no difference: two-sided, from the same draws as the interval.
    public let pValue: Double?
    /// ``pValue`` after Holm's correction over the labels.
    public internal(set) var corrected: Double?
    /// The p-value by DeLong's covariance with patients as clusters, for comparison.
    public let deLong: Double?
  }

  /// - Parameters:
  ///   - areas: of the first, a label.
  ///   - others: of the second.
  ///   - deLong: a label, both on the same films.
  init(
    _ name: String, _ other: String, labels names: [String],
    areas: (values: [Double?], samples: [BootstrapSample]),
    others: (values: [Double?], samples: [BootstrapSample]), deLong: [Double?]
  ) {
    func row(
      _ label: String, _ a: Double?, _ b: Double?, _ sample: BootstrapSample, _ deLong: Double?
    ) -> Row {
      guard let a, let b else {
        return Row(label: label, auc: Estimate(nil), pValue: nil, corrected: nil, deLong: nil)
      }
      return Row(
        label: label, auc: Estimate(a - b, sample.interval()), pValue: sample.pValue(that: 0),
        corrected: nil,
        deLong: deLong)
    }
    var rows = names.indices.map { k in
      row(
        names[k], areas.values[k], others.values[k], areas.samples[k] - others.samples[k], deLong[k]
      )
    }
    for (k, corrected) in holmCorrected(rows.map(\.pValue)).enumerated() {
      rows[k].corrected = corrected
    }
    (self.name, self.other, self.labels) = (name, other, rows)
    // Labels of which one area is undefined are so for both.
    func mean(_ side: (values: [Double?], samples: [BootstrapSample])) -> BootstrapSample {
      BootstrapSample.mean(
        of: zip(side.values, side.samples).compactMap { value, sample in
          value.map { ($0, sample) }
        })
    }
    self.mean = row(
      "", definedMean(areas.values), definedMean(others.values),
      mean(areas) - mean(others), nil)
  }
}
