import CXRMetrics
import Testing

/// p-values worked out by hand from Holm's rule: the least times their number, the next times one less, none below
/// one before it, none above 1.
@Suite struct HolmTests {
  @Test(arguments: [
    ([0.01, 0.011, 0.012, 0.9], [0.04, 0.04, 0.04, 0.9]),
    ([0.9, 0.012, 0.01, 0.011], [0.9, 0.04, 0.04, 0.04]),
    ([0.02, 0.03, 0.04], [0.06, 0.06, 0.06]),
    ([0.4, 0.6, 0.7], [1, 1, 1]),
    ([0.03], [0.03]),
    ([0.01, 0.01], [0.02, 0.02]),
    ([], []),
  ])
  func followsTheRule(pValues: [Double], corrected: [Double]) throws {
    let found = holmCorrected(pValues)
    try #require(found.count == corrected.count)
    for (own, expected) in zip(found, corrected) {
      #expect(abs(try #require(own) - expected) < 1e-15)
    }
  }

  /// A test that cannot be made neither counts nor is moved.
  @Test func whatCannotBeTestedIsNotCounted() {
    #expect(holmCorrected([nil, 0.02, nil, 0.3]) == [nil, 0.04, nil, 0.3])
    #expect(holmCorrected([nil]) == [nil])
  }
}
