extension PredictionsFile {
  /// The table as a model: `scores` are what ``scores(of:labels:filmNames:)`` gives.
  public func model(_ name: String, scores: [Double]) -> ScoredModel {
    switch kind {
    case .probability: ScoredModel(name, scores: scores, source: path)
    case .logit: ScoredModel(name, logits: scores, source: path)
    }
  }
}
