extension TracedGraph {
  /// The most bytes that the pass of a step takes at once, forward and backward: values that gradients need, gradients
  /// on their way, what operations take besides; without parameters. From above.
  public var trainingBytes: Int {
    let (kept, isRecorded) = (keptForGradients, recorded)
    var memory = BufferMemory()
    // Forward: what is kept of the nodes so far, and what the operation itself reads and writes.
    let lastUse = lastUses
    for (place, node) in nodes.enumerated() where !node.isParameter {
      memory.take(node.bytes)
      if case .operation(let operation) = node.source {
        memory.take(operation.kept)
        memory.visit(operation.scratch)
      }
      for part in Set(node.inputs + [place])
      where !nodes[part].isParameter && !kept[part] && lastUse[part] <= place {
        memory.give(nodes[part].bytes)
      }
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
    return memory.most
  }

  /// The most bytes that a pass without gradients takes at once, without parameters. From above.
  public var inferenceBytes: Int {
    let lastUse = lastUses
    var memory = BufferMemory()
    for (place, node) in nodes.enumerated() where !node.isParameter {
      memory.take(node.bytes)
      if case .operation(let operation) = node.source { memory.visit(operation.scratch) }
      for part in Set(node.inputs + [place])
      where !nodes[part].isParameter && lastUse[part] <= place { memory.give(nodes[part].bytes) }
    }
    return memory.most
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
    }
    return kept
  }
}

extension TracedGraph.Node {
  fileprivate var isParameter: Bool {
    if case .parameter = source { true } else { false }
  }
}

/// How much memory buffers take at most that come and go: one that is let go serves the next of its size, and so many
/// bytes are kept for that.
private struct BufferMemory {
  private var counts: [Int: Int] = [:]
  private var mostCounts: [Int: Int] = [:]
  private var held = 0
  private var mostHeld = 0

  mutating func take(_ bytes: Int) {
    guard bytes > 0 else { return }
    counts[bytes, default: 0] += 1
    mostCounts[bytes] = max(mostCounts[bytes] ?? 0, counts[bytes] ?? 0)
    held += bytes
    mostHeld = max(mostHeld, held)
  }

  mutating func give(_ bytes: Int) {
    guard bytes > 0, let count = counts[bytes], count > 0 else { return }
    counts[bytes] = count - 1
    held -= bytes
  }

  /// Takes and gives back.
  mutating func visit(_ bytes: Int) {
    take(bytes)
    give(bytes)
  }

  /// Of all sizes, as many as there ever were at once; or what was held with all that may be kept.
  var most: Int {
    let bySize = mostCounts.reduce(0) { $0 + $1.key * $1.value }
    return min(bySize, mostHeld + TensorMemory.mostIdle)
  }
}
