/// The order in which a thread visits its blocks of work.
///
/// Each operation of a network goes opposite to the one before it, so that it begins with the images that
/// are still in the cache. The order never changes a result.
public enum BlockOrder: Sendable {
  /// From the first.
  case ascending
  /// From the last.
  case descending

  /// The other way.
  public var reversed: BlockOrder { self == .ascending ? .descending : .ascending }

  /// The block at a place in the order.
  public func callAsFunction(_ place: Int, of blocks: Range<Int>) -> Int {
    self == .ascending ? blocks.lowerBound + place : blocks.upperBound - 1 - place
  }
}
