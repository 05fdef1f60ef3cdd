/// A figure in every replicate of a bootstrap, NaN where it is undefined.
public struct BootstrapSample: Sendable {
  /// `[replicates]`.
  public let values: [Double]
  /// How many patients of equal weight the figure rests on; see ``PatientIndex/effectiveCount(where:)``.
  public let effectivePatients: Double
  /// How many patients it rests on, of the rarer kind, however many films each has.
  public let patients: Int
  /// What each patient adds to its error, where that is known.
  let influence: PatientInfluence?

  /// Takes a figure a replicate.
  ///
  /// - Parameters:
  ///   - values: `[replicates]`, NaN where undefined.
  ///   - effectivePatients: how many patients of equal weight it rests on.
  ///   - patients: how many it rests on, whatever their weight.
  public init(_ values: [Double], effectivePatients: Double, patients: Int) {
    self.init(values, effectivePatients: effectivePatients, patients: patients, influence: nil)
  }

  init(
    _ values: [Double], effectivePatients: Double, patients: Int, influence: PatientInfluence?
  ) {
    (self.values, self.effectivePatients, self.patients) = (values, effectivePatients, patients)
    self.influence = influence
  }

  /// With how many degrees of freedom the spread is known: as many as patients of equal weight but one, fewer where the
  /// error is few patients'.
  var degreesOfFreedom: Double {
    min(effectivePatients - 1, influence?.degreesOfFreedom ?? .infinity)
  }

  /// Replicate by replicate.
  public static func - (left: Self, right: Self) -> Self {
    Self(
      zip(left.values, right.values).map { $0 - $1 },
      effectivePatients: min(left.effectivePatients, right.effectivePatients),
      patients: min(left.patients, right.patients),
      influence: left.influence.flatMap { own in right.influence.map { own - $0 } })
  }

  /// The mean of several figures in each replicate. A figure that is undefined there keeps its own value, or the mean
  /// would jump whenever one drops out.
  ///
  /// It rests on as many patients as its degrees of freedom say, after Satterthwaite (Biometrics Bulletin 2, 1946):
  /// those of the figures, by the weight of their variances; and on the patients of
  /// the figures together. The mean of one figure is that figure.
  ///
  /// - Parameter figures: each with its value on all patients.
  public static func mean(of figures: [(value: Double, sample: BootstrapSample)]) -> BootstrapSample
  {
    if figures.count == 1 { return figures[0].sample }
    let count = figures.first?.sample.values.count ?? 0
    let known = satterthwaite(
      figures.compactMap { figure in
        figure.sample.standardError.map {
          ($0 * $0, figure.sample.effectivePatients - 1)
        }
      })
    let influences = figures.compactMap(\.sample.influence)
    return Self(
      (0..<count).map { replicate in
        figures.reduce(0) { sum, figure in
          let drawn = figure.sample.values[replicate]
          return sum + (drawn.isNaN ? figure.value : drawn)
        } / Double(figures.count)
      }, effectivePatients: known > 0 ? known + 1 : 0,
      patients: figures.reduce(0) { $0 + $1.sample.patients },
      influence: influences.count == figures.count ? .mean(of: influences) : nil)
  }
}
