import CXRParallel
import Testing

@Suite struct RandomStreamTests {
  @Test func sameSeedSameNumbersAndOthersDiffer() {
    var (a, b, c) = (RandomStream(seed: 1), RandomStream(seed: 1), RandomStream(seed: 2))
    let first = (0..<8).map { _ in a.next() }
    #expect(first == (0..<8).map { _ in b.next() })
    #expect(first != (0..<8).map { _ in c.next() })
    // The numbers themselves: they must never change, or every saved run would.
    #expect(first.prefix(2) == [0xD81E2410204F4212, 0x4B7EEB9108CDA3B5])
  }

  @Test func childrenDoNotDependOnDraws() {
    var parent = RandomStream(seed: 5)
    let before = parent.child("a").child(3)
    _ = parent.next()
    #expect(parent.child("a").child(3) == before)
    #expect(parent.child("a") != parent.child("b"))
    #expect(parent.child(1) != parent.child(2))
  }

  @Test func manySeedsGiveManyStreams() {
    let first = Set(
      (0..<10_000).map { seed -> UInt64 in
        var stream = RandomStream(seed: UInt64(seed))
        return stream.next()
      })
    #expect(first.count == 10_000)
  }

  @Test func uniformNumbersFillTheirRange() {
    var stream = RandomStream(seed: 3)
    let values = (0..<100_000).map { _ in stream.uniform() }
    #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(abs(values.reduce(0, +) / 100_000 - 0.5) < 0.005)
    let buckets = Dictionary(grouping: values) { Int($0 * 10) }.mapValues(\.count)
    #expect(buckets.values.allSatisfy { abs($0 - 10_000) < 500 })
  }
}
