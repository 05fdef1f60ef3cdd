import CXRFiles
import CXRMetrics

/// What an epoch has gathered in the steps that it has taken so far.
public struct UnfinishedEpoch: Sendable, Equatable {
  /// Steps taken; all of the epoch's where only the validation is left.
  public var steps = 0
  /// Samples seen.
  public var films = 0
  /// The sum over samples of their batch's loss, in nats.
  public var lossSum = 0.0
  /// Spent, wall clock; of all processes that worked on it.
  public var seconds = 0.0
  /// Of the training passes.
  public var metrics: RunningMetrics

  /// Nothing done yet, for `labels` labels.
  public init(labels: Int) { metrics = RunningMetrics(labels: labels) }

  /// As a document.
  var json: JSONValue {
    func rows(_ values: [[Int]]) -> JSONValue {
      .array(values.map { .array($0.map { .integer($0) }) })
    }
    let counts = metrics.counts
    return .object([
      ("steps", .integer(steps)), ("films", .integer(films)), ("loss_sum", .number(lossSum)),
      ("seconds", .number(seconds)),
      (
        "counts",
        .array(
          [
            counts.truePositives, counts.falsePositives, counts.trueNegatives,
            counts.falseNegatives,
          ].map { .integer($0) })
      ),
      ("positives", rows(metrics.positives)), ("negatives", rows(metrics.negatives)),
    ])
  }
}

extension UnfinishedEpoch: Decodable {
  enum CodingKeys: String, CodingKey {
    case steps, films, seconds, counts, positives, negatives
    case lossSum = "loss_sum"
  }

  /// Reads what a checkpoint's metadata says, and refuses counts that cannot be.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    steps = try values.decode(Int.self, forKey: .steps)
    films = try values.decode(Int.self, forKey: .films)
    lossSum = try values.decode(Double.self, forKey: .lossSum)
    seconds = try values.decode(Double.self, forKey: .seconds)
    let list = try values.decode([Int].self, forKey: .counts)
    var counts = ConfusionCounts()
    if list.count == 4 {
      (counts.truePositives, counts.falsePositives) = (list[0], list[1])
      (counts.trueNegatives, counts.falseNegatives) = (list[2], list[3])
    }
    guard list.count == 4, steps > 0, films > 0, seconds >= 0,
      let metrics = RunningMetrics(
        counts: counts, positives: try values.decode([[Int]].self, forKey: .positives),
        negatives: try values.decode([[Int]].self, forKey: .negatives))
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .counts, in: values, debugDescription: "counts that no epoch has")
    }
    self.metrics = metrics
  }
}
