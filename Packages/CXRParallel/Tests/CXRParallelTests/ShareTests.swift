import CXRParallel
import Testing

@Suite struct ShareTests {
  @Test func sharesAreCutByPlaceFromTheWholeBatch() {
    let whole = BatchShares(images: 32, count: 3)
    #expect((0..<3).map(whole.places) == [0..<10, 10..<21, 21..<32])
    let last = BatchShares(images: 12, of: 32, count: 3)
    #expect((0..<3).map(last.places) == [0..<10, 10..<12, 12..<12])
    #expect(last.runs(ofRows: 24) == [0..<20, 20..<24, 24..<24])
    // Not rows of its images.
    #expect(last.suiting(rows: 25).runs(ofRows: 25) == [0..<25])
    #expect(last.suiting(rows: 24) == last)
    #expect(last.suiting(images: 12) == last)
    #expect(last.suiting(images: 1) == BatchShares(images: 1, count: 3))
  }

  /// Which shares a sum adds, as text.
  private func sum(_ shares: BatchShares, order: [Int]) -> String? {
    let tree = ShareTree<String>(shares) { "(\($0)+\($1))" }
    for share in order { tree.take("\(share)", of: share) }
    return tree.total
  }

  @Test func oneTreeInAnyOrder() {
    let eight = BatchShares(images: 8, count: 8)
    for order in [Array(0..<8), Array((0..<8).reversed()), [5, 0, 7, 2, 1, 4, 3, 6]] {
      #expect(sum(eight, order: order) == "(((0+1)+(2+3))+((4+5)+(6+7)))")
    }
    #expect(sum(BatchShares(images: 3, count: 3), order: [2, 1, 0]) == "(0+(1+2))")
    #expect(sum(BatchShares(images: 9, count: 1), order: [0]) == "0")
  }

  @Test func emptySharesAreLeftOut() {
    #expect(
      sum(BatchShares(images: 5, of: 8, count: 8), order: [4, 3, 2, 1, 0]) == "(((0+1)+(2+3))+4)")
    // More shares than images: 0…1 of eight are in shares 3 and 7.
    let few = BatchShares(images: 2, count: 8)
    #expect((0..<8).filter { !few.places(of: $0).isEmpty } == [3, 7])
    #expect(sum(few, order: [7, 3]) == "(3+7)")
  }

  @Test func sumsAreNotThereBeforeAllHaveCome() {
    #expect(sum(BatchShares(images: 4, count: 4), order: [0, 1, 3]) == nil)
  }

  @Test(arguments: [1, 2, 3, 7]) func sumsOnThreads(threads: Int) {
    let before = Parallel.threads
    Parallel.threads = threads
    defer { Parallel.threads = before }
    let shares = BatchShares(images: 64, count: 64)
    func term(_ share: Int) -> Float { 1 / Float(share + 1) }
    var level = (0..<64).map(term)
    while level.count > 1 {
      level = stride(from: 0, to: level.count, by: 2).map { level[$0] + level[$0 + 1] }
    }
    for _ in 0..<50 {
      let tree = ShareTree<Float>(shares, +)
      Parallel.run(blocks: 64) { tree.take(term($0), of: $0) }
      #expect(tree.total == level[0])
    }
    #expect(shares.partSums(term, +) == [level[0]])
  }
}
