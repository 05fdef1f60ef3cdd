extension TracedGraph {
  /// The most bytes that the pass of a step takes at once, forward and backward: values that gradients need, gradients
  /// on their way, what operations take besides; without parameters. From above.
  public var trainingBytes: Int {
    let memory = BufferForecast()
    // The second pass meets what the first one left.
    for _ in 0..<2 { passTraining(memory) }
    return memory.most
  }

  private func passTraining(_ memory: BufferForecast) {
    let (kept, isRecorded) = (keptForGradients, recorded)
    // Forward: what is kept of the nodes so far, and what the operation itself reads and writes.
    let lastUse = lastUses
    for (place, node) in nodes.enumerated() where !node.isParameter {
      memory.take(node.bytes)
      if case .operation(let operation) = node.source {
        memory.take(operation.kept)
        memory.visit(operation.scratch)
      }
      for part in ending(at: place, lastUse) where !kept[part] { memory.give(nodes[part].bytes) }
    }
    // Backward: kept values are let go as their operations are passed.
    var gradients = [Bool](repeating: false, count: nodes.count)
    for output in outputs {
      gradients[output] = true
      memory.take(nodes[output].bytes)
    }
    for (place, node) in nodes.enumerated().reversed() {
      guard case .operation(let operation) = node.source, gradients[place] else { continue }
      for input in node.inputs where isRecorded[input] {
        // A second gradient is formed before it is added to the first.
        if gradients[input] {
          memory.visit(nodes[input].bytes)
        } else {
          memory.take(nodes[input].bytes)
        }
        gradients[input] = true
      }
      memory.visit(operation.scratch)
      memory.give(node.bytes)
      memory.give(operation.kept)
      if kept[place] { memory.give(node.bytes) }
    }
    memory.giveAll()
  }

  /// The bytes that operations keep from pass to pass, such as kernels that were prepared for prediction.
  public var cachedBytes: Int {
    nodes.reduce(0) { sum, node in
      if case .operation(let operation) = node.source { sum + operation.cached } else { sum }
    }
  }

  /// The most bytes that a pass without gradients takes at once, with what it keeps for the next one, without
  /// parameters. From above.
  public var inferenceBytes: Int {
    let memory = BufferForecast()
    for node in nodes {
      if case .operation(let operation) = node.source { memory.take(operation.cached) }
    }
    for _ in 0..<2 { passInference(memory) }
    return memory.most
  }

  private func passInference(_ memory: BufferForecast) {
    // What a layer is given is held by its caller until the layer ends.
    var held = lastUses
    for (place, node) in nodes.enumerated() {
      for input in node.inputs where !nodes[input].isParameter {
        held[input] = max(held[input], end(ofLayerAt: place, given: input))
      }
    }
    var endings = [[Int]](repeating: [], count: nodes.count)
    for (part, end) in held.enumerated() where nodes[part].isOperation && end < nodes.count {
      endings[end].append(part)
    }
    for (place, node) in nodes.enumerated() where !node.isParameter {
      memory.take(node.bytes)
      if case .operation(let operation) = node.source { memory.visit(operation.scratch) }
      for part in endings[place] { memory.give(nodes[part].bytes) }
    }
    for node in nodes where !node.isParameter && !node.isOperation { memory.give(node.bytes) }
    for output in outputs { memory.give(nodes[output].bytes) }
  }

  /// The last node of the outermost layer that a node is in and the value that it reads is not, or of its own.
  private func end(ofLayerAt place: Int, given input: Int) -> Int {
    let own = nodes[place].scope.split(separator: "/")
    let common = zip(own, nodes[input].scope.split(separator: "/")).prefix { $0 == $1 }.count
    guard !own.isEmpty else { return place }
    // What a layer reads of its own stays until it ends.
    let layer = own[...min(common, own.count - 1)].joined(separator: "/")
    return nodes.lastIndex { $0.scope == layer || $0.scope.hasPrefix(layer + "/") } ?? place
  }

  /// The operations' values that are read for the last time at a node, each once.
  private func ending(at place: Int, _ lastUse: [Int]) -> [Int] {
    var parts: [Int] = []
    for part in nodes[place].inputs + [place]
    where nodes[part].isOperation && lastUse[part] <= place && !parts.contains(part) {
      parts.append(part)
    }
    return parts
  }

  /// The last node that reads each; outputs are read after all.
  private var lastUses: [Int] {
    var lastUse = Array(nodes.indices)
    for (place, node) in nodes.enumerated() {
      for input in node.inputs { lastUse[input] = place }
    }
    for output in outputs { lastUse[output] = nodes.count }
    return lastUse
  }

  /// Whether a gradient is asked of a node.
  private var recorded: [Bool] {
    var isRecorded: [Bool] = []
    for node in nodes {
      isRecorded.append(node.isParameter || node.inputs.contains { isRecorded[$0] })
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
      if operation.keeps.contains(.firstInput), let first = node.inputs.first { kept[first] = true }
    }
    return kept
  }
}

extension TracedGraph.Node {
  fileprivate var isOperation: Bool {
    if case .operation = source { true } else { false }
  }

  fileprivate var isParameter: Bool {
    if case .parameter = source { true } else { false }
  }
}
