import Foundation

/// The progress of an epoch, on a terminal.
public enum StepLine {
  /// Shows one step.
  public static func show(
    epoch: Int, epochs: Int, step: Int, of steps: Int, secondsLeft: Double,
    imagesPerSecond: Double, loss: Double
  ) {
    Console.showProgress(
      "epoch \(epoch)/\(epochs)  step \(step)/\(steps)  loss \(String(format: "%.4f", loss))  "
        + "\(Int(imagesPerSecond.rounded())) images/s  \(Progress.clock(secondsLeft)) left")
  }
}
