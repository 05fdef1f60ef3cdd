import CXRTensor

extension Padding {
  /// Traps on what no pooling takes.
  static func check(_ padding: Padding, window: Int, stride: Int, layer: String) {
    precondition(
      window > 0 && stride > 0, "\(layer): a window of \(window) at a stride of \(stride)")
    precondition(
      padding.suits(window: window),
      "\(layer): padding \(padding) is over half a window of \(window)")
  }

  /// What pooling makes of `[N, H, W, C]`.
  /// - Throws: ``NetError/layerDoesNotFit(layer:input:)`` where no window fits.
  func pooledShape(of shape: Shape, window: Int, stride: Int, layer: String) throws -> Shape {
    guard shape.rank == 4, shape[1] > 0, shape[2] > 0 else {
      throw NetError.layerDoesNotFit(layer: layer, input: "\(shape)")
    }
    let rows = output(size: shape[1], kernel: window, stride: stride).size
    let columns = output(size: shape[2], kernel: window, stride: stride).size
    guard rows > 0, columns > 0 else {
      throw NetError.layerDoesNotFit(layer: layer, input: "\(shape)")
    }
    return [shape[0], rows, columns, shape[3]]
  }
}
