import CXRTensor

/// What a multi-label classifier minimises, from logits.
///
///     let focal = Loss("focal") { logits, labels in
///       let p = logits.sigmoid()
///       …                                    // [N, K], one number a film and finding
///     }
public struct Loss: Sendable {
  /// As files record it.
  public let name: String
  private let value: @Sendable (_ logits: Variable, _ labels: Tensor) -> Variable

  /// A loss that is the mean, over what is known, of a number a film and finding.
  ///
  /// - Parameters:
  ///   - name: as files record it.
  ///   - terms: logits and labels `[N, K]` → `[N, K]`. Labels are in 0…1; for unknown ones it is given 0, and what
  ///     it gives for them is left out.
  public init(
    _ name: String, terms: @escaping @Sendable (_ logits: Variable, _ labels: Tensor) -> Variable
  ) {
    self.init(reducing: name) { logits, labels in
      let known = labels.scalars.map { $0.isNaN ? Float(0) : 1 }
      let given = Tensor(labels.scalars.map { $0.isNaN ? 0 : $0 }, shape: labels.shape)
      let values = terms(logits, given)
      precondition(
        values.shape == labels.shape,
        "Loss \(name): \(values.shape) is not one number a film and finding, \(labels.shape)")
      let sum = values.multiplied(by: Tensor(known, shape: labels.shape)).sum()
      return sum / max(1, known.reduce(0, +))
    }
  }

  /// A loss of its own reduction, which leaves out labels of NaN itself.
  init(
    reducing name: String,
    _ value: @escaping @Sendable (_ logits: Variable, _ labels: Tensor) -> Variable
  ) {
    (self.name, self.value) = (name, value)
  }

  /// The loss of a batch: logits and labels `[N, K]` → a scalar, in nats. A label of NaN is unknown and
  /// left out.
  public func callAsFunction(logits: Variable, labels: Tensor) -> Variable {
    value(logits, labels)
  }
}
