import CTensorKernels
import Testing

/// Sums of channels give the plain loop's bits, at widths and heights that end within a group and a tile.
@Suite struct ChannelSumsTests {
  static let sizes = [1, 15, 16, 17, 40].flatMap { rows in
    [1, 15, 16, 20, 33, 64].map { (rows, $0) }
  }

  private static func values(_ count: Int, seed: UInt64) -> [Float] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int64(state >> 40) - (1 << 23)) / Float(1 << 22)
    }
  }

  @Test(arguments: sizes) func theyAreThePlainLoops(rows: Int, channels: Int) {
    // Rows of the normalised values lie farther apart than they are long.
    let (count, stride) = (rows * channels, channels + 3)
    let x = Self.values(rows * stride, seed: 1)
    let dy = Self.values(count, seed: 2)
    let y = Self.values(count, seed: 3)
    let scale = Self.values(channels, seed: 4)
    let shift = Self.values(channels, seed: 5)
    let mean = Self.values(channels, seed: 6).map(Double.init)
    let start = Self.values(2 * channels, seed: 7).map(Double.init)

    /// What is added to sums and products: the gradient and the value of an element.
    func plain(
      _ element: (_ row: Int, _ channel: Int) -> (gradient: Float, value: Float)
    ) -> [Double] {
      var sums = start
      for row in 0..<rows {
        for channel in 0..<channels {
          let (gradient, value) = element(row, channel)
          sums[channel] += Double(gradient)
          sums[channels + channel] += Double(gradient) * (Double(value) - mean[channel])
        }
      }
      return sums
    }
    func found(
      _ body: (_ sums: UnsafeMutablePointer<Double>, _ products: UnsafeMutablePointer<Double>) ->
        Void
    ) -> [Double] {
      var sums = Array(start[..<channels])
      var products = Array(start[channels...])
      body(&sums, &products)
      return sums + products
    }

    #expect(
      found { sums, products in
        cxr_column_sums(x, rows, channels, sums)
        cxr_squared_deviations(x, mean, rows, channels, products)
      }
        == {
          var sums = start
          for row in 0..<rows {
            for channel in 0..<channels {
              let value = Double(x[row * channels + channel])
              let distance = value - mean[channel]
              sums[channel] += value
              sums[channels + channel] += distance * distance
            }
          }
          return sums
        }())
    #expect(
      found { cxr_batch_norm_sums(x, dy, mean, rows, channels, $0, $1) }
        == plain { (dy[$0 * channels + $1], x[$0 * channels + $1]) })
    #expect(
      found { cxr_normalize_relu_sums(x, stride, scale, shift, dy, mean, rows, channels, $0, $1) }
        == plain { row, channel in
          let value = x[row * stride + channel]
          let isOn = value * scale[channel] + shift[channel] > 0
          return (isOn ? dy[row * channels + channel] : 0, value)
        })
    var written = [Float](repeating: 0, count: count)
    let masked = (0..<count).map { y[$0] > 0 ? dy[$0] : 0 }
    let sums = written.withUnsafeMutableBufferPointer { g in
      found { sums, products in
        guard let g = g.baseAddress else { return }
        cxr_relu_gradient_sums(y, dy, x, mean, rows, channels, g, sums, products)
      }
    }
    #expect(sums == plain { (masked[$0 * channels + $1], x[$0 * channels + $1]) })
    #expect(written == masked)
  }
}
