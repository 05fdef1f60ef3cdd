import CXRParallel
import CXRTensor

extension Layer {
  /// What the layer does to an input, by one pass on shapes alone: no memory is taken and nothing is computed.
  ///
  /// - Parameters:
  ///   - shape: of the input.
  ///   - mode: whether the pass trains or predicts.
  ///   - fusing: whether layers that run as one operation are one, as when they compute.
  public func traced(
    _ shape: Shape, mode: Pass.Mode = .inference, fusing: Bool = false
  ) -> TracedGraph {
    traced(mode: mode, fusing: fusing) { layer, recorder, pass in
      layer(recorder.input(shape), in: &pass)
    }
  }

  /// What `body` does with the layer.
  func traced(
    mode: Pass.Mode, fusing: Bool,
    _ body: (Self, TraceRecorder, inout Pass) -> Variable
  ) -> TracedGraph {
    var bound = self
    return TracedGraph { recorder in
      var leaves: [Variable] = []
      bound.forEachParameter(at: .root) { path, parameter in
        parameter.slot = leaves.count
        leaves.append(recorder.parameter(path.description, parameter.value.shape))
      }
      var pass = Pass(
        mode: mode, random: RandomStream(seed: 0), leaves: leaves, recorder: recorder,
        fusesLayers: fusing)
      return [body(bound, recorder, &pass)]
    }
  }

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

extension FilmClassifier {
  /// A table of every layer with its output shape and number of parameters, for one film.
  public var summary: String {
    // The initialiser has checked that every layer fits this size.
    (try? summary(for: [1, imageSize, imageSize, 1])) ?? ""
  }

  private var mapsGraph: TracedGraph {
    traced(mode: .inference, fusing: false) { model, recorder, pass in
      model.featureMaps(recorder.input([1, model.imageSize, model.imageSize, 1]), in: &pass)
    }
  }

  /// The number of features a film: the channels of the feature maps.
  public var featureCount: Int {
    let graph = mapsGraph
    return graph.nodes[graph.outputs[0]].shape[-1]
  }

  /// Where the cells of the feature maps lie on the network's input.
  ///
  /// Traps for a network whose maps do not keep rows and columns.
  public var grid: ReceptiveGrid {
    guard let grid = ReceptiveGrid(of: mapsGraph) else {
      preconditionFailure("\(Self.recordedName): its feature maps do not keep rows and columns")
    }
    return grid
  }

  /// The most memory that a step on so many films takes besides the program's, in bytes: values, gradients, weights
  /// and two numbers a weight that an optimizer keeps. From above.
  public func trainingBytes(batchSize: Int) -> Int {
    let graph = traced(
      [batchSize, imageSize, imageSize, 1], mode: .training, fusing: true)
    // The network validates between its epochs.
    let prediction = traced([batchSize, imageSize, imageSize, 1], mode: .inference, fusing: true)
    return max(graph.trainingBytes + prediction.cachedBytes, prediction.inferenceBytes)
      + 3 * 4 * parameterCount
  }

  /// The same of a prediction.
  public func inferenceBytes(batchSize: Int) -> Int {
    let graph = traced([batchSize, imageSize, imageSize, 1], mode: .inference, fusing: true)
    return graph.inferenceBytes + 4 * parameterCount
  }
}
