/// The two parts that scikit-learn's `train_test_split(x, test_size:, random_state:)` makes of
/// `elements`, in the same order.
///
/// - Parameters:
///   - elements: what is dealt, in any order.
///   - testFraction: in 0..<1, exclusive of 0; the test part gets ⌈fraction·n⌉ elements.
///   - seed: the random state.
/// - Throws: ``DataError/invalidArgument(_:)`` for another fraction, ``DataError/emptyPart(part:patients:)``
///   when nothing is left to train on.
public func trainTestSplit<Element>(
  _ elements: [Element], testFraction: Double, seed: UInt32
) throws -> (train: [Element], test: [Element]) {
  guard testFraction > 0, testFraction < 1 else {
    throw DataError.invalidArgument("a test fraction of \(testFraction) is outside 0 < f < 1")
  }
  let testCount = Int((testFraction * Double(elements.count)).rounded(.up))
  guard testCount < elements.count else {
    throw DataError.emptyPart(part: "training", patients: elements.count)
  }
  var generator = MersenneTwister(seed: seed)
  let order = generator.permutation(elements.count)
  return (order[testCount...].map { elements[$0] }, order[..<testCount].map { elements[$0] })
}
