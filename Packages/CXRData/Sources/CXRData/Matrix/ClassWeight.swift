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

  /// The weights of each label over the films in `rows` of which it is known whether they have it.
  public static func weights(of matrix: LabelMatrix, rows: [FilmRow]) -> [ClassWeight] {
    let (positives, unknowns) = (matrix.positives(in: rows), matrix.unknowns(in: rows))
    return matrix.labels.indices.map { k in
      let n = rows.count - unknowns[k]
      let negatives = n - positives[k]
      return ClassWeight(
        label: matrix.labels[k],
        negative: negatives > 0 ? Double(n) / (2 * Double(negatives)) : nil,
        positive: positives[k] > 0 ? Double(n) / (2 * Double(positives[k])) : nil)
    }
  }
}
