import CTensorKernels

extension Variable {
  /// The largest element of each `window × window` square, side by side without overlap:
  /// `[N, H, W, C]` → `[N, H / window, W / window, C]`, the rest of odd sizes dropped.
  ///
  /// The gradient goes whole to the first largest element in row-major order.
  public func maxPooled(window: Int) -> Variable {
    let geometry = PoolGeometry(shape, window: window, operation: "maxPooled")
    let g = geometry
    precondition(window * window <= 256, "maxPooled: a window of \(window) is over 16")
    var choice = [UInt8](repeating: 0, count: g.output.count)
    let y = value.scalars.withUnsafeBufferPointer { x in
      choice.withUnsafeMutableBufferPointer { choice in
        Tensor(shape: g.output) { y in
          guard let x = x.baseAddress, let choice = choice.baseAddress else { return }
          Parallel.run(blocks: g.images) { n in
            cxr_max_pool(
              x + n * g.inputStride, g.width, g.channels, g.window, g.outHeight, g.outWidth,
              y + n * g.outputStride, choice + n * g.outputStride)
          }
        }
      }
    }
    let won = choice
    return .recorded(
      y,
      (
        self,
        { dy in
          var dx = Tensor(repeating: 0, shape: g.input)
          dx.withMutableScalars { dx in
            dy.scalars.withUnsafeBufferPointer { dy in
              won.withUnsafeBufferPointer { won in
                guard let dx = dx.baseAddress, let dy = dy.baseAddress, let won = won.baseAddress
                else { return }
                Parallel.run(blocks: g.images) { n in
                  cxr_max_pool_gradient(
                    dy + n * g.outputStride, won + n * g.outputStride, g.width, g.channels,
                    g.window, g.outHeight, g.outWidth, dx + n * g.inputStride)
                }
              }
            }
          }
          return dx
        }
      ))
  }

  /// The mean of each `window × window` square, side by side without overlap:
  /// `[N, H, W, C]` → `[N, H / window, W / window, C]`, the rest of odd sizes dropped.
  public func averagePooled(window: Int) -> Variable {
    let g = PoolGeometry(shape, window: window, operation: "averagePooled")
    let share = 1 / Float(window * window)
    let x = value.scalars
    var y = [Float](repeating: 0, count: g.output.count)
    g.forEachPair { input, output in y[output] += x[input] * share }
    return .recorded(
      Tensor(y, shape: g.output),
      (
        self,
        { dy in
          var dx = [Float](repeating: 0, count: g.input.count)
          g.forEachPair { input, output in dx[input] = dy.scalars[output] * share }
          return Tensor(dx, shape: g.input)
        }
      ))
  }

  /// The mean over rows and columns: `[N, H, W, C]` → `[N, C]`, added in Double.
  public func globalAveragePooled() -> Variable {
    precondition(
      shape.rank == 4 && shape[1] > 0 && shape[2] > 0,
      "globalAveragePooled: \(shape) is not [N, H, W, C] with pixels")
    if let traced = Variable.traced(
      Operation("global average", reach: .all, keeps: []), [self], [shape[0], shape[3]])
    {
      return traced
    }
    let (input, images, area, channels) = (shape, shape[0], shape[1] * shape[2], shape[3])
    var means = [Float](repeating: 0, count: images * channels)
    value.scalars.withUnsafeBufferPointer { x in
      guard let x = x.baseAddress, channels > 0 else { return }
      for n in 0..<images {
        var sums = [Double](repeating: 0, count: channels)
        cxr_column_sums(x + n * area * channels, area, channels, &sums)
        for c in 0..<channels { means[n * channels + c] = Float(sums[c] / Double(area)) }
      }
    }
    return .recorded(
      Tensor(means, shape: [images, channels]),
      (
        self,
        { dy in
          let share = dy.scaled(by: 1 / Float(area))
          return share.scalars.withUnsafeBufferPointer { share in
            Tensor(shape: input) { dx in
              guard let share = share.baseAddress else { return }
              Parallel.run(blocks: images) { n in
                cxr_fill_rows(dx + n * area * channels, share + n * channels, area, channels)
              }
            }
          }
        }
      ))
  }
}

/// The sizes of a pooling without overlap.
private struct PoolGeometry {
  let input: Shape
  let window: Int
  let output: Shape
  var images: Int { input[0] }
  var width: Int { input[2] }
  var channels: Int { input[3] }
  var outHeight: Int { output[1] }
  var outWidth: Int { output[2] }
  var inputStride: Int { input[1] * input[2] * input[3] }
  var outputStride: Int { output[1] * output[2] * output[3] }

  init(_ input: Shape, window: Int, operation: String) {
    precondition(
      input.rank == 4 && window > 0 && input[1] >= window && input[2] >= window,
      "\(operation): \(input) is not [N, H, W, C] with room for a window of \(window)")
    self.input = input
    self.window = window
    output = [input[0], input[1] / window, input[2] / window, input[3]]
  }

  /// Calls `body` with the offset of each input element that a window covers, and its output's.
  func forEachPair(_ body: (_ input: Int, _ output: Int) -> Void) {
    for n in 0..<images {
      for y in 0..<outHeight * window {
        for x in 0..<outWidth * window {
          let from = ((n * input[1] + y) * width + x) * channels
          let to = ((n * outHeight + y / window) * outWidth + x / window) * channels
          for c in 0..<channels { body(from + c, to + c) }
        }
      }
    }
  }
}
