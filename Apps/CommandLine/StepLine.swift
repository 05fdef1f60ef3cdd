import Foundation

/// The progress of an epoch, on a terminal.
public enum StepLine {
  /// Shows one step.
  public static func show(
    epoch: Int, epochs: Int, step: Int, of steps: Int, imagesPerSecond: Double, loss: Double
  ) {
    let left = Double(steps - step) / max(Double(step), 1)
    Console.showProgress(
      "epoch \(epoch)/\(epochs)  step \(step)/\(steps)  loss \(String(format: "%.4f", loss))  "
        + "\(Int(imagesPerSecond.rounded())) images/s  \(Int(left * 100))% left")
  }
}
