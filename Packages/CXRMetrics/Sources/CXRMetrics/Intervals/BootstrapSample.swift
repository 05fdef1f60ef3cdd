/// A figure in every replicate of a bootstrap, NaN where it is undefined.
public struct BootstrapSample: Sendable {
  /// `[replicates]`.
  public let values: [Double]
  /// How many patients of equal weight the figure rests on; see ``PatientIndex/effectiveCount(where:)``.
  public let effectivePatients: Double
  /// What a figure of 1 in every draw leaves room for, by Student's t; `nil` where nothing is known of that.
  let roomAtOne: (@Sendable (_ t: Double) -> Double)?

  /// Takes a figure a replicate.
  ///
  /// - Parameters:
  ///   - values: `[replicates]`, NaN where undefined.
  ///   - effectivePatients: how many patients of equal weight it rests on.
  public init(_ values: [Double], effectivePatients: Double) {
    self.init(values, effectivePatients: effectivePatients, roomAtOne: nil)
  }

  init(
    _ values: [Double], effectivePatients: Double, roomAtOne: (@Sendable (Double) -> Double)?
  ) {
    (self.values, self.effectivePatients) = (values, effectivePatients)
    self.roomAtOne = roomAtOne
  }

  /// Replicate by replicate.
  public static func - (left: Self, right: Self) -> Self {
    Self(
      zip(left.values, right.values).map { $0 - $1 },
      effectivePatients: min(left.effectivePatients, right.effectivePatients))
  }

  /// The mean of several figures in each replicate. A figure that is undefined there keeps its own value, or the mean
  /// would jump whenever one drops out.
  ///
  /// It rests on as many patients as its degrees of freedom say, after Satterthwaite (Biometrics Bulletin 2, 1946):
  /// those of the figures, by the weight of their variances; but on no fewer than ``leastPatients``, as it pools the
  /// patients of all. The mean of one figure is that figure, with all that is known of it.
  ///
  /// - Parameter figures: each with its value on all patients.
  public static func mean(of figures: [(value: Double, sample: BootstrapSample)]) -> BootstrapSample
  {
    if figures.count == 1 { return figures[0].sample }
    let count = figures.first?.sample.values.count ?? 0
    var (sum, squares) = (0.0, 0.0)
    for (_, sample) in figures {
      guard let error = sample.standardError, sample.effectivePatients > 1 else { continue }
      sum += error * error
      squares += error * error * error * error / (sample.effectivePatients - 1)
    }
    return Self(
      (0..<count).map { replicate in
        figures.reduce(0) { sum, figure in
          let drawn = figure.sample.values[replicate]
          return sum + (drawn.isNaN ? figure.value : drawn)
        } / Double(figures.count)
      }, effectivePatients: squares > 0 ? max(Self.leastPatients, sum * sum / squares + 1) : 0)
  }
}
