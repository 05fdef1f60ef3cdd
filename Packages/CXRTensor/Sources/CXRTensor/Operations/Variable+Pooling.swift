import CXRParallel
import CTensorKernels

extension Variable {
  /// The largest element of each `window × window` square: `[N, H, W, C]` → `[N, H′, W′, C]`, with H′
  /// and W′ by ``Padding/output(size:kernel:stride:)``; what no window reaches is dropped.
  ///
  /// Cells that padding adds never win, whatever the elements are. The gradient goes whole to the first
  /// largest element in row-major order, and is summed where windows overlap. Traps where no window fits,
  /// where padding is more than half a window, and on windows over 16.
  ///
  /// - Parameters:
  ///   - window: pixels a side, at most 16.
  ///   - stride: pixels from window to window; `nil` for windows side by side.
  ///   - padding: what happens at the border.
  public func maxPooled(
    window: Int, stride: Int? = nil, padding: Padding = .valid
  ) -> Variable {
    let g = PoolGeometry(
      shape, window: window, stride: stride ?? window, padding: padding, operation: "maxPooled")
    precondition(window * window <= 256, "maxPooled: a window of \(window) is over 16")
    if let traced = Variable.traced(
      g.operation("maximum", keeps: [], kept: g.output.count), [self], g.output)
    {
      return traced
    }
    let choice = PoolChoice(count: g.output.count)
    let y = value.scalars.withUnsafeBufferPointer { x in
      Tensor(shape: g.output) { y in
        guard let x = x.baseAddress else { return }
        g.forEachImage { n, windows in
          cxr_max_pool(
            windows, x + n * g.inputStride, y + n * g.outputStride,
            choice.base + n * g.outputStride)
        }
      }
    }
    return .recorded(
      y,
      (
        self,
        { dy in
          var dx = Tensor(repeating: 0, shape: g.input)
          dx.withMutableScalars { dx in
            dy.scalars.withUnsafeBufferPointer { dy in
              guard let dx = dx.baseAddress, let dy = dy.baseAddress else { return }
              g.forEachImage { n, windows in
                cxr_max_pool_gradient(
                  windows, dy + n * g.outputStride, choice.base + n * g.outputStride,
                  dx + n * g.inputStride)
              }
            }
          }
          return dx
        }
      ))
  }

  /// The mean of each `window × window` square: `[N, H, W, C]` → `[N, H′, W′, C]`, with H′ and W′ by
  /// ``Padding/output(size:kernel:stride:)``; what no window reaches is dropped.
  ///
  /// Traps where no window fits and where padding is more than half a window.
  ///
  /// - Parameters:
  ///   - window: pixels a side.
  ///   - stride: pixels from window to window; `nil` for windows side by side.
  ///   - padding: what happens at the border.
  ///   - countsPadding: whether cells that padding adds count as zeros, as PyTorch's
  ///     `count_include_pad`; else the mean is of elements alone, as TensorFlow's.
  public func averagePooled(
    window: Int, stride: Int? = nil, padding: Padding = .valid, countsPadding: Bool = false
  ) -> Variable {
    let g = PoolGeometry(
      shape, window: window, stride: stride ?? window, padding: padding, operation: "averagePooled")
    if let traced = Variable.traced(
      g.operation("mean", ["counts_padding": countsPadding ? 1 : 0], keeps: []), [self], g.output)
    {
      return traced
    }
    let counts: Int32 = countsPadding ? 1 : 0
    let y = value.scalars.withUnsafeBufferPointer { x in
      Tensor(shape: g.output) { y in
        guard let x = x.baseAddress else { return }
        g.forEachImage { n, windows in
          cxr_average_pool(windows, counts, x + n * g.inputStride, y + n * g.outputStride)
        }
      }
    }
    return .recorded(
      y,
      (
        self,
        { dy in
          var dx = Tensor(repeating: 0, shape: g.input)
          dx.withMutableScalars { dx in
            dy.scalars.withUnsafeBufferPointer { dy in
              guard let dx = dx.baseAddress, let dy = dy.baseAddress else { return }
              g.forEachImage { n, windows in
                cxr_average_pool_gradient(
                  windows, counts, dy + n * g.outputStride, dx + n * g.inputStride)
              }
            }
          }
          return dx
        }
      ))
  }

  /// The mean over rows and columns: `[N, H, W, C]` → `[N, C]`, added in Double.
  public func globalAveragePooled() -> Variable {
    precondition(
      shape.rank == 4 && shape[1] > 0 && shape[2] > 0,
      "globalAveragePooled: \(shape) is not [N, H, W, C] with pixels")
    if let traced = Variable.traced(
      TracedOperation("global average", reach: .all, keeps: []), [self], [shape[0], shape[3]])
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

/// Which pixel of its window each output is, a byte an element, in memory that is kept between steps.
private final class PoolChoice: Sendable {
  private let memory: FloatBuffer
  var base: UnsafeMutablePointer<UInt8> {
    UnsafeMutableRawPointer(memory.base).assumingMemoryBound(to: UInt8.self)
  }

  init(count: Int) {
    let each = MemoryLayout<Float>.stride
    memory = FloatBuffer(count: (count + each - 1) / each)
  }
}

/// The sizes of a pooling.
private struct PoolGeometry {
  let input: Shape
  let output: Shape
  private let windows: cxr_windows
  var inputStride: Int { input[1] * input[2] * input[3] }
  var outputStride: Int { output[1] * output[2] * output[3] }

  init(_ input: Shape, window: Int, stride: Int, padding: Padding, operation: String) {
    precondition(
      input.rank == 4 && window > 0 && stride > 0,
      "\(operation): window \(window), stride \(stride) for \(input), which is to be [N, H, W, C]")
    precondition(
      padding.suits(window: window),
      "\(operation): padding \(padding) is over half a window of \(window), so that windows would hold no pixel"
    )
    let rows = padding.output(size: input[1], kernel: window, stride: stride)
    let columns = padding.output(size: input[2], kernel: window, stride: stride)
    precondition(
      input[1] > 0 && input[2] > 0 && rows.size > 0 && columns.size > 0,
      "\(operation): \(input) is not [N, H, W, C] with room for a window of \(window)")
    self.input = input
    output = [input[0], rows.size, columns.size, input[3]]
    windows = cxr_windows(
      height: input[1], width: input[2], channels: input[3], window: window, stride: stride,
      pad_top: rows.before, pad_left: columns.before, out_height: rows.size,
      out_width: columns.size)
  }

  /// The pooling as an operation of a trace.
  func operation(
    _ name: String, _ attributes: [String: Double] = [:], keeps: TracedOperation.Keeping,
    kept: Int = 0
  ) -> TracedOperation {
    TracedOperation(
      name + " of windows",
      attributes.merging([
        "size": Double(windows.window), "stride": Double(windows.stride),
        "top": Double(windows.pad_top), "left": Double(windows.pad_left),
      ]) { $1 },
      reach: .windows([
        TracedOperation.Window(
          size: Int(windows.window), stride: Int(windows.stride), before: Int(windows.pad_top))
      ]), keeps: keeps, kept: kept)
  }

  /// Calls `body` for each image: an image is one thread's, so sums have the same order on any number.
  func forEachImage(_ body: (_ image: Int, _ windows: UnsafePointer<cxr_windows>) -> Void) {
    withUnsafePointer(to: windows) { windows in Parallel.run(blocks: input[0]) { body($0, windows) }
    }
  }
}
