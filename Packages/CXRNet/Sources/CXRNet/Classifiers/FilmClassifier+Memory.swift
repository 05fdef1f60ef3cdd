import CXRParallel
import CXRTensor

extension FilmClassifier {
  /// The most memory that a step on so many films takes besides the program's, in bytes: values, gradients, weights
  /// and two numbers a weight that an optimizer keeps. From above.
  ///
  /// - Parameters:
  ///   - batchSize: films.
  ///   - shares: in how many shares sums over them are formed.
  public func trainingBytes(batchSize: Int, shares: Int = BatchShares.standard) -> Int {
    let graph = traced(
      [batchSize, imageSize, imageSize, 1], mode: .training, fusing: true,
      in: BatchShares(images: batchSize, count: shares))
    // The network validates between its epochs.
    let prediction = traced([batchSize, imageSize, imageSize, 1], mode: .inference, fusing: true)
    return max(graph.trainingBytes + prediction.cachedBytes, prediction.inferenceBytes)
      + 3 * weightBytes
  }

  /// The same of a prediction.
  public func inferenceBytes(batchSize: Int) -> Int {
    let graph = traced([batchSize, imageSize, imageSize, 1], mode: .inference, fusing: true)
    return graph.inferenceBytes + weightBytes
  }

  private var weightBytes: Int {
    parameters.reduce(0) { $0 + TensorMemory.bytes(ofElements: $1.parameter.value.shape.count) }
  }
}
