import CXRParallel
import CXRTensor

extension Tensor {
  /// Normal of mean 0 and deviation √(2/fanOut) (He, Zhang, Ren and Sun, *Delving Deep into Rectifiers*, ICCV 2015).
  ///
  /// - Parameter shape: `[R, S, C, K]`, whose fan out is R·S·K.
  public static func heNormal(_ shape: Shape, random: RandomStream) -> Tensor {
    precondition(shape.rank == 4, "heNormal: \(shape) is not [R, S, C, K]")
    if let counted = KernelCount.stand(inFor: shape) { return counted }
    let deviation = (2 / Float(shape[0] * shape[1] * shape[3])).squareRoot()
    var random = random
    return Tensor((0..<shape.count).map { _ in deviation * random.normal() }, shape: shape)
  }
}
