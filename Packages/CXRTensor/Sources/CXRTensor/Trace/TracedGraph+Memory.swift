extension TracedGraph {
  /// The most bytes that the pass of a step takes at once, forward and backward: values that gradients need, gradients
  /// on their way, what operations take besides; without parameters. From above.
  public var trainingBytes: Int {
    let kept = keptForGradients
    let isRecorded = recorded
    var (held, most) = (0, 0)
    // Forward: what is kept of the nodes so far, and what the operation itself reads and writes.
    var heldAfter: [Int] = []
    for (place, node) in nodes.enumerated() {
      guard case .operation(let operation) = node.source else {
        held += isParameter(node) ? 0 : node.bytes
        heldAfter.append(held)
        continue
      }
      let passing = (node.inputs + [place]).reduce(0) { sum, part in
        kept[part] || !isOperation(nodes[part]) ? sum : sum + nodes[part].bytes
      }
      held += (kept[place] ? node.bytes : 0) + operation.kept
      heldAfter.append(held)
      most = max(most, held + passing + operation.scratch)
    }
    // Backward: kept values are let go as their operations are passed.
    var gradients = [Int](repeating: 0, count: nodes.count)
    for output in outputs { gradients[output] = nodes[output].bytes }
    var onTheWay = gradients.reduce(0, +)
    for (place, node) in nodes.enumerated().reversed() {
      guard case .operation(let operation) = node.source, gradients[place] > 0 else { continue }
      for input in node.inputs where isRecorded[input] && gradients[input] == 0 {
        gradients[input] = nodes[input].bytes
        onTheWay += isParameter(nodes[input]) ? 0 : nodes[input].bytes
      }
      // An operation may form one gradient before it adds it to another.
      let largest = node.inputs.filter { isRecorded[$0] }.map { nodes[$0].bytes }.max() ?? 0
      most = max(most, heldAfter[place] + onTheWay + largest + operation.scratch)
      onTheWay -= gradients[place]
    }
    return most
  }

  /// The most bytes that a pass without gradients takes at once, without parameters. From above.
  public var inferenceBytes: Int {
    var lastUse = Array(nodes.indices)
    for (place, node) in nodes.enumerated() {
      for input in node.inputs { lastUse[input] = place }
    }
    for output in outputs { lastUse[output] = nodes.count }
    var (held, most) = (0, 0)
    var ending: [Int: Int] = [:]
    for (place, node) in nodes.enumerated() where !isParameter(node) {
      held += node.bytes
      ending[lastUse[place], default: 0] += node.bytes
      if case .operation(let operation) = node.source {
        most = max(most, held + operation.scratch)
      }
      held -= ending[place] ?? 0
    }
    return most
  }

  private func isParameter(_ node: Node) -> Bool {
    if case .parameter = node.source { true } else { false }
  }

  private func isOperation(_ node: Node) -> Bool {
    if case .operation = node.source { true } else { false }
  }

  /// Whether a gradient is asked of a node.
  private var recorded: [Bool] {
    var isRecorded: [Bool] = []
    for node in nodes {
      isRecorded.append(isParameter(node) || node.inputs.contains { isRecorded[$0] })
    }
    return isRecorded
  }

  /// Whether a node's value is kept until its gradient is formed.
  private var keptForGradients: [Bool] {
    var kept = [Bool](repeating: false, count: nodes.count)
    for (place, node) in nodes.enumerated() {
      guard case .operation(let operation) = node.source else { continue }
      if operation.keeps.contains(.output) { kept[place] = true }
      if operation.keeps.contains(.inputs) { for input in node.inputs { kept[input] = true } }
    }
    return kept
  }
}
