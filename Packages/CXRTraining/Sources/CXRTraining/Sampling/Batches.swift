/// The batches of a pass over films, made one after the other when they are asked for, on all threads.
///
/// ```swift
/// func count(_ batches: Batches) throws -> Int {
///   try (0..<batches.count).reduce(0) { $0 + (try batches[$1].labels.shape[0]) }
/// }
/// ```
///
/// A batch takes a few hundredths of a step. Made beside the step, on a thread of its own, it took more:
/// that thread pushed one of the step's from its processor, and the others waited for it. The films of the
/// next batch are asked of the disk meanwhile.
public struct Batches {
  /// The number of batches.
  public let count: Int
  private let source: BatchSource
  private let items: (Int) -> [BatchSource.Item]
  /// Of a batch of so many films: the places whose films are made. `nil` for all.
  private var places: ((_ films: Int) -> Range<Int>)?

  /// Batches of the items that `items` names for `0`, `1`, … `count - 1`.
  init(_ source: BatchSource, count: Int, items: @escaping (Int) -> [BatchSource.Item]) {
    (self.source, self.count, self.items) = (source, count, items)
  }

  /// The same batches, with the films of some places alone.
  ///
  /// - Parameter places: of a batch of so many films.
  func taking(_ places: @escaping (_ films: Int) -> Range<Int>) -> Batches {
    var part = self
    part.places = places
    return part
  }

  /// The batch at a place, from 0.
  ///
  /// Throws ``/CXRFilms/FilmError/cacheChanged(path:film:)`` and ``/CXRFilms/FilmError/cacheFailed(path:reason:)``.
  public subscript(place: Int) -> Batch {
    get throws {
      precondition((0..<count).contains(place), "Batches: \(place) of \(count)")
      let items = items(place)
      let batch = try source.batch(items, places: places?(items.count))
      if place + 1 < count {
        let next = self.items(place + 1)
        source.announce(Array(next[places?(next.count) ?? 0..<next.count]))
      }
      return batch
    }
  }
}
