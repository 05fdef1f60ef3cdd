import CXRCheckpoint
import CXREvaluation

extension TypicalFilms {
  static let prefix = "typical/"

  /// The arrays in a checkpoint.
  var arrays: [NamedArray] {
    [
      NamedArray(
        name: Self.prefix + "feature_mean", shape: [centre.count], scalars: centre.map { Float($0) }
      ),
      NamedArray(
        name: Self.prefix + "feature_factor", shape: [centre.count, centre.count],
        scalars: factor.map { Float($0) }),
    ]
  }

  /// Reads them from a checkpoint; `nil` where there are none.
  /// - Throws: `CheckpointError` for arrays of another shape.
  init?(_ checkpoint: Checkpoint, figures: Figures?, channels: Int, path: String) throws {
    guard let figures else { return nil }
    let found = try checkpoint.arrays(
      under: Self.prefix,
      [("feature_mean", [channels]), ("feature_factor", [channels, channels])], path: path)
    self.init(
      figures: figures, centre: found[0].scalars.map(Double.init),
      factor: found[1].scalars.map(Double.init))
  }
}
