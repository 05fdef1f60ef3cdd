import CXRParallel
import CConvolution

/// Where a pooled convolution writes: values, winners and, in training, the moments of each part.
final class PoolingMemory {
  private let plan: ConvolutionPlan
  private let parts: Int
  private let shape: Shape
  private let values: FloatBuffer
  private let choices: FloatBuffer?
  private let counts: FloatBuffer?
  private let moments: FloatBuffer?
  private let width: Int

  /// - Parameters:
  ///   - plan: of the convolution.
  ///   - parts: how many parts of an image are summed up on their own.
  ///   - remembering: whether a way back will be asked for.
  init(_ plan: ConvolutionPlan, parts: Int, remembering: Bool) {
    self.plan = plan
    self.parts = parts
    shape = [plan.images, plan.wanted.rows / 2, plan.wanted.columns / 2, plan.filters]
    values = FloatBuffer(count: shape.count)
    width = plan.engine.blocks(plan.filters) * plan.engine.lanes
    choices = remembering ? FloatBuffer(count: (plan.images * plan.choiceBytes + 3) / 4) : nil
    // Two floats' room a double.
    counts = remembering ? FloatBuffer(count: 2 * plan.images * parts) : nil
    moments = remembering ? FloatBuffer(count: 2 * plan.images * parts * width * 2) : nil
  }

  private func doubles(_ buffer: FloatBuffer?) -> UnsafeMutablePointer<Double>? {
    buffer.map { UnsafeMutableRawPointer($0.base).assumingMemoryBound(to: Double.self) }
  }

  func target(image: Int, bias: Tensor) -> cxr_pooling {
    cxr_pooling(
      rows: shape[1], columns: shape[2], bias: bias.buffer.base,
      values: values.base + image * shape[1] * shape[2] * shape[3],
      choices: choices.map {
        UnsafeMutableRawPointer($0.base).assumingMemoryBound(to: UInt8.self)
          + image * plan.choiceBytes
      }, counts: doubles(counts), moments: doubles(moments))
  }

  /// What was written, with the mean and variance of all of it.
  func output() -> PooledOutput {
    let total = self.total
    return PooledOutput(
      values: Tensor(buffer: values, shape: shape), choices: choices, mean: total?.mean ?? [],
      variance: total?.variance ?? [])
  }

  /// Of all that was written, share by share.
  private var total: BatchMoments? {
    guard let counts = doubles(counts), let moments = doubles(moments) else { return nil }
    return BatchMoments.merged(over: plan.shares) {
      let (images, filters) = (plan.shares.places(of: $0), plan.filters)
      var mean = [Double](repeating: 0, count: filters)
      var squares = mean
      let first = images.lowerBound * parts
      let count = cxr_combine_moments(
        images.count * parts, filters, width, counts + first, moments + first * width * 2, &mean,
        &squares)
      return BatchMoments(count: count, mean: mean, squares: squares)
    }
  }
}

extension ConvolutionPlan {
  /// Bytes that remember the winners of one image's windows.
  var choiceBytes: Int {
    wanted.rows / 2 * (wanted.columns / 2) * engine.blocks(filters) * engine.lanes / 4
  }
}
