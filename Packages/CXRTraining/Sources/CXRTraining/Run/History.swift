import CXRFiles
import CXRCheckpoint
import Foundation

/// The figures of one epoch, a row of `history.csv`.
public struct HistoryRow: Sendable, Equatable {
  /// Loss and metrics of one part.
  public struct Figures: Sendable, Equatable {
    /// In nats; the mean over batches, each weighted by its films.
    public var loss: Double
    /// Cells called right at 0.5, 0…1.
    public var binaryAccuracy: Double?
    /// The approximate AUC, 0…1, the mean over the labels with both kinds of films; `nil` where none has. See
    /// `RunningMetrics`.
    public var auc: Double?
    /// Pooled over labels, 0…1.
    public var recall: Double?
    /// Pooled over labels, 0…1.
    public var precision: Double?
  }

  /// From 1.
  public var epoch: Int
  /// Running values of the training passes.
  public var training: Figures
  /// Of the validation part after the epoch.
  public var validation: Figures
  /// Of the epoch.
  public var learningRate: Float
  /// Of the training part of the epoch, wall clock.
  public var seconds: Double
  /// Training samples a second.
  public var imagesPerSecond: Double
}

/// The epochs of a run, as `history.csv`.
public struct History: Sendable, Equatable {
  /// In order.
  public var rows: [HistoryRow] = []

  /// The file's columns.
  public static let columns = [
    "epoch", "loss", "binary_accuracy", "auc", "recall", "precision", "val_loss",
    "val_binary_accuracy", "val_auc", "val_recall", "val_precision", "learning_rate", "seconds",
    "images_per_second",
  ]

  /// No epochs.
  public init() {}

  /// The file's text; an undefined value is empty.
  public var csv: String {
    func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    func fields(_ figures: HistoryRow.Figures) -> [String] {
      [
        text(figures.loss), text(figures.binaryAccuracy), text(figures.auc), text(figures.recall),
        text(figures.precision),
      ]
    }
    return CSVText.line(Self.columns)
      + rows.map { row in
        CSVText.line(
          ["\(row.epoch)"] + fields(row.training) + fields(row.validation) + [
            "\(row.learningRate)", text(row.seconds), text(row.imagesPerSecond),
          ])
      }.joined()
  }

  /// Reads a file that ``csv`` wrote.
  /// - Throws: ``TrainingError/unusableCheckpoint(path:reason:)`` with the line at fault.
  public init(path: String) throws {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw TrainingError.unusableCheckpoint(path: path, reason: "is missing or cannot be read")
    }
    try self.init(csv: text, path: path)
  }

  /// Reads a text that ``csv`` gave; `path` is for messages.
  /// - Throws: ``TrainingError/unusableCheckpoint(path:reason:)`` with the line at fault.
  public init(csv text: String, path: String) throws {
    for (number, line) in text.split(separator: "\n").enumerated().dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      func value(_ i: Int) -> Double? { fields.indices.contains(i) ? Double(fields[i]) : nil }
      func figures(_ i: Int) -> HistoryRow.Figures? {
        value(i).map {
          HistoryRow.Figures(
            loss: $0, binaryAccuracy: value(i + 1), auc: value(i + 2), recall: value(i + 3),
            precision: value(i + 4))
        }
      }
      guard fields.count == Self.columns.count, let epoch = Int(fields[0]),
        let training = figures(1), let validation = figures(6), let rate = Float(fields[11]),
        let seconds = value(12), let speed = value(13)
      else {
        throw TrainingError.unusableCheckpoint(
          path: path,
          reason: "line \(number + 1) of the history is no row of one; the file is damaged")
      }
      rows.append(
        HistoryRow(
          epoch: epoch, training: training, validation: validation, learningRate: rate,
          seconds: seconds, imagesPerSecond: speed))
    }
  }
}
