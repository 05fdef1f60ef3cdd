import CXRTensor
import Testing

@testable import CXRTraining

/// Copies are drawn anew each epoch, and drawn again from the same seed.
@Suite struct AugmentationEpochTests {
  private typealias Copies = [String: [UInt32]]

  /// The films of an epoch as bits of pixels, by name.
  private func films(_ data: TrainingData, epoch: Int, seed: UInt64, batchSize: Int = 7) throws
    -> [String: [[UInt32]]]
  {
    let batches = data.trainingBatches(epoch: epoch, batchSize: batchSize, seed: seed)
    var films: [String: [[UInt32]]] = [:]
    for place in 0..<batches.count {
      let batch = try batches[place]
      let pixels = batch.films.scalars.map(\.bitPattern)
      try #require(batch.films.shape[0] == batch.names.count)
      let area = pixels.count / max(1, batch.names.count)
      for (i, name) in batch.names.enumerated() {
        films[name, default: []].append(Array(pixels[i * area..<(i + 1) * area]))
      }
    }
    return films
  }

  /// The copies of an epoch: what is not the film as it was prepared.
  private func copies(
    _ data: TrainingData, of originals: [String: [[UInt32]]], epoch: Int, seed: UInt64,
    batchSize: Int = 7
  ) throws -> Copies {
    var copies: Copies = [:]
    for (name, seen) in try films(data, epoch: epoch, seed: seed, batchSize: batchSize) {
      let original = try #require(originals[name]?.first)
      #expect(seen.count { $0 == original } == 1, "\(name)")
      let others = seen.filter { $0 != original }
      try #require(others.count <= 1, "\(name)")
      copies[name] = others.first
    }
    return copies
  }

  @Test func eachEpochAndEachSeedDrawsItsOwn() throws {
    let set = try SmallSet()
    defer { set.remove() }
    var plain = set.options
    plain.augments = false
    let originals = try films(set.data(plain), epoch: 0, seed: 0)
    #expect(originals.values.allSatisfy { $0.count == 1 })
    let data = try set.data()
    try #require(originals.count == data.trainingCount && data.samples.copyCount > 5)
    let kinds: [(epoch: Int, seed: UInt64)] = [(0, 4), (1, 4), (2, 4), (0, 5), (1, 5)]
    let drawn = try kinds.map { kind in
      let copies = try copies(data, of: originals, epoch: kind.epoch, seed: kind.seed)
      #expect(copies.count == data.samples.copyCount, "\(kind)")
      // The same again, in batches of any size.
      for batchSize in [7, 16] {
        let again = try self.copies(
          data, of: originals, epoch: kind.epoch, seed: kind.seed, batchSize: batchSize)
        #expect(again == copies, "\(kind)")
      }
      return copies
    }
    for i in drawn.indices {
      for j in 0..<i {
        #expect(drawn[i].keys.sorted() == drawn[j].keys.sorted())
        for (name, copy) in drawn[i] {
          #expect(drawn[j][name] != copy, "\(name) in \(kinds[i]) and \(kinds[j])")
        }
      }
    }
  }

  /// No two films of an epoch are turned and zoomed alike, and a film with two such labels is so twice.
  @Test func eachCopyDrawsItsOwn() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let data = try set.data()
    let random = RandomStream(seed: 3)
    func pixels(_ item: BatchSource.Item) throws -> [UInt32] {
      try data.source.batch([item]).films.scalars.map(\.bitPattern)
    }
    let item = BatchSource.Item(film: 0, augmentations: 1, random: random.child(0))
    let once = try pixels(item)
    #expect(try pixels(item) == once)
    #expect(
      try pixels(BatchSource.Item(film: 0, augmentations: 1, random: random.child(1))) != once)
    let twice = try pixels(BatchSource.Item(film: 0, augmentations: 2, random: random.child(0)))
    let none = try pixels(BatchSource.Item(film: 0, augmentations: 0, random: random.child(0)))
    #expect(twice != once && twice != none && once != none)
    // One film in one batch under two streams.
    let both = try data.source.batch([
      item, BatchSource.Item(film: 0, augmentations: 1, random: random.child(1)),
    ]).films.scalars
    #expect(both.prefix(once.count).map(\.bitPattern) == once)
    #expect(both.suffix(once.count).map(\.bitPattern) != once)
  }
}
