import CXRTensor

extension Layer {
  /// A table of every layer with its output shape and number of parameters.
  /// - Throws: ``NetError`` when a layer does not fit an input of `shape`.
  public func summary(for shape: Shape) throws -> String {
    _ = try outputShape(for: shape)
    let graph = traced(shape)
    let working = Set(
      graph.nodes.compactMap { node -> String? in
        if case .operation = node.source { node.scope } else { nil }
      })
    var rows = [["layer", "kind", "output shape", "parameters"]]
    for layer in graph.layers where !layer.hasInner || working.contains(layer.path) {
      rows.append([
        layer.path, layer.kind, "\(layer.shape)", "\(layer.hasInner ? 0 : layer.parameterCount)",
      ])
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
}
