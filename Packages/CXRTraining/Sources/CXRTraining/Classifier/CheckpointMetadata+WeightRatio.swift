import CXRNet

extension CheckpointMetadata {
  /// w₊/w₋ of a label's class weights in the loss; `nil` of a loss without weights.
  func weightRatio(of column: Int) -> Double? {
    guard LossKind.standard.contains(where: { $0.name == loss && $0.multipliesOdds }),
      classWeights.indices.contains(column),
      let positive = classWeights[column].positive, let negative = classWeights[column].negative,
      negative > 0, positive > 0
    else { return nil }
    return positive / negative
  }
}
