import CXRParallel

/// A tensor in a forward pass that may be on a tape.
///
/// A variable lives within one pass and one thread; it is not `Sendable`. A constant records
/// nothing, so inference pays nothing:
///
/// ```swift
/// let x = Tensor([1, -2], shape: [2])
/// let y = Variable(x).relu()                      // constant: no tape
/// let (value, gradients) = Variable.differentiate([x]) { $0[0].relu().sum() }
/// ```
public struct Variable {
  private enum Content {
    case tensor(Tensor)
    case pending(PendingNormalization)
    case rectified(PendingRectification)
    case traced(TraceRecorder, place: Int, Shape)
  }
  private let content: Content
  private let tape: Tape?
  private let index: Int
  private let cut: BatchShares?
  /// Whether the variable follows from the batch's images, so that its first axis is theirs where it is divided among ranks.
  let isOfBatch: Bool
  /// Mean and deviation of the values over all axes but the last, where who made them knows.
  let moments: BatchMoments?

  /// How the gradient of an operation's output becomes the gradient of one of its inputs; both
  /// have the shapes of the values they belong to.
  public typealias Pullback = (_ outputGradient: Tensor) -> Tensor

  /// The same of a gradient that may still travel between ranks.
  typealias PendingPullback = (_ outputGradient: Tensor) -> PendingGradient

  /// What the variable holds.
  public var value: Tensor {
    switch content {
    case .tensor(let tensor): tensor
    case .pending(let normalization): normalization.value
    case .rectified(let rectification): rectification.value
    case .traced(_, _, let shape):
      preconditionFailure(
        "a traced variable of shape \(shape) has no elements; an operation of one's own begins with "
          + "Variable.traced(_:_:_:)")
    }
  }

  /// The shape of ``value``.
  public var shape: Shape {
    switch content {
    case .tensor(let tensor): tensor.shape
    case .pending(let normalization): normalization.values.shape
    case .rectified(let rectification): rectification.operation.shape
    case .traced(_, _, let shape): shape
    }
  }

  /// What a gradient of it needs where its values are not.
  var extent: OperandExtent { OperandExtent(shape: shape, isOfBatch: isOfBatch) }

  /// The normalisation that is still to be applied, if one is.
  var normalization: PendingNormalization? {
    if case .pending(let normalization) = content { normalization } else { nil }
  }

  /// The normalisation and the ReLU that are still to be applied, if they are.
  var rectification: RectifiedNormalization? {
    if case .rectified(let rectification) = content { rectification.operation } else { nil }
  }

  /// The trace that the variable belongs to, and its node; `nil` of one with elements.
  var trace: (recorder: TraceRecorder, place: Int)? {
    if case .traced(let recorder, let place, _) = content { (recorder, place) } else { nil }
  }

  /// A value of a trace.
  init(traced place: Int, of shape: Shape, by recorder: TraceRecorder) {
    self.init(
      .traced(recorder, place: place, shape), tape: nil, index: -1, shares: recorder.shares)
  }

  /// Whether the variable is on a tape, so that a gradient may be asked of it.
  public var isRecorded: Bool { tape != nil }

  /// A constant: no gradient flows into it.
  ///
  /// - Parameters:
  ///   - constant: its value.
  ///   - shares: of the batch of the pass that it is in, as its leaves have; what is made of it is of that batch.
  public init(_ constant: Tensor, in shares: BatchShares? = nil) {
    self.init(.tensor(constant), tape: nil, index: -1, shares: shares)
  }

  /// Images of a batch, or what is known of each, `[N, …]`: where the batch is divided among ranks, those that are here.
  public init(images: Tensor, in shares: BatchShares?) {
    self.init(.tensor(images), tape: nil, index: -1, shares: shares, isOfBatch: true)
  }

  private init(
    _ content: Content, tape: Tape?, index: Int, shares: BatchShares? = nil,
    isOfBatch: Bool = false, moments: BatchMoments? = nil
  ) {
    (self.content, self.tape, self.index) = (content, tape, index)
    (cut, self.isOfBatch, self.moments) = (shares, isOfBatch, moments)
  }

  /// How the batch that the variable is of is cut where images are summed over; `nil` where nobody said. What is the same on
  /// every rank is summed by each for itself.
  var shares: BatchShares? { isOfBatch ? cut : cut?.undivided }

