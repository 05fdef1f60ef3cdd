import CXRParallel
import CXRTensor

extension Layer {
  /// What the layer does to an input, by one pass on shapes alone: no memory is taken and nothing is computed.
  ///
  /// - Parameters:
  ///   - shape: of the input.
  ///   - mode: whether the pass trains or predicts.
  ///   - fusing: whether layers that run as one operation are one, as when they compute.
  ///   - shares: of the batch; `nil` for the usual ones.
  public func traced(
    _ shape: Shape, mode: Pass.Mode = .inference, fusing: Bool = false,
    in shares: BatchShares? = nil
  ) -> TracedGraph {
    traced(mode: mode, fusing: fusing, in: shares) { layer, recorder, pass in
      layer(recorder.input(shape), in: &pass)
    }
  }

  /// What `body` does with the layer.
  func traced(
    mode: Pass.Mode, fusing: Bool, in shares: BatchShares? = nil,
    _ body: (Self, TraceRecorder, inout Pass) -> Variable
  ) -> TracedGraph {
    var bound = self
    return TracedGraph(in: shares) { recorder in
      var leaves: [Variable] = []
      bound.forEachParameter(at: .root) { path, parameter in
        parameter.slot = leaves.count
        leaves.append(recorder.parameter(path.description, parameter.value.shape))
      }
      var pass = Pass(
        mode: mode, random: RandomStream(seed: 0), leaves: leaves, shares: shares,
        recorder: recorder,
        fusesLayers: fusing)
      return [body(bound, recorder, &pass)]
    }
  }
}
