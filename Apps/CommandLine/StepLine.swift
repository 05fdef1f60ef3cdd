import CXRTraining
import Foundation

/// The progress of an epoch, on a terminal.
public enum StepLine {
  /// Shows one step.
  public static func show(_ figures: StepFigures, epochs: Int) {
    guard Console.showsProgress else { return }
    Console.showProgress(
      "epoch \(figures.epoch)/\(epochs)  step \(figures.step)/\(figures.steps)  loss "
        + "\(String(format: "%.4f", figures.loss))  "
        + "\(Int(figures.imagesPerSecond.rounded())) images/s  "
        + "\(Progress.clock(figures.secondsLeft)) left")
  }
}
