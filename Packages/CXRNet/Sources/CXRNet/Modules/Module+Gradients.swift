import CXRParallel
import CXRTensor

extension Module {
  /// Sets the statistics that the pass asked for, such as moving averages; an optimizer sets none.
  public mutating func setStatistics(_ gradients: Gradients) {
    var slot = 0
    forEachParameter(at: .root) { _, parameter in
      defer { slot += 1 }
      if let value = gradients.statistics[slot] { parameter.value = value }
    }
  }

  /// The value of `loss` in a training pass and its gradient for each parameter.
  ///
  /// - Parameters:
  ///   - random: what dropout and the like draw from in this pass.
  ///   - loss: gets the module with its parameters on a tape; returns a scalar.
  public func gradients(
    random: RandomStream, of loss: (Self, inout Pass) throws -> Variable
  ) rethrows -> Gradients {
    var bound = self
    var values: [Tensor] = []
    bound.forEachParameter(at: .root) { _, parameter in
      parameter.slot = values.count
      values.append(parameter.value)
    }
    var statistics: [Int: Tensor] = [:]
    let (value, tensors) = try Variable.differentiate(values) { leaves in
      var pass = Pass(mode: .training, random: random, leaves: leaves)
      let result = try loss(bound, &pass)
      statistics = pass.statistics
      return result
    }
    return Gradients(loss: value.scalar, tensors: tensors, statistics: statistics)
  }
}
