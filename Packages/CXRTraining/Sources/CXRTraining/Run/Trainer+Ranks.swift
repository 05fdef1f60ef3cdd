import CXRData
import CXRFiles
import CXRImage
import CXRNet
import CXRParallel
import CXRTensor

extension TrainingOptions {
  /// Checks that so many processes can train together: each needs a share, and each share a film.
  ///
  /// - Throws: ``TrainingError/invalidOption(_:)``.
  public func validate(ranks: Int) throws {
    guard ranks > 1 else { return }
    guard ranks <= shares else {
      throw TrainingError.invalidOption(
        "shares", "\(shares)",
        needed:
          "\(ranks) processes train together, each on one share at least; give \(ranks) or more, or start \(shares)"
      )
    }
    guard shares <= batchSize else {
      throw TrainingError.invalidOption(
        "shares", "\(shares)",
        needed:
          "\(ranks) processes train together, and a batch has \(batchSize) films; give \(batchSize) or fewer"
      )
    }
  }

  /// The most films of a batch that one of so many ranks has, and the most shares.
  func part(ofRanks ranks: Int) -> (films: Int, shares: Int) {
    let whole = BatchShares(images: batchSize, count: shares)
    let ranks = min(ranks, shares)
    return (
      (0..<ranks).map { whole.places(ofRank: $0, of: ranks).count }.max() ?? batchSize,
      BatchShares.runs(ofShares: shares, ranks: ranks).map(\.count).max() ?? shares
    )
  }
}

extension Trainer {
  /// Whether this process writes the run's files.
  var isWriter: Bool { (ranks?.rank ?? 0) == 0 }

  /// What must be the same on all ranks for their sums to be those of one process: what it is, and its value.
  public var facts: [(what: String, value: String)] {
    let device = DeviceReport()
    let state = model.parameters.map(\.parameter) + step.optimizer.parameters.map(\.parameter)
    let digest = SHA256.hexDigest(
      of: state.map { "\(Array($0.value.scalars).withUnsafeBytes { $0.checksum64 })" }
        .joined(separator: "\n"))
    return [
      ("the program's version", LibraryVersion.current),
      ("the vector unit", device.vectorUnit), ("the BLAS", device.blas),
      ("the label file", data.collection.file.sha256),
      ("the list of films", data.filmsSHA256), ("the films' pixels", data.pixelsSHA256),
      ("the place in the run, of last.npz", "\(epoch) \(unfinished?.steps ?? 0)"),
      ("the weights", digest),
    ] + options.comparable.sorted { $0.key < $1.key }.map { ("the option \($0.key)", $0.value) }
  }

  /// Batches with the films of this rank's shares alone.
  func own(_ batches: Batches) -> Batches {
    guard let ranks, ranks.count > 1 else { return batches }
    let (size, count) = (options.batchSize, options.shares)
    return batches.taking { films in
      BatchShares(images: films, of: size, count: count)
        .places(ofRank: ranks.rank, of: ranks.count)
    }
  }
}
