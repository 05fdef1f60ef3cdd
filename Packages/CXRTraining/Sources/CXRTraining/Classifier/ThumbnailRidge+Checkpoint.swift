import CXRCheckpoint
import CXREvaluation

extension ThumbnailRidge {
  static let prefix = "baseline/"

  /// The arrays in a checkpoint.
  var arrays: [NamedArray] {
    [
      NamedArray(
        name: Self.prefix + "kernel", shape: [Self.featureCount, bias.count], scalars: kernel),
      NamedArray(name: Self.prefix + "bias", shape: [bias.count], scalars: bias),
    ]
  }

  /// Reads it from a checkpoint of `labels` labels; `nil` where there is none.
  /// - Throws: `CheckpointError` for arrays of another shape.
  init?(_ checkpoint: Checkpoint, strength: Double?, labels: Int, path: String) throws {
    guard let strength else { return nil }
    let found = try checkpoint.arrays(
      under: Self.prefix, [("kernel", [Self.featureCount, labels]), ("bias", [labels])], path: path)
    self.init(kernel: found[0].scalars, bias: found[1].scalars, strength: strength)
  }
}
