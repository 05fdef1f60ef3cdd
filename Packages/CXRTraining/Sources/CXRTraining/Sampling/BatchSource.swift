import CXRFilms
import CXRParallel
import CXRData
import CXRImage
import CXRTensor

/// Makes batches of cached films, standardised, and augmented where the sample asks for it.
struct BatchSource: Sendable {
  let cache: FilmCache
  let collection: FilmCollection
  /// The row of each film of the cache's list.
  let rows: [FilmRow]
  let mean: Float
  let standardDeviation: Float

  /// One film of a batch: which of the cache, how often it is augmented, and from what stream.
  struct Item: Sendable {
    let film: CachedFilm
    let augmentations: Int
    let random: RandomStream
  }

  /// Asks the disk for the films of a batch that comes next.
  func announce(_ items: [Item]) {
    for item in items { cache.willNeed(item.film) }
  }

  /// - Throws: ``/CXRFilms/FilmError/cacheChanged(path:film:)``, ``/CXRFilms/FilmError/cacheFailed(path:reason:)``.
  func batch(_ items: [Item], places: Range<Int>? = nil) throws -> Batch {
    let places = places ?? 0..<items.count
    let size = cache.preparation.imageSize
    let area = size * size
    let augment = Augmentation()
    let films = try Tensor(shape: [places.count, size, size, 1]) { pixels in
      // Safe: forEach returns when all films are written, each to a place of its own.
      nonisolated(unsafe) let pixels = pixels
      try Parallel.forEach(places.count) { i in
        let (item, target) = (items[places.lowerBound + i], pixels + i * area)
        if item.augmentations == 0 {
          return try cache.writeStandardised(
            item.film, mean: mean, deviation: standardDeviation, to: target)
        }
        try cache.writeStandardised(item.film, mean: 0, deviation: 1, to: target)
        let film = UnsafeMutableBufferPointer(start: target, count: area)
        var random = item.random
        for _ in 0..<item.augmentations {
          augment.apply(to: film, height: size, width: size, using: &random)
        }
        PixelStorage.float32.standardise(
          UnsafeRawBufferPointer(film), mean: mean, deviation: standardDeviation, to: target)
      }
    }
    let labels = items.flatMap { collection.matrix.row(rows[$0.film.index]) }
    return Batch(
      films: films,
      labels: Tensor(labels, shape: [items.count, collection.matrix.labels.count]),
      names: items.map { collection.file.records[rows[$0.film.index]].name }, places: places)
  }
}
