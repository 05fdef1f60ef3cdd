import CXRTensor

/// Where the cells of a network's feature map lie on its input: cell i is centred on pixel `first + i * step`.
///
/// Valid convolutions and pooling cut the border, so the outermost cells are centred inside the film.
public struct ReceptiveGrid: Sendable, Equatable {
  /// The first cell's centre, in pixels from the first pixel's centre.
  public private(set) var first = 0.0
  /// Pixels from cell to cell.
  public private(set) var step = 1.0

  /// One cell a pixel.
  public init() {}

  /// The grid after `layers`, on an input of `size` pixels a side, along one axis.
  ///
  /// - Returns: `nil` where a layer is neither a convolution, nor a pooling, nor one that keeps places.
  public init?(after layers: Sequential, size: Int) {
    var size = size
    guard append(layers, size: &size) else { return nil }
  }

  private mutating func append(_ layers: Sequential, size: inout Int) -> Bool {
    for (_, layer) in layers.layers {
      switch layer {
      case let inner as Sequential:
        guard append(inner, size: &size) else { return false }
      case let conv as Conv2D:
        let kernel = conv.kernel.value.shape[0]
        let output = conv.padding.output(size: size, kernel: kernel, stride: conv.stride)
        append(window: kernel, stride: conv.stride, before: output.before)
        size = output.size
      case let pool as MaxPool:
        append(window: pool.window, stride: pool.window)
        size /= pool.window
      case is Activation, is BatchNorm, is Dropout: break
      default: return false
      }
    }
    return true
  }

  /// Adds a layer that looks through windows.
  ///
  /// - Parameters:
  ///   - window: pixels a side.
  ///   - stride: pixels from window to window.
  ///   - before: how far the first window stands before the first pixel.
  public mutating func append(window: Int, stride: Int, before: Int = 0) {
    first += (Double(window - 1) / 2 - Double(before)) * step
    step *= Double(stride)
  }
}
