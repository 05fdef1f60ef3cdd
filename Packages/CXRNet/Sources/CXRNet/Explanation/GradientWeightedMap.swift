import CXRTensor

/// Where a network's answer comes from: feature maps weighed by the gradient of a logit (Selvaraju et al.,
/// *Grad-CAM*, ICCV 2017).
///
/// For a network that ends in global average pooling and one dense layer it is, but for the bias and a factor
/// rows × columns, the class activation map, which is exact there.
///
/// - Parameters:
///   - featureMaps: `[N, H, W, C]`.
///   - label: whose logit.
///   - keepsNegative: whether what speaks against the label is kept; the paper leaves it out.
///   - head: what follows the feature maps: `[N, H, W, C]` → logits `[N, K]`.
/// - Returns: `[N, H, W]`, the mean gradient of each channel times the channel, summed over channels.
public func gradientWeightedMaps(
  featureMaps: Tensor, label: Int, keepsNegative: Bool = false,
  head: (Variable, inout Pass) -> Variable
) -> Tensor {
  precondition(
    featureMaps.shape.rank == 4, "gradientWeightedMaps: \(featureMaps.shape) is not [N, H, W, C]")
  let (_, gradients) = Variable.differentiate([featureMaps]) { leaves in
    var pass = Pass.inference()
    let logits = head(leaves[0], &pass)
    precondition(
      logits.shape.rank == 2 && (0..<logits.shape[1]).contains(label),
      "gradientWeightedMaps: no label \(label) in \(logits.shape)")
    let mask = Tensor(
      (0..<logits.shape.count).map { $0 % logits.shape[1] == label ? 1 : 0 }, shape: logits.shape)
    return logits.multiplied(by: mask).sum()
  }
  let shape = featureMaps.shape
  let (films, cells, channels) = (shape[0], shape[1] * shape[2], shape[3])
  guard let gradient = gradients[0] else {
    return Tensor(repeating: 0, shape: [shape[0], shape[1], shape[2]])
  }
  let (features, slopes) = (Array(featureMaps.scalars), Array(gradient.scalars))
  var maps: [Float] = []
  for film in 0..<films {
    let start = film * cells * channels
    let weights = (0..<channels).map { channel in
      (0..<cells).reduce(0.0) { $0 + Double(slopes[start + $1 * channels + channel]) }
        / Double(cells)
    }
    for cell in 0..<cells {
      let value = (0..<channels).reduce(0.0) {
        $0 + weights[$1] * Double(features[start + cell * channels + $1])
      }
      maps.append(Float(keepsNegative ? value : max(0, value)))
    }
  }
  return Tensor(maps, shape: [shape[0], shape[1], shape[2]])
}
