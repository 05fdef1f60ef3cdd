import CXRParallel
import CXRImage
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

  /// Films that are alike are turned and zoomed each in its own way.
  @Test func eachCopyDrawsItsOwn() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let film = try GreyFilm(
      height: 40, width: 40, pixels: (0..<1600).map { UInt8($0 * $0 % 251) }
    ).pngData()
    for i in stride(from: 0, to: 60, by: 3) { try set.write(film, to: "films/f\(i).png") }
    var plain = set.options
    plain.augments = false
    let originals = try films(set.data(plain), epoch: 0, seed: 0)
    let data = try set.data()
    let drawn = try copies(data, of: originals, epoch: 0, seed: 4)
    #expect(Set(drawn.keys.map { originals[$0] }).count == 1)
    #expect(Set(drawn.values).count == data.samples.copyCount)
  }

  /// A film with two under-represented labels is turned and zoomed twice.
  @Test func twiceIsNotOnce() throws {
    let set = try SmallSet()
    defer { set.remove() }
    let source = try set.data().source
    let random = RandomStream(seed: 3)
    let pixels = try (0..<3).map { times in
      try source.batch([BatchSource.Item(film: 0, augmentations: times, random: random)])
        .films.scalars.map(\.bitPattern)
    }
    #expect(Set(pixels).count == 3)
  }
}
