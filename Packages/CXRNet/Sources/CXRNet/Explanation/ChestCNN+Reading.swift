import CXRTensor

extension ChestCNN {
  /// What the network sees on films on its way to the logits.
  public struct Reading: Sendable {
    /// After the last block, `[N, H, W, C]`.
    public let featureMaps: Tensor
    /// Their means over rows and columns, `[N, C]`.
    public let features: Tensor
    /// `[N, K]`.
    public let logits: Tensor

    /// `[N, K]`, each in 0…1.
    public var probabilities: Tensor { Variable(logits).sigmoid().value }
  }

  /// Reads standardised films `[N, imageSize, imageSize, 1]`; the logits are those of the network, bit for bit.
  public func reading(_ films: Tensor) -> Reading {
    var pass = Pass.inference()
    let maps = blocks(Variable(films), in: &pass).value
    let features = Variable(maps).globalAveragePooled().value
    return Reading(
      featureMaps: maps, features: features, logits: head(Variable(features), in: &pass).value)
  }

  /// How much each cell of the feature maps adds to each logit: class activation maps (Zhou et al., CVPR 2016),
  /// with the bias in every cell. The mean over the cells is the logit.
  ///
  /// - Returns: `[N, H, W, K]`.
  public func activationMaps(_ reading: Reading) -> Tensor {
    let shape = reading.featureMaps.shape
    var pass = Pass.inference()
    let cells = Variable(
      reading.featureMaps.reshaped(to: [shape[0] * shape[1] * shape[2], shape[3]]))
    let values = head(cells, in: &pass).value
    return values.reshaped(to: [shape[0], shape[1], shape[2], values.shape[1]])
  }

  /// Where the cells of these maps lie on the network's input; 224 pixels give 8 × 8 cells, 16 pixels apart, the
  /// first centred on pixel 52.5.
  public var grid: ReceptiveGrid {
    var grid = ReceptiveGrid()
    for _ in channels {
      grid.append(window: kernel, stride: 1)
      grid.append(window: 2, stride: 2)
    }
    return grid
  }
}
