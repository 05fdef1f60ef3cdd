import CXRData

/// The samples of an epoch: every training film once, and after them one augmented copy of each film
/// that has any of the under-represented labels.
public struct TrainingSamples: Sendable {
  /// One sample.
  public struct Sample: Sendable, Equatable {
    /// The film's place in the list of training films.
    public let film: Int
    /// How often the film is rotated and zoomed in a row: 0 for an original, once a positive label
    /// among the under-represented for a copy.
    public let augmentations: Int
  }

  /// Originals in file order, then copies in file order.
  public let samples: [Sample]

  /// Takes each training film once, and those with an under-represented label once more, as augmented copies.
  ///
  /// - Parameters:
  ///   - matrix: the findings of all rows.
  ///   - rows: the training rows.
  ///   - augmentedLabels: the under-represented labels; those not in the matrix are ignored.
  public init(matrix: LabelMatrix, rows: [FilmRow], augmentedLabels: [String]) {
    let columns = matrix.labels.indices.filter { augmentedLabels.contains(matrix.labels[$0]) }
    let originals = rows.indices.map { Sample(film: $0, augmentations: 0) }
    let copies = rows.indices.compactMap { i -> Sample? in
      let count = columns.filter { matrix[rows[i], $0] }.count
      return count > 0 ? Sample(film: i, augmentations: count) : nil
    }
    samples = originals + copies
  }

  /// The number of originals and copies.
  public var count: Int { samples.count }
  /// The number of copies.
  public var copyCount: Int { samples.reduce(0) { $0 + ($1.augmentations > 0 ? 1 : 0) } }
}
