/// The batches of a pass over films, made one after the other when they are asked for, on all threads.
///
/// A batch takes a few hundredths of a step. Made beside the step, on a thread of its own, it took more:
/// that thread pushed one of the step's from its processor, and the others waited for it. The films of the
/// next batch are asked of the disk meanwhile.
struct Batches: Sequence, IteratorProtocol {
  private let source: BatchSource
  private let count: Int
  private let items: (Int) -> [BatchSource.Item]
  private var position = 0

  /// Batches of the items that `items` names for `0`, `1`, … `count - 1`.
  init(_ source: BatchSource, count: Int, items: @escaping (Int) -> [BatchSource.Item]) {
    (self.source, self.count, self.items) = (source, count, items)
  }

  mutating func next() -> Batch? {
    guard position < count else { return nil }
    defer { position += 1 }
    let batch = source.batch(items(position))
    if position + 1 < count { source.announce(items(position + 1)) }
    return batch
  }
}
