import Testing

@testable import CXRMetrics

/// The mean of several areas less another's, where of some of them draws say nothing; by hand.
@Suite struct DifferenceOfMeansTests {
  private func figure(
    _ value: Double, _ values: [Double], effective: Double
  ) -> (value: Double, sample: BootstrapSample) {
    (value, BootstrapSample(values, effectivePatients: effective, patients: 20))
  }

  /// Of four draws: 0.5 ± 0.1 on ten patients, less 0.5.
  private var seen: [(value: Double, sample: BootstrapSample)] {
    [figure(0.5, [0.4, 0.6, 0.4, 0.6], effective: 10)]
  }
  private var still: (value: Double, sample: BootstrapSample) {
    figure(0.5, [0.5, 0.5, 0.5, 0.5], effective: 10)
  }

  @Test func whatIsSeenIsLeftAsItIs() {
    let one = seen + [figure(0.7, [0.6, 0.8, 0.8, 0.6], effective: 5)]
    let difference = BootstrapSample.differenceOfMeans(one, [still, still])
    let plain = BootstrapSample.mean(of: one) - BootstrapSample.mean(of: [still, still])
    #expect(difference.values == plain.values)
    #expect(difference.effectivePatients == plain.effectivePatients && difference.patients == 40)
    // One figure is that figure, however little is known of it.
    let alone = figure(0.9, [0.9, 0.9, 0.9, 0.9], effective: 1)
    #expect(BootstrapSample.differenceOfMeans([alone], [still]).values == [0.4, 0.4, 0.4, 0.4])
  }

  /// The variance of the seen pair is 4/3 · 0.01, of one patient 100/9 of that; the mean of both has a quarter of it.
  @Test(
    arguments: [
      (1.0, [0.9, 0.9, 0.9, 0.9]), (1.4, [0.9, 0.9, 0.9, 0.9]), (3.0, [.nan, 0.9, 0.9, .nan]),
    ] as [(Double, [Double])])
  func whatIsNotSeenVariesAsTheOthersDo(_ effective: Double, _ values: [Double]) {
    let one = seen + [figure(0.9, values, effective: effective)]
    let difference = BootstrapSample.differenceOfMeans(one, [still, still])
    // Its own draws show no spread, so that all that is expected is added: V is to V + 100/9·4·V/(4n).
    let spread = (1 + 100 / 9 / effective).squareRoot()
    for (drawn, plain) in zip(difference.values, [0.15, 0.25, 0.15, 0.25]) {
      #expect(abs(drawn - (0.2 + (plain - 0.2) * spread)) < 1e-12)
    }
    #expect(difference.patients == 40)
  }

  /// What its draws do show is not added again; more than is expected is left.
  @Test func whatIsSeenOfItIsNotCountedTwice() {
    let wild = figure(0.9, [0, .nan, 1, 0.9], effective: 3)
    let one = seen + [wild]
    let difference = BootstrapSample.differenceOfMeans(one, [still, still])
    let plain = BootstrapSample.mean(of: one) - BootstrapSample.mean(of: [still, still])
    #expect(zip(difference.values, plain.values).allSatisfy { abs($0 - $1) < 1e-12 })
    let little = figure(0.9, [0.89, .nan, 0.91, 0.9], effective: 3)
    let other = BootstrapSample.differenceOfMeans(seen + [little], [still, still])
    let unspread =
      BootstrapSample.mean(of: seen + [little]) - BootstrapSample.mean(of: [still, still])
    let (v, u) = (unspread.standardError.map { $0 * $0 } ?? 0, 2e-4 / 3)
    let spread = (1 + (4 / 3 * 0.01 * 100 / 9 / 3 - u) / (4 * v)).squareRoot()
    for (drawn, plain) in zip(other.values, unspread.values) {
      #expect(abs(drawn - (0.2 + (plain - 0.2) * spread)) < 1e-12)
    }
  }

  @Test func whereNothingIsSeenThereIsNoInterval() {
    let one = [
      figure(0.5, [0.4, 0.6, 0.4, 0.6], effective: 1.2),
      figure(0.9, [0.8, .nan, 0.9, 0.9], effective: 9),
    ]
    let difference = BootstrapSample.differenceOfMeans(one, [still, still])
    #expect(difference.interval() == nil && difference.pValue(that: 0) == nil)
  }
}