  /// How the batch of an operation's inputs is cut.
  static func shares(of inputs: [Variable]) -> BatchShares? {
    let known = inputs.filter { $0.cut != nil }
    return (known.first(where: \.isOfBatch) ?? known.first)?.shares
  }

  /// The result of an operation with one pullback an input.
  ///
  /// Only inputs that are on a tape keep their pullback: the first layer of a network never
  /// computes the gradient of the image.
  public static func recorded(_ value: Tensor, _ inputs: (Variable, Pullback)...) -> Variable {
    recorded(value, inputs)
  }

  /// The result of an operation with any number of inputs.
  public static func recorded(_ value: Tensor, _ inputs: [(Variable, Pullback)]) -> Variable {
    recorded(.tensor(value), pending(inputs))
  }

  /// The result of an operation whose gradients may still travel between ranks.
  static func recorded(_ value: Tensor, pending inputs: [(Variable, PendingPullback)]) -> Variable {
    recorded(.tensor(value), inputs)
  }

  /// The result of an operation whose normalisation is left to the next one; gradients are those of
  /// the normalised values.
  static func recorded(
    _ normalization: PendingNormalization, pending inputs: [(Variable, PendingPullback)]
  ) -> Variable {
    recorded(.pending(normalization), inputs)
  }

  /// The result of a normalisation and a ReLU that are left to the next operation; gradients are those of the rectified
  /// values.
  static func recorded(
    _ rectification: PendingRectification, _ inputs: [(Variable, Pullback)]
  ) -> Variable {
    recorded(.rectified(rectification), pending(inputs))
  }

  /// The result of an operation that has summed its values up.
  static func recorded(
    _ value: Tensor, moments: BatchMoments?, pending inputs: [(Variable, PendingPullback)]
  ) -> Variable {
    recorded(.tensor(value), inputs, moments: moments)
  }

  /// Pullbacks whose gradients are formed at once.
  private static func pending(
    _ inputs: [(Variable, Pullback)]
  ) -> [(Variable, PendingPullback)] {
    inputs.map { variable, pullback in (variable, { PendingGradient(pullback($0)) }) }
  }

  private static func recorded(
    _ value: Content, _ inputs: [(Variable, PendingPullback)], moments: BatchMoments? = nil
  ) -> Variable {
    var tape: Tape?
    var edges: [Tape.Edge] = []
    let shares = inputs.lazy.compactMap(\.0.cut).first
    let isOfBatch = inputs.contains(where: \.0.isOfBatch)
    for (input, pullback) in inputs {
      guard let inputTape = input.tape else { continue }
      precondition(tape == nil || tape === inputTape, "Variables of two tapes cannot be combined")
      tape = inputTape
      edges.append(Tape.Edge(input: input.index, pullback: pullback))
    }
    guard let tape else {
      return Variable(
        value, tape: nil, index: -1, shares: shares, isOfBatch: isOfBatch, moments: moments)
    }
    return Variable(
      value, tape: tape, index: tape.append(edges), shares: shares, isOfBatch: isOfBatch,
      moments: moments)
  }

  /// Puts `leaves` on a new tape, calls `function`, and returns its value with the gradient of each
  /// leaf, `nil` for a leaf that the value does not depend on.
  ///
  /// The result of `function` must have one element; a variable must not outlive the call.
  ///
  /// - Parameters:
  ///   - leaves: whose gradients are asked for.
  ///   - shares: how the batch that `function` works on is cut where images are summed over; where none is said, each
  ///     operation cuts its own first axis into the standard number.
  ///   - function: of the leaves.
  public static func differentiate(
    _ leaves: [Tensor], shares: BatchShares? = nil, _ function: ([Variable]) throws -> Variable
  ) rethrows -> (value: Tensor, gradients: [Tensor?]) {
    let tape = Tape()
    let variables = leaves.map {
      Variable(.tensor($0), tape: tape, index: tape.append([]), shares: shares)
    }
    let result = try function(variables)
    precondition(
      result.shape.count == 1, "Only a value of one element has a gradient, not \(result.shape)")
    guard result.tape != nil else {
      return (result.value, [Tensor?](repeating: nil, count: leaves.count))
    }
    precondition(result.tape === tape, "The differentiated value belongs to another tape")
    let gradients = tape.gradients(
      of: result.index, seed: Tensor(repeating: 1, shape: result.shape), leafCount: leaves.count)
    return (result.value, gradients)
  }
}
