import CXRCheckpoint

@testable import CXRTraining

/// The bits of a checkpoint's arrays by name and by what they are for: −0 differs from 0, a NaN equals itself.
struct ArrayBits: Equatable {
  /// What gradients train.
  var weights: [String: [UInt32]] = [:]
  /// Running statistics.
  var statistics: [String: [UInt32]] = [:]
  /// Adam's moments.
  var optimizer: [String: [UInt32]] = [:]
  /// All others.
  var others: [String: [UInt32]] = [:]
  /// The network's.
  var model: [String: [UInt32]] { weights.merging(statistics) { $1 } }

  init(_ arrays: [NamedArray]) {
    for array in arrays {
      let bits = array.scalars.map(\.bitPattern)
      if array.name.hasPrefix(ChestClassifier.optimizerPrefix) {
        optimizer[array.name] = bits
      } else if ChestClassifier.otherPrefixes.contains(where: { array.name.hasPrefix($0) }) {
        others[array.name] = bits
      } else if array.name.contains("/moving_") {
        statistics[array.name] = bits
      } else {
        weights[array.name] = bits
      }
    }
  }

  /// Of a file.
  init(_ path: String) throws { try self.init(Checkpoint(path: path).arrays) }
}
