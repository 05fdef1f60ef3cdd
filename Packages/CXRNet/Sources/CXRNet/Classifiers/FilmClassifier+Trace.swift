import CXRTensor

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
}
