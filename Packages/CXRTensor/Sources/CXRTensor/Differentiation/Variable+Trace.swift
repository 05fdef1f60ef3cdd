import CXRParallel

extension TracedGraph {
  /// Traces a pass: runs `body` on shapes alone.
  ///
  /// - Parameters:
  ///   - shares: of the batch that the pass is of; `nil` for the usual ones.
  ///   - body: the pass.
  public init(in shares: BatchShares? = nil, _ body: (TraceRecorder) -> [Variable]) {
    let recorder = TraceRecorder(shares)
    let results = body(recorder)
    // Places first: a result that is a plain tensor becomes a node.
    let outputs = results.map { recorder.place(of: $0) }
    self.init(nodes: recorder.nodes, layers: recorder.layers, outputs: outputs)
  }
}

extension TraceRecorder {
  /// A value that the pass is given.
  public func input(_ shape: Shape) -> Variable { value(.input, [], shape) }

  /// A parameter, by its path.
  public func parameter(_ path: String, _ shape: Shape) -> Variable {
    value(.parameter(path), [], shape)
  }

  /// Adds a node, as the variable that it is in the pass.
  fileprivate func value(
    _ source: TracedGraph.Node.Source, _ inputs: [Int], _ shape: Shape
  ) -> Variable {
    let place = add(source, inputs, shape)
    return Variable(traced: place, of: shape, by: self)
  }

  /// Whether a variable is one that the pass is given.
  func isGiven(_ variable: Variable) -> Bool {
    variable.trace.map { nodes[$0.place].source == .input } ?? false
  }

  /// Whether a variable is what a convolution applies itself as it reads.
  func isLeftToReaders(_ variable: Variable) -> Bool {
    guard let place = variable.trace?.place, case .operation(let operation) = nodes[place].source
    else { return false }
    return operation.isLeftToReaders
  }

  /// The node of a variable; that of a tensor is a constant.
  func place(of variable: Variable) -> Int {
    guard let (recorder, place) = variable.trace else {
      return add(.constant, [], variable.shape)
    }
    precondition(recorder === self, "Variables of two traces cannot be combined")
    return place
  }
}

extension Variable {
  /// Whether the variable is a shape of a ``TracedGraph`` in the making, without elements.
  public var isTraced: Bool { trace != nil }

  /// The output of an operation in a trace; `nil` outside of one, where it is to be computed.
  ///
  /// Every operation begins with this, so that a pass runs on shapes alone:
  ///
  /// ```swift
  /// extension Variable {
  ///   func doubled() -> Variable {
  ///     if let traced = Variable.traced(TracedOperation("doubled"), [self], shape) { return traced }
  ///     return self + self
  ///   }
  /// }
  /// ```
  public static func traced(
    _ operation: @autoclosure () -> TracedOperation, _ inputs: [Variable],
    _ shape: @autoclosure () -> Shape
  ) -> Variable? {
    guard let recorder = inputs.lazy.compactMap({ $0.trace?.recorder }).first else { return nil }
    let places = inputs.map { recorder.place(of: $0) }
    return recorder.value(.operation(operation()), places, shape())
  }

  /// The output of an operation without attributes, of the same places.
  static func traced(
    _ name: String, keeps: TracedOperation.Keeping = .inputs, _ inputs: [Variable],
    _ shape: @autoclosure () -> Shape
  ) -> Variable? {
    traced(TracedOperation(name, keeps: keeps), inputs, shape())
  }
}
