extension ConvolutionPlan {
  /// The window, then `others`; where rows and columns are not alike, no window says which places are meant.
  private func reach(_ others: [TracedOperation.Window] = []) -> TracedOperation.Reach {
    guard kernel[0] == kernel[1], padTop == padLeft else { return .all }
    return .windows(
      [TracedOperation.Window(size: kernel[0], stride: stride, before: padTop)] + others)
  }

  /// The convolution as an operation of a trace.
  ///
  /// - Parameters:
  ///   - caching: whether the prepared kernel is kept.
  ///   - rectifying: whether its input is a normalisation and a ReLU, which are applied as it is read, or formed anew for
  ///     each pass and not kept.
  func operation(caching: Bool, rectifying: Bool) -> TracedOperation {
    TracedOperation(
      "convolution",
      [
        "stride": Double(stride), "top": Double(padTop), "left": Double(padLeft),
        "rows": Double(kernel[0]), "columns": Double(kernel[1]),
      ], reach: reach(), keeps: rectifying ? [] : .inputs, cached: caching ? preparedBytes : 0,
      scratch: scratchBytes + (rectifying && !readsNormalized ? 4 * input.count : 0))
  }

  /// Convolution, ReLU, 2×2 pooling and normalisation as one operation of a trace.
  ///
  /// - Parameters:
  ///   - attributes: of the normalisation.
  ///   - keeping: whether a way back is asked for.
  ///   - unpooling: whether the input's gradient is, too.
  ///   - caching: whether the prepared kernel is kept.
  func block(
    _ attributes: [String: Double], keeping: Bool, unpooling: Bool = false, caching: Bool = false
  ) -> TracedOperation {
    TracedOperation(
      "convolution, ReLU, maximum, normalization", attributes,
      reach: reach([TracedOperation.Window(size: 2, stride: 2)]),
      keeps: [.inputs, .output], kept: keeping ? images * choiceBytes + momentBytes : 0,
      cached: caching ? preparedBytes : 0,
      scratch: scratchBytes + (unpooling && algorithm == .direct ? 4 * output.count : 0))
  }
}
