extension BatchShares {
  /// The sum, in the tree of a ``ShareTree``, of what each share with images comes to, here and on other ranks: numbers side by
  /// side, as many of every share; `nil` where there is no image.
  ///
  /// - Parameters:
  ///   - value: of a share that is here, asked for in order.
  ///   - add: of two sums; element by element where nothing else is said.
  public func sum(
    _ value: (_ share: Int) -> [Double],
    _ add: (_ first: [Double], _ second: [Double]) -> [Double] = { zip($0, $1).map { $0 + $1 } }
  ) -> [Double]? {
    sumOverRanks(partSums(value, add), add)
  }

  /// The sum of what the parts of the tree came to on all ranks, in its order.
  ///
  /// - Parameters:
  ///   - parts: this rank's, as ``partSums(_:_:)`` gives them, of equal length on all ranks.
  ///   - add: of two sums.
  public func sumOverRanks(
    _ parts: [[Double]], _ add: (_ first: [Double], _ second: [Double]) -> [Double]
  ) -> [Double]? {
    guard let company, let width = parts.first?.count else { return parts.first }
    let nodes = nodes
    let sizes = company.shares.indices.map { rank in
      nodes.count { $0.rank == rank } * width * MemoryLayout<Double>.size
    }
    let bytes = parts.flatMap { $0 }.withUnsafeBytes { Array($0) }
    let all = company.ranks.gathered(bytes, sizes: sizes).flatMap { bytes in
      bytes.withUnsafeBytes { bytes in
        (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Double.self) }
      }
    }
    return total(
      ofNodes: nodes.indices.map { Array(all[$0 * width..<($0 + 1) * width]) }, add)
  }

  /// The sums of the parts of the tree that are this rank's alone, in order: one of all shares where the batch is not divided,
  /// none where there is no image.
  ///
  /// - Parameters:
  ///   - value: of a share that is here, asked for in order.
  ///   - add: of two sums.
  public func partSums<Value>(
    _ value: (_ share: Int) -> Value, _ add: (_ first: Value, _ second: Value) -> Value
  ) -> [Value] {
    func sum(_ node: Range<Int>) -> Value? {
      if node.count == 1 {
        return places(of: node.lowerBound).isEmpty ? nil : value(node.lowerBound)
      }
      let middle = Self.middle(of: node)
      let (first, second) = (sum(node.lowerBound..<middle), sum(middle..<node.upperBound))
      guard let first, let second else { return first ?? second }
      return add(first, second)
    }
    return ownNodes.compactMap { sum($0.shares) }
  }

  /// How many there are on all ranks together, from how many are here.
  public func total(_ here: Int) -> Int {
    guard let company else { return here }
    let bytes = withUnsafeBytes(of: Int64(here)) { Array($0) }
    let sizes = [Int](repeating: 8, count: company.shares.count)
    return company.ranks.gathered(bytes, sizes: sizes).reduce(0) {
      $0 + Int($1.withUnsafeBytes { $0.loadUnaligned(as: Int64.self) })
    }
  }
}
