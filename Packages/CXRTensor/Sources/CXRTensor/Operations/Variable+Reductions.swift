import CXRParallel
import CTensorKernels

/// Rows that a column reduction sums in one block; blocks are added in order.
private let reductionRows = 4096

extension Tensor {
  /// The sums over all axes but the last, added in Double: `[…, C]` → `[C]`.
  func columnSums() -> Tensor {
    let channels = shape[-1]
    let sums = columnTotals(channels: channels, columns: 1) { x, rows, sums in
      cxr_column_sums(x, rows, channels, sums)
    }
    return Tensor(sums.map { Float($0) }, shape: [channels])
  }

  /// Runs `body` over blocks of rows of `[…, C]`, each with its own `columns * C` doubles, and adds
  /// those in block order.
  func columnTotals(
    channels: Int, columns: Int,
    _ body: (_ x: UnsafePointer<Float>, _ rows: Int, _ sums: UnsafeMutablePointer<Double>) -> Void
  ) -> [Double] {
    columnTotals(channels: channels, columns: columns) { x, _, rows, sums in body(x, rows, sums) }
  }

  /// As above, with the first row's element offset.
  func columnTotals(
    channels: Int, columns: Int,
    _ body: (
      _ x: UnsafePointer<Float>, _ offset: Int, _ rows: Int, _ sums: UnsafeMutablePointer<Double>
    ) -> Void
  ) -> [Double] {
    let width = channels * columns
    guard channels > 0 else { return [] }
    let rows = shape.count / channels
    let blocks = (rows + reductionRows - 1) / reductionRows
    var partial = [Double](repeating: 0, count: blocks * width)
    scalars.withUnsafeBufferPointer { x in
      partial.withUnsafeMutableBufferPointer { partial in
        guard let x = x.baseAddress, let partial = partial.baseAddress else { return }
        Parallel.run(blocks: blocks) { block in
          let first = block * reductionRows
          let count = Swift.min(reductionRows, rows - first)
          body(x + first * channels, first * channels, count, partial + block * width)
        }
      }
    }
    var totals = [Double](repeating: 0, count: width)
    for block in 0..<blocks {
      for i in 0..<width { totals[i] += partial[block * width + i] }
    }
    return totals
  }
}

extension Variable {
  /// The sum of all elements, a scalar, added in Double.
  public func sum() -> Variable {
    if let traced = Variable.traced(Operation("sum", reach: .all, keeps: []), [self], []) {
      return traced
    }
    let (total, shape) = (Float(value.totalSum()), self.shape)
    return .recorded(
      Tensor([total], shape: []), (self, { Tensor(repeating: $0.scalar, shape: shape) }))
  }

  /// The mean of all elements, a scalar, added in Double. Traps on an empty tensor.
  public func mean() -> Variable {
    precondition(shape.count > 0, "mean: shape \(shape) has no elements")
    if let traced = Variable.traced(Operation("mean", reach: .all, keeps: []), [self], []) {
      return traced
    }
    let (count, shape) = (self.shape.count, self.shape)
    return .recorded(
      Tensor([Float(value.totalSum() / Double(count))], shape: []),
      (self, { Tensor(repeating: $0.scalar / Float(count), shape: shape) }))
  }
}

extension Variable {
  private func traced(
    _ name: String, keeps: Operation.Keeping, over places: Set<Int>, keepingAxes: Bool
  ) -> Variable? {
    Variable.traced(
      Operation(name, reach: shape.reach(over: places), keeps: keeps), [self],
      shape.reduced(over: places, keepingAxes: keepingAxes))
  }

  /// The sums over axes, which are left out, or become 1; -1 is the last axis. Added in Double.
  public func sum(over axes: [Int], keepingAxes: Bool = false) -> Variable {
    let places = shape.places(of: axes, "sum")
    if let traced = traced("sum", keeps: [], over: places, keepingAxes: keepingAxes) {
      return traced
    }
    let (kept, shape) = (shape.reduced(over: places, keepingAxes: true), self.shape)
    return .recorded(
      value.summed(over: places).reshaped(
        to: shape.reduced(over: places, keepingAxes: keepingAxes)),
      (self, { $0.reshaped(to: kept).broadcast(to: shape) }))
  }

  /// The means over axes, which are left out, or become 1; -1 is the last axis. Added in Double. Traps where there is
  /// nothing to take the mean of.
  public func mean(over axes: [Int], keepingAxes: Bool = false) -> Variable {
    let count = shape.places(of: axes, "mean").reduce(1) { $0 * shape[$1] }
    precondition(count > 0, "mean: axes \(axes) of shape \(shape) have no elements")
    return sum(over: axes, keepingAxes: keepingAxes) / Float(count)
  }

  /// The largest elements over axes, which are left out, or become 1; -1 is the last axis. Equal ones share the gradient. NaN
  /// where one is. Traps where there is no element.
  public func maximum(over axes: [Int], keepingAxes: Bool = false) -> Variable {
    let places = shape.places(of: axes, "maximum")
    if let traced = traced(
      "maximum", keeps: [.inputs, .output], over: places, keepingAxes: keepingAxes)
    {
      return traced
    }
    let (x, y) = (value, value.largest(over: places))
    return .recorded(
      y.reshaped(to: shape.reduced(over: places, keepingAxes: keepingAxes)),
      (
        self,
        { dy in
          let isLargest = x.mapped(with: y.broadcast(to: x.shape)) { x, y, marks, count in
            for i in 0..<count { marks[i] = x[i] == y[i] ? 1 : 0 }
          }
          let shares = dy.reshaped(to: y.shape) / isLargest.summed(over: places)
          return isLargest * shares
        }
      ))
  }
}

extension Tensor {
  /// The sum of all elements, in fixed blocks, in Double.
  func totalSum() -> Double {
    reshaped(to: [shape.count, 1]).columnTotals(channels: 1, columns: 1) { x, rows, sums in
      cxr_column_sums(x, rows, 1, sums)
    }[0]
  }
}
