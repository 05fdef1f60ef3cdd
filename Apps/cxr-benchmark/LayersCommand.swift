import CXRParallel
import ArgumentParser
import CXRCommandLine
import CXRTensor
import CXRTraining

/// Forward and backward times of the network's blocks, each on its own: convolution, bias, ReLU, pooling
/// and normalisation, with a gradient that a mean over pixels sends back.
struct LayersCommand: Program {
  static let configuration = CommandConfiguration(
    commandName: "layers",
    abstract: "Forward and backward seconds of each block, each on its own, a JSON line each.")
  @OptionGroup var options: MeasureOptions
  var common: CommonOptions { options.common }

  func work() throws {
    _ = common.start()
    var (size, channels) = (options.imageSize, 1)
    for (number, filters) in [16, 32, 64, 128].enumerated() {
      measure(block: number + 1, size: size, channels: channels, filters: filters)
      (size, channels) = ((size - 6) / 2, filters)
    }
  }

  private func measure(block: Int, size: Int, channels: Int, filters: Int) {
    func random(_ shape: Shape, _ seed: UInt64) -> Tensor {
      var random = RandomStream(seed: seed)
      return Tensor((0..<shape.count).map { _ in random.uniform(in: -1..<1) }, shape: shape)
    }
    let x = random([options.batch, size, size, channels], 1)
    let leaves = [
      random([7, 7, channels, filters], 2), random([filters], 3),
      Tensor(repeating: 1, shape: [filters]), Tensor(repeating: 0, shape: [filters]),
    ]
    // As the network does: small films may be fastest with one operation after the other.
    let isFused = Variable.canFuseConvolution(input: x.shape, kernel: leaves[0].shape)
    var (forward, backward): ([Double], [Double]) = ([], [])
    for step in 0..<options.warmup + options.steps {
      let start = ContinuousClock.now
      var (middle, back) = (start, start)
      // The first block never needs its input's gradient, the others do.
      _ = Variable.differentiate(block == 1 ? leaves : leaves + [x]) { v in
        let input = block == 1 ? Variable(x) : v[4]
        let output =
          isFused
          ? input.convolutionBlock(
            kernel: v[0], bias: v[1], scale: v[2], shift: v[3], epsilon: 1e-3
          ).output
          : input.convolved(kernel: v[0], bias: v[1]).relu().maxPooled(window: 2)
            .batchNormalized(scale: v[2], shift: v[3], epsilon: 1e-3).output
        middle = .now
        let loss = output.globalAveragePooled().sum()
        back = .now
        return loss
      }
      guard step >= options.warmup else { continue }
      forward.append(start.duration(to: middle).seconds)
      backward.append(back.duration(to: .now).seconds)
    }
    let plan = ConvolutionPlan(
      input: x.shape, kernel: leaves[0].shape, pooled: isFused)
    print(
      "{\"block\": \(block), \"algorithm\": \"\(plan.algorithm)\", "
        + "\"multiplications_by_definition\": \(plan.multiplicationsByDefinition), "
        + "\"forward_seconds\": "
        + "\(Measurement(images: options.batch, seconds: forward).median), "
        + "\"backward_seconds\": \(Measurement(images: options.batch, seconds: backward).median)}")
  }
}
