import CXRTensor

/// One line of a summary.
struct SummaryRow {
  let path: String
  let kind: String
  let output: Shape
  let parameters: Int
}

/// A layer of layers, which a summary shows one by one.
protocol LayerGroup: Layer {
  /// The lines of what is inside, which turns an input of `shape` into an output of it. `path` is the group's own.
  func summaryRows(for shape: inout Shape, at path: String) throws -> [SummaryRow]
}

extension LayerGroup {
  /// The line in which what is inside comes together; its parameters stand in theirs.
  fileprivate func meeting(of input: Shape, at path: String) throws -> SummaryRow {
    SummaryRow(path: path, kind: kind, output: try outputShape(for: input), parameters: 0)
  }
}

extension Sequential: LayerGroup {
  func summaryRows(for shape: inout Shape, at path: String) throws -> [SummaryRow] {
    try layers.flatMap { name, layer in
      let path = path.isEmpty ? name : path + "/" + name
      if let group = layer as? any LayerGroup {
        return try group.summaryRows(for: &shape, at: path)
      }
      shape = try layer.outputShape(for: shape)
      return [
        SummaryRow(
          path: path, kind: layer.kind, output: shape, parameters: layer.parameterCount)
      ]
    }
  }
}

extension Residual: LayerGroup {
  func summaryRows(for shape: inout Shape, at path: String) throws -> [SummaryRow] {
    var (inner, kept) = (shape, shape)
    let rows =
      try body.summaryRows(for: &inner, at: path + "/body")
      + (shortcut?.summaryRows(for: &kept, at: path + "/shortcut") ?? [])
    let meeting = try meeting(of: shape, at: path)
    shape = meeting.output
    return rows + [meeting]
  }
}

extension DenselyConnected: LayerGroup {
  func summaryRows(for shape: inout Shape, at path: String) throws -> [SummaryRow] {
    var inner = shape
    let rows = try body.summaryRows(for: &inner, at: path + "/body")
    let meeting = try meeting(of: shape, at: path)
    shape = meeting.output
    return rows + [meeting]
  }
}
