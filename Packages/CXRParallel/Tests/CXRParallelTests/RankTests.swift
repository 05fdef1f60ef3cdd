import Testing

@testable import CXRParallel

/// Sums over shares that several ranks have are those of one, in the same order.
@Suite struct RankTests {
  /// Batches of which some ranks have little or nothing.
  static let batches: [BatchShares] = [
    BatchShares(images: 32, count: 8), BatchShares(images: 9, of: 32, count: 8),
    BatchShares(images: 1, of: 32, count: 8), BatchShares(images: 30, of: 32, count: 5),
    BatchShares(images: 64, count: 64),
  ]

  /// Numbers whose sum depends on the order.
  private func term(_ share: Int, _ place: Int) -> Double {
    var random = RandomStream(seed: 1).child(share).child(place)
    return Double(random.uniform()) * (place.isMultiple(of: 2) ? 1e16 : 1) - 0.5
  }

  @Test(arguments: batches) func imagesAreDividedInOrder(batch: BatchShares) {
    for count in [1, 2, 3, 5, batch.count] {
      var (images, shares) = ([Int](), [Int]())
      for rank in 0..<count {
        let places = batch.places(ofRank: rank, of: count)
        images += places
        guard let own = LocalRanks.run(count, { batch.divided(among: $0) })[rank] else {
          #expect(places.isEmpty)
          continue
        }
        #expect(own.images == places.count && own.firstPlace == places.lowerBound)
        #expect(own.wholeImages == batch.images && own.undivided == batch)
        for share in 0..<batch.count where !own.places(of: share).isEmpty {
          shares.append(share)
          // Counted from the first that is here.
          let whole = batch.places(of: share)
          #expect(own.places(of: share).lowerBound + own.firstPlace == whole.lowerBound)
          #expect(own.places(of: share).count == whole.count)
        }
      }
      #expect(images == Array(0..<batch.images))
      #expect(shares == (0..<batch.count).filter { !batch.places(of: $0).isEmpty })
    }
  }

  @Test(arguments: batches) func sumsAreThoseOfOne(batch: BatchShares) {
    @Sendable func sum(_ shares: BatchShares) -> [Double]? {
      shares.sum { share in (0..<5).map { self.term(share, $0) } }
    }
    let one = sum(batch)
    for count in [1, 2, 3, 4, 5] {
      let all = LocalRanks.run(count) { ranks in batch.divided(among: ranks).map { sum($0) } }
      for found in all.compactMap({ $0 }) { #expect(found == one) }
      #expect(all.contains { $0 != nil })
    }
  }

  /// In the halves of long sums, of lengths that leave some ranks no run.
  @Test(arguments: batches, [1, 2, 7, 100]) func longSumsAreThoseOfOne(
    batch: BatchShares, length: Int
  ) {
    @Sendable func floats(_ share: Int) -> [Float] { (0..<length).map { Float(term(share, $0)) } }
    @Sendable func added(_ a: [Float], _ b: [Float]) -> [Float] { zip(a, b).map { $0 + $1 } }
    let one = batch.partSums(floats, added)
    for count in [2, 3, 4, 5] {
      let all = LocalRanks.run(count) { ranks -> [Float]? in
        guard let shares = batch.divided(among: ranks) else { return nil }
        let parts = shares.partSums(floats, added).map { part in
          let memory = UnsafeMutablePointer<Float>.allocate(capacity: length)
          memory.initialize(from: part, count: length)
          return memory
        }
        let runs = shares.runs(of: length)
        let room = UnsafeMutablePointer<Float>.allocate(capacity: max(1, shares.roomForSum(runs)))
        defer { for memory in parts + [room] { memory.deallocate() } }
        let add = shares.beginSum(parts, runs, room: room) { sum, other, count in
          for i in 0..<count { sum[i] += other[i] }
        }
        // Other messages may pass those that are on their way.
        #expect(shares.total(shares.images) == shares.wholeImages)
        add()
        let share = shares.beginSharing(parts[0], runs)
        #expect(shares.total(shares.images) == shares.wholeImages)
        share()
        return (0..<length).map { parts[0][$0] }
      }
      for found in all.compactMap({ $0 }) { #expect([found] == one) }
    }
  }

  @Test func messages() {
    let words = LocalRanks.run(3) { ranks in
      let all = ranks.gathered([UInt8](repeating: UInt8(ranks.rank), count: ranks.rank))
      ranks.barrier()
      return (
        all: all, first: ranks.broadcast([7, UInt8(ranks.rank)]), any: ranks.any(ranks.rank == 2),
        none: ranks.any(false)
      )
    }
    for found in words {
      #expect(found.all == [[], [1], [2, 2]])
      #expect(found.first == [7, 0])
      #expect(found.any && !found.none)
    }
    #expect(LocalRanks.alone.gathered([5]) == [[5]])
    #expect(LocalRanks.alone.broadcast([5]) == [5])
  }

  @Test func skippedDrawsAreThoseOfTheStream() {
    var (one, other) = (RandomStream(seed: 3), RandomStream(seed: 3))
    for _ in 0..<1000 { _ = one.next() }
    other.skip(1000)
    #expect(one.next() == other.next())
  }

  @Test func threadsOfRanksShareTheProcessors() {
    #expect(Parallel.threads(ofRanks: 1) == ProcessorCount.active)
    #expect(Parallel.threads(ofRanks: 1 << 20) >= 1)
  }
}
