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
  ///   - shares: how the batch is cut where its films are summed over; the result depends on it, and not on threads.
  ///     Where none is said, each operation cuts its own input into the standard number.
  ///   - isFrozen: whether a parameter is taken as it is: a weight has no gradient then, and a normalisation whose
  ///     averages are frozen uses them in place of the batch's.
  ///   - loss: gets the module with its parameters on a tape; returns a scalar.
  public func gradients(
    random: RandomStream, shares: BatchShares? = nil,
    freezing isFrozen: (ParameterPath) -> Bool = { _ in false },
    of loss: (Self, inout Pass) throws -> Variable
  ) rethrows -> Gradients {
    var bound = self
    var (values, frozen): ([Tensor], Set<Int>) = ([], [])
    bound.forEachParameter(at: .root) { path, parameter in
      parameter.slot = values.count
      values.append(parameter.value)
      if isFrozen(path) { frozen.insert(parameter.slot) }
    }
    let trained = values.indices.filter { !frozen.contains($0) }
    var statistics: [Int: Tensor] = [:]
    let (value, tensors) = try Variable.differentiate(trained.map { values[$0] }, shares: shares) {
      leaves in
      var all = values.map { Variable($0, in: shares) }
      for (slot, leaf) in zip(trained, leaves) { all[slot] = leaf }
      var pass = Pass(
        mode: .training, random: random, leaves: all, frozen: frozen, shares: shares)
      let result = try loss(bound, &pass)
      statistics = pass.statistics
      return result
    }
    var gradients = [Tensor?](repeating: nil, count: values.count)
    for (slot, tensor) in zip(trained, tensors) { gradients[slot] = tensor }
    return Gradients(loss: value.scalar, tensors: gradients, statistics: statistics)
  }
}
