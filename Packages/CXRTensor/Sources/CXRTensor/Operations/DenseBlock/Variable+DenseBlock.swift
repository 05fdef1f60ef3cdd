import CXRParallel

extension Variable {
  /// The layers of a dense block one after another, each on all channels so far (Huang, Liu, van der Maaten and
  /// Weinberger, *Densely Connected Convolutional Networks*, CVPR 2017): `[N, H, W, C]` → `[N, H, W, C + L·G]`, the input
  /// first.
  ///
  /// It gives what normalisations, ReLUs, convolutions and concatenations give, to rounding, writes into one buffer and
  /// forms normalised inputs anew on the way back.
  ///
  /// - Parameters:
  ///   - layers: the first of C channels in, each next one of G more.
  ///   - epsilon: of all normalisations.
  /// - Returns: the output, and what the normalisations of each layer used.
  public func denseBlock(
    _ layers: [DenseBlockLayer], epsilon: Float
  ) -> (output: Variable, statistics: [DenseBlockLayer.Statistics]) {
    var channels = shape[3]
    for layer in layers {
      let sizes = layer.sizes
      precondition(
        sizes.inputs == channels && layer.kernel1.shape.dimensions[..<2] == [1, 1]
          && layer.kernel2.shape.dimensions[..<3] == [3, 3, sizes.middle]
          && layer.scale1.shape == [channels] && layer.shift1.shape == [channels]
          && layer.scale2.shape == [sizes.middle] && layer.shift2.shape == [sizes.middle],
        "denseBlock: kernels \(layer.kernel1.shape) and \(layer.kernel2.shape) after \(channels) channels"
      )
      channels += sizes.added
    }
    let variables = [self] + layers.flatMap(\.variables)
    let output = Shape(shape.dimensions.dropLast() + [channels])
    if let traced = Variable.traced(operation(layers, output), variables, output) {
      return (
        traced,
        layers.map {
          let zeros = (
            Tensor(repeating: 0, shape: [$0.sizes.inputs]),
            Tensor(repeating: 0, shape: [$0.sizes.middle])
          )
          return DenseBlockLayer.Statistics(
            mean1: zeros.0, variance1: zeros.0, mean2: zeros.1, variance2: zeros.1)
        }
      )
    }
    let shares =
      Variable.shares(of: variables)?.suiting(images: shape[0]) ?? BatchShares(images: shape[0])
    let isRecorded = variables.contains(where: \.isRecorded)
    let pass = DenseBlockPass(self, layers, epsilon: epsilon, shares: shares, keeping: isRecorded)
    let back = SharedPullback { pass.gradients($0) }
    var inputs: [(Variable, PendingPullback)] = [(self, { PendingGradient(back($0).input) })]
    for (place, layer) in layers.enumerated() {
      for (i, variable) in layer.variables.enumerated() {
        inputs.append((variable, { back($0).layers[place][i] }))
      }
    }
    return (.recorded(pass.values, moments: pass.moments, pending: inputs), pass.statistics)
  }

  /// The block as an operation of a trace.
  private func operation(_ layers: [DenseBlockLayer], _ output: Shape) -> TracedOperation {
    let shares = shares?.suiting(images: shape[0])
    let places = shape.count / Swift.max(1, shape[3])
    let middle = layers.reduce(0) { $0 + $1.sizes.middle }
    // Of one layer: its inputs' gradients, copies of the output's gradient and of the input's,
    // and what convolutions take.
    func plan(_ kernel: Variable) -> ConvolutionPlan {
      let around = kernel.shape[0] / 2
      return ConvolutionPlan(
        input: Shape(shape.dimensions.dropLast() + [kernel.shape[2]]), kernel: kernel.shape,
        padding: .explicit(before: around, after: around), shares: shares)
    }
    let scratch =
      layers.map { layer -> Int in
        let sizes = layer.sizes
        let floats = 2 * sizes.inputs + 4 * sizes.middle + 2 * sizes.added
        return 4 * places * floats + plan(layer.kernel1).scratchBytes
          + plan(layer.kernel2).scratchBytes
      }.max() ?? 0
    var cached = 0
    for layer in layers {
      if layer.cache1 != nil { cached += plan(layer.kernel1).preparedBytes }
      if layer.cache2 != nil { cached += plan(layer.kernel2).preparedBytes }
    }
    return TracedOperation(
      "dense block",
      reach: .windows(layers.map { _ in TracedOperation.Window(size: 3, stride: 1, before: 1) }),
      keeps: .output, kept: 4 * places * middle, cached: cached,
      scratch: scratch + 4 * output.count + 8 * places * shape[3])
  }
}
