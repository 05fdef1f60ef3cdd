extension BatchShares {
  /// A part of the tree over shares that one rank has by itself.
  struct Node {
    /// Who has it, by its place among those with images.
    let rank: Int
    let shares: Range<Int>
  }

  /// The largest such parts with images, in order of their shares. One of all shares where nobody else has images.
  var nodes: [Node] {
    var nodes: [Node] = []
    func visit(_ shares: Range<Int>) {
      guard shares.contains(where: isPresent) else { return }
      if let rank = owner(of: shares) {
        nodes.append(Node(rank: rank, shares: shares))
      } else {
        let middle = Self.middle(of: shares)
        visit(shares.lowerBound..<middle)
        visit(middle..<shares.upperBound)
      }
    }
    visit(0..<count)
    return nodes
  }

  /// Those of this rank.
  var ownNodes: [Node] {
    let rank = company?.ranks.rank ?? 0
    return nodes.filter { $0.rank == rank }
  }

  /// The sum of what all ``nodes`` came to, in their order; `nil` where there is none.
  func total<Value>(ofNodes values: [Value], _ add: (Value, Value) -> Value) -> Value? {
    var rest = values[...]
    func sum(_ shares: Range<Int>) -> Value? {
      guard shares.contains(where: isPresent) else { return nil }
      if owner(of: shares) != nil { return rest.popFirst() }
      let middle = Self.middle(of: shares)
      let (first, second) = (sum(shares.lowerBound..<middle), sum(middle..<shares.upperBound))
      guard let first, let second else { return first ?? second }
      return add(first, second)
    }
    return sum(0..<count)
  }

  /// Where the second half of several shares begins.
  static func middle(of shares: Range<Int>) -> Int { (shares.lowerBound + shares.upperBound) / 2 }

  /// Who has all of these shares.
  private func owner(of shares: Range<Int>) -> Int? {
    guard let company else { return 0 }
    return company.shares.firstIndex {
      $0.lowerBound <= shares.lowerBound && shares.upperBound <= $0.upperBound
    }
  }
}
