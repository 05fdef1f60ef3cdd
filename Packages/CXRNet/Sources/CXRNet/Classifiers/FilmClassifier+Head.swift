import CXRTensor

extension FilmClassifier {
  /// The paths of the parameters that make logits of features: the network's head.
  public var headParameters: Set<String> {
    let channels = featureCount
    let graph = traced(mode: .inference, fusing: false) { model, recorder, pass in
      model.logits(ofFeatures: recorder.input([1, channels]), in: &pass)
    }
    let used = Set(graph.nodes.flatMap(\.inputs))
    return Set(
      graph.nodes.enumerated().compactMap { place, node in
        if case .parameter(let path) = node.source, used.contains(place) { path } else { nil }
      })
  }

  /// The largest share of an old average that a normalisation keeps in a step, in 0…1; `nil` where there is no
  /// normalisation with averages.
  public var slowestMomentum: Float? {
    var found: Float?
    _ = traced(mode: .training, fusing: true) { model, recorder, pass in
      let logits = model(
        recorder.input([2, model.imageSize, model.imageSize, 1]), in: &pass)
      found = pass.slowestMomentum
      return logits
    }
    return found
  }
}
