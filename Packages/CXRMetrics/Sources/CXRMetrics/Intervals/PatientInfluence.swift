/// What each patient adds to the error of a figure, as far as leaving that patient out tells.
struct PatientInfluence: Sendable {
  /// By the patients' numbers; 0 of one without films. Their squares add up to the figure's variance.
  let values: [Double]
  /// The figure's variance, patients being independent.
  let variance: Double
  /// With how many degrees of freedom the variance is known: 2 V²/Var(V), the variance of Σe² being Σe⁴ − (Σe²)²/n. Few,
  /// where it rests on few patients; infinite where all add as much.
  let degreesOfFreedom: Double
  /// Σe³/(6·(Σe²)^1.5), how skewed the figure is (Efron, Journal of the American Statistical Association 82, 1987).
  let acceleration: Double

  init(_ values: [Double]) {
    self.values = values
    var (patients, squares, cubes, fourths) = (0.0, 0.0, 0.0, 0.0)
    for value in values where value != 0 {
      let square = value * value
      patients += 1
      squares += square
      cubes += square * value
      fourths += square * square
    }
    variance = squares
    let spread = patients > 0 ? fourths - squares * squares / patients : 0
    degreesOfFreedom = spread > 0 ? 2 * squares * squares / spread : .infinity
    acceleration = squares > 0 ? cubes / (6 * squares * squares.squareRoot()) : 0
  }

  /// Of a figure less another of the same patients.
  static func - (left: Self, right: Self) -> Self {
    Self(zip(left.values, right.values).map { $0 - $1 })
  }

  /// Of the mean of figures of the same patients.
  static func mean(of figures: [PatientInfluence]) -> PatientInfluence {
    guard let first = figures.first else { return PatientInfluence([]) }
    return PatientInfluence(
      first.values.indices.map { patient in
        figures.reduce(0) { $0 + $1.values[patient] } / Double(figures.count)
      })
  }
}

/// Degrees of freedom of a sum of variances, each with its own (Satterthwaite, Biometrics Bulletin 2, 1946); 0 without any.
func satterthwaite(_ parts: [(variance: Double, degreesOfFreedom: Double)]) -> Double {
  var (sum, squares) = (0.0, 0.0)
  for part in parts where part.degreesOfFreedom > 0 {
    sum += part.variance
    squares += part.variance * part.variance / part.degreesOfFreedom
  }
  return squares > 0 ? sum * sum / squares : 0
}
