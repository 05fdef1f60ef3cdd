import CXRTensor
import Testing

@testable import CXRNet

extension CompositionTests {
  /// Gradients through both ways, behind a fused block whose normalised values neither way wants copied.
  @Test func gradientsAreThoseOfDifferences() throws {
    let net = Sequential([
      ("conv", Conv2D(from: 1, to: 4, kernel: 3, random: random.child("stem"))),
      ("relu", Activation.relu), ("pool", MaxPool()), ("norm", BatchNorm(channels: 4)),
      (
        "sum",
        Residual(
          body: body(from: 4, to: 5, stride: 2, activation: .sigmoid),
          shortcut: shortcut(from: 4, to: 5, stride: 2))
      ), ("dense", DenselyConnected(body(from: 5, to: 2, activation: .sigmoid))),
      ("mean", AveragePool(window: 3, stride: 1, padding: border)),
    ])
    let films = values([2, 16, 17, 1], seed: 5)
    let weights = values(try net.outputShape(for: films.shape), seed: 6)
    func loss(_ net: Sequential, _ pass: inout Pass) -> Variable {
      net(Variable(films), in: &pass).multiplied(by: weights).sum()
    }
    #expect(
      FusedBlock(
        net.layers[...].map(\.layer), input: Variable(films),
        in: Pass(mode: .training, random: random, leaves: [])) != nil)
    let gradients = net.gradients(random: random, of: loss)
    let paths = net.parameters.map(\.path.description)
    // Of what comes after the last kink.
    let step: Float = 1e-2
    for (path, place) in [
      ("sum/body/conv/kernel", 7), ("sum/shortcut/conv/kernel", 3), ("dense/body/conv/kernel", 11),
      ("norm/gamma", 1), ("norm/beta", 2), ("sum/body/norm/gamma", 0),
    ] {
      let slot = try #require(paths.firstIndex(of: path))
      func at(_ h: Float) -> Float {
        var moved = net
        moved.forEachParameter(at: .root) { found, parameter in
          if found.description == path { parameter.value.withMutableScalars { $0[place] += h } }
        }
        return moved.gradients(random: random, of: loss).loss
      }
      let numeric = (at(step) - at(-step)) / (2 * step)
      let exact = try #require(gradients.tensors[slot]).scalars[place]
      #expect(abs(numeric - exact) < 0.02 * max(1, abs(exact)), "\(path): \(numeric), \(exact)")
    }
    // And of what comes before it, layer by layer, where nothing is fused.
    let single = net.gradients(random: random) { net, pass in
      var x = Variable(films)
      for (_, layer) in net.layers { x = layer(x, in: &pass) }
      return x.multiplied(by: weights).sum()
    }
    for (slot, path) in paths.enumerated() {
      guard
        let (a, b) = gradients.tensors[slot].flatMap({ a in single.tensors[slot].map { (a, $0) } })
      else { continue }
      // Normalisation takes out what a bias adds.
      guard path != "conv/bias" else { continue }
      let size = b.scalars.reduce(0) { $0 + Double($1) * Double($1) }
      let difference = zip(a.scalars, b.scalars).reduce(0) {
        $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1)
      }
      #expect(difference < 1e-8 * size, "\(path)")
    }
  }
}
