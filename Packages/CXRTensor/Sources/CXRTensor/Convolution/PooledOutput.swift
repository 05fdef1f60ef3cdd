/// A convolution's output after bias, ReLU and 2×2 pooling, with what the way back needs.
struct PooledOutput {
  /// `[N, P, Q, K]`.
  let values: Tensor
  /// Which pixel of each window won; `nil` in inference.
  let choices: FloatBuffer?
  /// Of the values, over all axes but the last, `[K]`; empty in inference.
  let mean: [Double]
  /// Biased.
  let variance: [Double]
}
