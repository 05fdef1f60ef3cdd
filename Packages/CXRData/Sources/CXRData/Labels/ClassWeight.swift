/// What a film counts in the loss of one label: n/(2·n₋) without the finding, n/(2·n₊) with it, so
/// that both kinds weigh the same in sum.
public struct ClassWeight: Sendable, Equatable, Codable {
  /// The label.
  public let label: String
  /// The weight of a film without the finding, at least 0.5; `nil` when there is none.
  public let negative: Double?
  /// The weight of a film with the finding, at least 0.5; `nil` when there is none.
  public let positive: Double?

  /// Makes a weight from given numbers.
  public init(label: String, negative: Double?, positive: Double?) {
    (self.label, self.negative, self.positive) = (label, negative, positive)
  }

  /// The weights of each label over the films in `rows`.
  public static func weights(of matrix: LabelMatrix, rows: [Int]) -> [ClassWeight] {
    let n = Double(rows.count)
    return zip(matrix.labels, matrix.positives(in: rows)).map { label, positives in
      let negatives = rows.count - positives
      return ClassWeight(
        label: label, negative: negatives > 0 ? n / (2 * Double(negatives)) : nil,
        positive: positives > 0 ? n / (2 * Double(positives)) : nil)
    }
  }
}
