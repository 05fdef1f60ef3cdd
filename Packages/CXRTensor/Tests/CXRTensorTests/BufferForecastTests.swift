import CConvolution
import Testing

@testable import CXRTensor

/// What is let go serves what is asked for next, in pieces and as a whole: memory.c, by the forecast that runs its code.
@Suite struct BufferForecastTests {
  private static let megabyte = 1 << 20

  #if os(Linux)
    @Test func aKeptBufferIsCutAndGrowsTogetherAgain() {
      let memory = BufferForecast()
      memory.visit(400 * Self.megabyte)
      // Any two sizes that fit are cut from it.
      for sizes in [[100, 300], [250, 150], [40, 60]] {
        for size in sizes { memory.take(size * Self.megabyte) }
        for size in sizes { memory.give(size * Self.megabyte) }
      }
      // Also what others came back before.
      memory.visit(400 * Self.megabyte)
      #expect(memory.most == 400 * Self.megabyte)
    }

    @Test func buffersOfWholePagesThatLieApartAreNotOne() {
      let memory = BufferForecast()
      for _ in 0..<2 { memory.take(150 * Self.megabyte) }
      for _ in 0..<2 { memory.give(150 * Self.megabyte) }
      // Neither serves it; together with it they would be more than was in use at once.
      memory.take(200 * Self.megabyte)
      #expect(memory.most == 300 * Self.megabyte)
      // What was left of them serves this.
      memory.take(100 * Self.megabyte)
      #expect(memory.most == 300 * Self.megabyte)
    }

    @Test func severalLieInOneHugePage() {
      let memory = BufferForecast()
      // Three lie in each; in one of its own each would take 2 megabytes.
      for _ in 0..<66 { memory.take(600 << 10) }
      #expect(memory.most >= 66 * 600 << 10 && memory.most <= 44 * Self.megabyte)
    }

    @Test func pagesThatLieApartAreBroughtTogether() {
      let memory = BufferForecast()
      // Every second one comes back: 20 idle runs of 20 megabytes, none long enough.
      let (kept, given) = (20 * Self.megabyte, 20 * Self.megabyte + 1)
      for _ in 0..<20 {
        memory.take(kept)
        memory.take(given)
      }
      for _ in 0..<20 { memory.give(given) }
      memory.take(360 * Self.megabyte)
      #expect(memory.most >= 800 * Self.megabyte && memory.most <= 850 * Self.megabyte)
    }

    @Test func whatGoesBackIsOfWholePages() {
      let memory = BufferForecast()
      // Ends within a huge page, by less than what is mapped by itself.
      let odd = 300 * Self.megabyte + 5000
      memory.visit(odd)
      memory.take(302 * Self.megabyte)
      #expect(memory.most <= 2 * 304 * Self.megabyte)
      memory.take(odd)
      memory.giveAll()
      #expect(memory.most >= 602 * Self.megabyte && memory.most <= 606 * Self.megabyte)
    }
  #endif

  /// Takes and gives real memory in an order without pattern: no byte of one is another's.
  @Test func noTwoBuffersOverlap() {
    var random: UInt64 = 1
    func next(_ below: Int) -> Int {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((random >> 33) % UInt64(below))
    }
    var held: [(buffer: FloatBuffer, mark: Float)] = []
    func isWhole(_ buffer: FloatBuffer, _ mark: Float) -> Bool {
      [0, buffer.count / 2, buffer.count - 1].allSatisfy { buffer.base[$0] == mark }
    }
    for round in 0..<3000 {
      if held.count < 12 || next(2) == 0, held.count < 40 {
        let buffer = FloatBuffer(count: 1 + next(1 << (10 + next(12))))
        for place in [0, buffer.count / 2, buffer.count - 1] { buffer.base[place] = Float(round) }
        #expect(UInt(bitPattern: buffer.base) % 64 == 0)
        held.append((buffer, Float(round)))
      } else {
        let (buffer, mark) = held.remove(at: next(held.count))
        #expect(isWhole(buffer, mark), "round \(round)")
      }
    }
    #expect(held.allSatisfy { isWhole($0.buffer, $0.mark) })
  }
}
