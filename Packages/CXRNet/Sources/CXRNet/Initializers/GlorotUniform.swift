import CXRParallel
import CXRTensor

extension Tensor {
  /// Uniform in ±√(6/(fanIn + fanOut)) (Glorot and Bengio, 2010).
  ///
  /// - Parameter shape: `[inputs, outputs]`, or `[R, S, C, K]` with fans R·S·C and R·S·K.
  public static func glorotUniform(_ shape: Shape, random: RandomStream) -> Tensor {
    precondition(shape.rank >= 2, "glorotUniform: \(shape) has no input and output axis")
    if let counted = KernelCount.stand(inFor: shape) { return counted }
    let receptive = shape.dimensions.dropLast(2).reduce(1, *)
    let limit = (6 / Float(receptive * (shape[-2] + shape[-1]))).squareRoot()
    var random = random
    return Tensor(
      (0..<shape.count).map { _ in random.uniform(in: -limit..<limit) }, shape: shape)
  }
}
