import CXRTensor

/// What a multi-label classifier minimises, from logits.
///
/// ```swift
/// let squares = Loss("squares") { logits, labels in
///   (logits.sigmoid() - Variable(labels)).squared()   // [N, K], one number a film and finding
/// }
/// ```
public struct Loss: Sendable {
  /// As files record it.
  public let name: String
  private let value: @Sendable (_ logits: Variable, _ labels: Tensor) -> Variable
  private let count: @Sendable (_ labels: Tensor) -> Double

  /// A loss that is the mean, over what is known, of a number a film and finding.
  ///
  /// - Parameters:
  ///   - name: as files record it.
  ///   - terms: logits and labels `[N, K]` → `[N, K]`. Labels are in 0…1; where one is unknown, logit and label are 0,
  ///     and what it gives there is left out, be it no number.
  public init(
    _ name: String, terms: @escaping @Sendable (_ logits: Variable, _ labels: Tensor) -> Variable
  ) {
    self.init(reducing: name, over: Self.known) { logits, labels in
      let known = labels.scalars.map { !$0.isNaN }
      let given = Tensor(labels.scalars.map { $0.isNaN ? 0 : $0 }, shape: labels.shape)
      let values = terms(logits.keeping(known), given)
      precondition(
        values.shape == labels.shape,
        "Loss \(name): \(values.shape) is not one number a film and finding, \(labels.shape)")
      return values.keeping(known).sum() / Float(max(1, logits.countInBatch(known.count { $0 })))
    }
  }

  /// A loss of its own reduction, which leaves out labels of NaN itself, and the number that it is a mean over, 0 perhaps.
  init(
    reducing name: String, over count: @escaping @Sendable (_ labels: Tensor) -> Double,
    _ value: @escaping @Sendable (_ logits: Variable, _ labels: Tensor) -> Variable
  ) {
    (self.name, self.value, self.count) = (name, value, count)
  }

  /// The number of known labels.
  static func known(_ labels: Tensor) -> Double {
    Double(labels.scalars.count { !$0.isNaN })
  }

  /// What the loss of a batch counts beside those of others: the mean of losses so weighed is the loss of all their films. 0
  /// where nothing of the batch is known.
  public func weight(labels: Tensor) -> Double { count(labels) }

  /// The loss of a batch: logits and labels `[N, K]` → a scalar, in nats. A label of NaN is unknown and
  /// left out.
  public func callAsFunction(logits: Variable, labels: Tensor) -> Variable {
    value(logits, labels)
  }
}

extension Variable {
  /// The elements that are kept, and zeros for the others, whose gradients are zeros.
  fileprivate func keeping(_ isKept: [Bool]) -> Variable {
    func kept(_ tensor: Tensor) -> Tensor {
      Tensor(zip(tensor.scalars, isKept).map { $1 ? $0 : 0 }, shape: tensor.shape)
    }
    return .recorded(kept(value), (self, kept))
  }
}
