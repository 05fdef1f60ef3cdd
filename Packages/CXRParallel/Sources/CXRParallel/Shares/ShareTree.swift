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
  private let leaves: [Place?]
  private let add: @Sendable (_ first: Value, _ second: Value) -> Value
  private let roots: [Root]

  /// A tree over the shares of a batch; `add` may change its first value, which nobody else holds then.
  public init(
    _ shares: BatchShares, _ add: @escaping @Sendable (_ first: Value, _ second: Value) -> Value
  ) {
    self.add = add
    // Empty ones lie at the end, or anywhere where there are more shares than images.
    let isPresent = (0..<shares.count).map { !shares.places(of: $0).isEmpty }
    var leaves = [Place?](repeating: nil, count: shares.count)
    func plant(_ node: Range<Int>, at place: Place) {
      guard node.count > 1 else {
        leaves[node.lowerBound] = isPresent[node.lowerBound] ? place : nil
        return
      }
      let middle = BatchShares.middle(of: node)
      let (first, second) = (node.lowerBound..<middle, middle..<node.upperBound)
      if isPresent[first].contains(true) && isPresent[second].contains(true) {
        let meeting = Meeting(place)
        plant(first, at: .first(meeting))
        plant(second, at: .second(meeting))
      } else {
        plant(first, at: place)
        plant(second, at: place)
      }
    }
    let nodes = shares.ownNodes
    roots = nodes.map { _ in Root() }
    for (node, root) in zip(nodes, roots) { plant(node.shares, at: .root(root)) }
    self.leaves = leaves
  }

  /// Takes what a share that has images came to, once each.
  public func take(_ value: Value, of share: Int) {
    guard var place = leaves[share] else {
      preconditionFailure("ShareTree: share \(share) has no image")
    }
    var value = value
    while true {
      switch place {
      case .root(let root):
        _ = root.sum.storeIfNil(Sum(value))
        return
      case .first(let meeting):
        guard let second = meeting.other(than: value) else { return }
        (value, place) = (add(value, second), meeting.place)
      case .second(let meeting):
        guard let first = meeting.other(than: value) else { return }
        (value, place) = (add(first, value), meeting.place)
      }
    }
  }

  /// The sum of all shares; `nil` before all have come. Of a batch that is divided among ranks, see ``totals``.
  public var total: Value? { roots.count == 1 ? roots[0].sum.load()?.value : nil }

  /// The sums of the parts of the tree that this rank has by itself, in order; empty before all of its shares have come.
  public var totals: [Value] {
    let sums = roots.compactMap { $0.sum.load()?.value }
    return sums.count == roots.count ? sums : []
  }

  /// Where a sum stands in the tree.
  private enum Place: Sendable {
    case root(Root)
    case first(Meeting)
    case second(Meeting)
  }

  private final class Root: Sendable {
    let sum = AtomicLazyReference<Sum>()
  }

  private final class Sum: Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
  }

  /// Where two sums meet: whoever comes first leaves his, and whoever comes second takes it and adds.
  private final class Meeting: Sendable {
    /// Where the sum of both stands.
    let place: Place
    private let waiting = Atomic<Unmanaged<Sum>?>(nil)

    init(_ place: Place) { self.place = place }

    deinit { waiting.exchange(nil, ordering: .acquiringAndReleasing)?.release() }

    func other(than value: Value) -> Value? {
      let mine = Unmanaged.passRetained(Sum(value))
      guard let other = waiting.exchange(mine, ordering: .acquiringAndReleasing) else { return nil }
      // Both have come, so that nobody looks here again.
      waiting.exchange(nil, ordering: .acquiringAndReleasing)?.release()
      return other.takeRetainedValue().value
    }
  }
}
