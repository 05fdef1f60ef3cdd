import CXRData
import Testing

/// Permutations and splits against NumPy's `RandomState` and scikit-learn's `train_test_split`.
@Suite struct SplitTests {
  private struct Cases: Decodable {
    struct Permutation: Decodable {
      let count: Int
      let seed: UInt32
      let permutation: [Int]
    }
    struct Split: Decodable {
      let count: Int
      let size: Double
      let seed: UInt32
      let train: [Int]
      let test: [Int]
    }
    let permutations: [Permutation]
    let splits: [Split]
  }

  @Test func permutationsEqualNumPy() throws {
    let cases = try Fixture.json("splits", as: Cases.self).permutations
    #expect(cases.count == 54)
    for item in cases {
      var generator = MersenneTwister(seed: item.seed)
      #expect(generator.permutation(item.count) == item.permutation, "\(item.count) \(item.seed)")
    }
  }

  @Test func splitsEqualScikitLearn() throws {
    for item in try Fixture.json("splits", as: Cases.self).splits {
      let (train, test) = try trainTestSplit(
        Array(0..<item.count), testFraction: item.size, seed: item.seed)
      #expect(train == item.train && test == item.test, "\(item.count) \(item.size)")
    }
  }
}
