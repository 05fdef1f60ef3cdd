import CXRMetrics

/// A model as an evaluation sees it: what it says of films, and what is known of how it came to be.
///
/// Scores come as plain numbers, from a network, from another program's table or from anywhere:
///
///     let model = ScoredModel("ours", scores: [0.9, 0.2, 0.4, 0.1])
public struct ScoredModel: Sendable {
  /// Unique among the models; part of file names.
  public var name: String
  /// `[N, K]`, finite, in any unit, the higher the likelier; in 64 bits, as given.
  public var scores: [Double]
  /// Thresholds and calibrations, chosen on other films; `nil` where there were none to choose on.
  public var fit: ValidationFit?
  /// w₊/w₋ a label, of the class weights in the loss of its training; `nil` of a label, or of all, without weights.
  public var weightRatios: [Double?]?
  /// The yardstick's scores of the same films, `[N, K]`; `nil` where there is none.
  public var baselineScores: [Double]?
  /// Of the films' patients, how many the model was trained on; `nil` where that is not known.
  public var patientsSeenInTraining: Int?
  /// Of the films' patients, on how many its thresholds and calibrations were chosen; `nil` where that is not known.
  public var patientsSeenInValidation: Int?
  /// Whether it looks where findings were drawn; `nil` where that was not asked, or nothing is drawn.
  public var localisation: Localisation?
  /// Films on which it was sure.
  public var examples: [Example] = []
  /// Where it comes from, such as a checkpoint's path.
  public var source: String
  /// The loss that it was trained by; `nil` where that is not known.
  public var loss: String?
  /// How it was trained, in words, such as `weighted-bce, epoch 7`.
  public var note: String

  /// A model of which nothing is known but what it says.
  public init(
    _ name: String, scores: [Double], source: String = "", note: String = "n/a (a table)"
  ) {
    (self.name, self.scores, self.source, self.note) = (name, scores, source, note)
  }
}
