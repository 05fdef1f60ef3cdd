import Synchronization

/// Adds what the shares of a batch came to, in one binary tree over their numbers: what several shares come to is the
/// sum of their first half and of their second, which is the larger by one where their number is odd.
///
/// Shares may come in any order and from any thread. A sum is formed as soon as both its halves are there, and they
/// are let go, so that no more are kept than wait for another. Shares without an image, at the end of a smaller batch,
/// are left out: a sum of one half is that half.
///
/// ```swift
/// let tree = ShareTree<Double>(BatchShares(images: 32, count: 4)) { $0 + $1 }
/// for share in 0..<4 { tree.take(Double(share), of: share) }
/// let total = tree.total     // (0 + 1) + (2 + 3)
/// ```
public final class ShareTree<Value: Sendable>: Sendable {
  private let shares: Range<Int>
  private let isPresent: [Bool]
  private let add: @Sendable (_ first: Value, _ second: Value) -> Value
  private let waiting = Mutex<[Range<Int>: Value]>([:])

  /// A tree over the shares of a batch; `add` may change its first value, which nobody else holds then.
  public init(
    _ shares: BatchShares, _ add: @escaping @Sendable (_ first: Value, _ second: Value) -> Value
  ) {
    self.shares = 0..<shares.count
    self.add = add
    // Empty ones lie at the end, or anywhere where there are more shares than images.
    isPresent = (0..<shares.count).map { !shares.places(of: $0).isEmpty }
  }

  /// Takes what a share that has images came to, once each.
  public func take(_ value: Value, of share: Int) {
    precondition(isPresent[share], "ShareTree: share \(share) has no image")
    var (node, value) = (share..<share + 1, value)
    while node != shares {
      let (parent, sibling, isFirst) = family(of: node)
      if isPresent[sibling].contains(true) {
        // Whoever comes second adds.
        let other = waiting.withLock { waiting -> Value? in
          if let other = waiting.removeValue(forKey: sibling) { return other }
          waiting[node] = value
          return nil
        }
        guard let other else { return }
        value = isFirst ? add(value, other) : add(other, value)
      }
      node = parent
    }
    waiting.withLock { $0[shares] = value }
  }

  /// The sum of all shares; `nil` before all have come.
  public var total: Value? { waiting.withLock { $0[shares] } }

  private func family(
    of node: Range<Int>
  ) -> (parent: Range<Int>, sibling: Range<Int>, isFirst: Bool) {
    var parent = shares
    while true {
      let middle = (parent.lowerBound + parent.upperBound) / 2
      let (first, second) = (parent.lowerBound..<middle, middle..<parent.upperBound)
      if first == node { return (parent, second, true) }
      if second == node { return (parent, first, false) }
      parent = node.lowerBound < middle ? first : second
    }
  }
}

extension BatchShares {
  /// The sum, in the tree of a ``ShareTree``, of what each share with images comes to; `nil` where there is none.
  ///
  /// - Parameters:
  ///   - value: of a share, asked for in order.
  ///   - add: of two sums.
  public func sum<Value>(
    _ value: (_ share: Int) -> Value, _ add: (_ first: Value, _ second: Value) -> Value
  ) -> Value? {
    func sum(_ node: Range<Int>) -> Value? {
      if node.count == 1 {
        return places(of: node.lowerBound).isEmpty ? nil : value(node.lowerBound)
      }
      let middle = (node.lowerBound + node.upperBound) / 2
      let (first, second) = (
        sum(node.lowerBound..<middle), sum(middle..<node.upperBound)
      )
      guard let first, let second else { return first ?? second }
      return add(first, second)
    }
    return sum(0..<count)
  }

  /// The sums over shares of numbers side by side, `width` a share; zeros where there is no image.
  public func sums(_ numbers: [Double], width: Int) -> [Double] {
    sum({ Array(numbers[$0 * width..<($0 + 1) * width]) }) { zip($0, $1).map { $0 + $1 } }
      ?? [Double](repeating: 0, count: width)
  }
}
