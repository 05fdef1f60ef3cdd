import CXRTensor

/// Layers in a row, each with a name that becomes part of its parameters' paths.
///
/// A convolution followed by ReLU, 2×2 max-pooling and batch normalisation runs as one operation where
/// that is faster; the numbers are the same, to rounding.
public struct Sequential: Layer {
  /// The layers, first to last.
  public var layers: [(name: String, layer: any Layer)]

  /// Makes a stack of layers.
  ///
  ///     Sequential([
  ///       ("conv", Conv2D(from: 1, to: 16, kernel: 7, random: random)), ("relu", Activation.relu),
  ///     ])
  public init(_ layers: [(name: String, layer: any Layer)]) { self.layers = layers }

  public mutating func forEachParameter(
    at path: ParameterPath, _ body: (ParameterPath, inout Parameter) -> Void
  ) {
    for i in layers.indices {
      layers[i].layer.forEachParameter(at: path / layers[i].name, body)
    }
  }

  public func callAsFunction(_ input: Variable, in pass: inout Pass) -> Variable {
    var (x, i) = (input, 0)
    while i < layers.count {
      if let block = FusedBlock(layers[i...].map(\.layer), input: x, mode: pass.mode) {
        x = block(x, in: &pass)
        i += FusedBlock.length
      } else {
        x = layers[i].layer(x, in: &pass)
        i += 1
      }
    }
    return x
  }

  public func outputShape(for shape: Shape) throws -> Shape {
    try layers.reduce(shape) { try $1.layer.outputShape(for: $0) }
  }

  public var kind: String { "Sequential" }

  /// A table of every layer with its output shape and number of parameters.
  /// - Throws: ``NetError`` when a layer does not fit an input of `shape`.
  public func summary(for shape: Shape) throws -> String {
    var (rows, current) = ([["layer", "kind", "output shape", "parameters"]], shape)
    for (name, layer, output) in try flattened(for: &current) {
      rows.append([name, layer.kind, "\(output)", "\(layer.parameterCount)"])
    }
    let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
    var lines = rows.map { row in
      let cells = (0..<4).map { column -> String in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return column == 3 ? space + row[column] : row[column] + space
      }
      return cells.joined(separator: "  ")
    }
    lines.insert(String(repeating: "─", count: widths.reduce(6, +)), at: 1)
    lines.append(
      "\(parameterCount) parameters, \(trainableParameterCount) of them trained")
    return lines.joined(separator: "\n")
  }

  private func flattened(
    for shape: inout Shape, at path: String = ""
  ) throws -> [(String, any Layer, Shape)] {
    var all: [(String, any Layer, Shape)] = []
    for (name, layer) in layers {
      if let inner = layer as? Sequential {
        all += try inner.flattened(for: &shape, at: path + name + "/")
      } else {
        shape = try layer.outputShape(for: shape)
        all.append((path + name, layer, shape))
      }
    }
    return all
  }
}
