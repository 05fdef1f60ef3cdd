import CXRParallel
import CXRTensor
import Testing

@testable import CXRNet

// Layers that run as one operation, and what normalisation keeps of a batch.
extension CompositionTests {
  /// Only what the fused operation computes is replaced by it.
  @Test func onlyPlainBlocksAreFused() {
    func isFused(
      hasBias: Bool = true, pool: MaxPool = MaxPool(), stride: Int = 1, padding: Padding = .valid
    ) -> Bool {
      let layers: [any Layer] = [
        Conv2D(
          from: 1, to: 16, kernel: 7, stride: stride, padding: padding, hasBias: hasBias,
          random: random), Activation.relu, pool, BatchNorm(channels: 16),
      ]
      let x = Variable(Tensor(repeating: 0, shape: [1, 40, 40, 1]))
      return FusedBlock(layers, input: x, in: Pass(mode: .training, random: random, leaves: []))
        != nil
    }
    #expect(isFused() && isFused(padding: .explicit(before: 3, after: 3)))
    #expect(!isFused(hasBias: false) && !isFused(stride: 2))
    #expect(!isFused(pool: MaxPool(window: 2, stride: 1)))
    #expect(!isFused(pool: MaxPool(window: 2, padding: border)))
    #expect(!isFused(pool: MaxPool(window: 3, stride: 2)))
    #expect(!isFused(padding: .explicit(before: 7, after: 7)))
  }

  /// A batch's unbiased variance is taken in, whether the block is fused or not; the output is the same.
  @Test(arguments: [true, false]) func runningVarianceIsUnbiasedWhereAsked(fused: Bool) throws {
    let films = values([2, 13, 14, 1], seed: 4)
    func stack(_ kind: RunningVariance) -> Sequential {
      Sequential([
        ("conv", Conv2D(from: 1, to: 8, kernel: 7, random: random.child("conv"))),
        ("relu", Activation.relu), ("pool", MaxPool()),
        ("norm", BatchNorm(channels: 8, momentum: 0.75, runningVariance: kind)),
      ])
    }
    func step(_ stack: Sequential) throws -> (output: Tensor, mean: Tensor, variance: Tensor) {
      var output = Tensor(repeating: 0, shape: [])
      let gradients = stack.gradients(random: random) { stack, pass in
        var x = Variable(films)
        if fused {
          x = stack(x, in: &pass)
        } else {
          for (_, layer) in stack.layers { x = layer(x, in: &pass) }
        }
        output = x.value
        return x.sum()
      }
      let paths = stack.parameters.map(\.path.description)
      func statistic(_ name: String) throws -> Tensor {
        let slot = try #require(paths.firstIndex(of: name))
        return try #require(gradients.statistics[slot])
      }
      return (output, try statistic("norm/moving_mean"), try statistic("norm/moving_variance"))
    }
    #expect(
      FusedBlock(
        stack(.biased).layers[...].map(\.layer), input: Variable(films),
        in: Pass(mode: .training, random: random, leaves: [])) != nil)
    let (biased, unbiased) = (try step(stack(.biased)), try step(stack(.unbiased)))
    #expect(biased.output.hasSameBits(as: unbiased.output))
    #expect(biased.mean.hasSameBits(as: unbiased.mean))
    // Two films of 3 × 4 pooled pixels.
    for (b, u) in zip(biased.variance.scalars, unbiased.variance.scalars) {
      let batch = (Double(b) - 0.75) / 0.25
      let expected = 0.75 + 0.25 * batch * 24 / 23
      #expect(abs(Double(u) - expected) < 1e-6)
      #expect(abs(expected - Double(b)) > 1e-4)
    }
  }

  @Test func oneValueHasNoUnbiasedVariance() async {
    await #expect(processExitsWith: .failure) {
      var pass = Pass(mode: .training, random: RandomStream(seed: 1), leaves: [])
      let norm = BatchNorm(channels: 2, runningVariance: .unbiased)
      _ = norm(Variable(Tensor(repeating: 1, shape: [1, 1, 1, 2])), in: &pass)
    }
    var pass = Pass(mode: .training, random: random, leaves: [])
    let norm = BatchNorm(channels: 2)
    let y = norm(Variable(Tensor(repeating: 1, shape: [1, 1, 1, 2])), in: &pass)
    #expect(y.value.scalars == [0, 0])
  }
}
