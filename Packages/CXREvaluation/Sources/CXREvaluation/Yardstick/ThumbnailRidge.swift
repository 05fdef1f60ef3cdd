import CXRTensor

/// The yardstick: ridge regression of the findings on a film's thumbnail. It knows how bright each sixteenth by
/// sixteenth of the film is, and nothing else; a network that ranks films no better has learned nothing.
public struct ThumbnailRidge: Sendable, Equatable {
  /// Cells a side.
  public static let side = 16
  /// The number of a thumbnail's values.
  public static let featureCount = side * side

  /// `[256, K]`, a grey level's part in each score.
  public let kernel: [Float]
  /// `[K]`.
  public let bias: [Float]
  /// What was added to the diagonal, in films: chosen on validation.
  public let strength: Double
  private var labelCount: Int { bias.count }

  /// The means of a prepared film over 16 × 16 cells, in grey levels; every pixel is in one cell.
  public static func thumbnail(_ levels: UnsafeBufferPointer<Float>, size: Int) -> [Float] {
    var sums = [Double](repeating: 0, count: featureCount)
    var counts = [Int](repeating: 0, count: featureCount)
    let places = (0..<size).map { $0 * side / size }
    for row in 0..<size {
      for column in 0..<size {
        let cell = places[row] * side + places[column]
        sums[cell] += Double(levels[row * size + column])
        counts[cell] += 1
      }
    }
    // A film of fewer pixels than cells leaves cells empty.
    return zip(sums, counts).map { Float($1 > 0 ? $0 / Double($1) : 0) }
  }

  /// A score a label, in no unit; the higher, the more like films with the finding.
  public func scores(levels: [Float], size: Int) -> [Float] {
    scores(thumbnail: levels.withUnsafeBufferPointer { Self.thumbnail($0, size: size) })
  }

  /// The same from a thumbnail, `[256]`, in grey levels.
  public func scores(thumbnail: [Float]) -> [Float] {
    (0..<labelCount).map { k in
      Float(
        thumbnail.indices.reduce(Double(bias[k])) {
          $0 + Double(thumbnail[$1]) * Double(kernel[$1 * labelCount + k])
        })
    }
  }

  /// Sums over films from which a regression of any strength follows.
  public struct Sums {
    let labelCount: Int
    /// Of standardised columns: thumbnail and 1. `[257, 257]`, lower triangle.
    private var gram = [Double](repeating: 0, count: (featureCount + 1) * (featureCount + 1))
    /// For a label unknown on some films: their part of ``gram``, to be taken off.
    private var unknown: [Int: [Double]] = [:]
    /// Columns times labels, `[257, K]`.
    private var products: [Double]
    private var filmCounts: [Int]
    private var films = 0

    /// Of no films yet.
    public init(labels: Int) {
      labelCount = labels
      products = [Double](repeating: 0, count: (featureCount + 1) * labels)
      filmCounts = [Int](repeating: 0, count: labels)
    }

    /// Grey levels to a scale on which sums keep their digits.
    static func column(_ level: Float) -> Double { (Double(level) - 128) / 64 }

    /// Adds films.
    ///
    /// - Parameters:
    ///   - thumbnails: `[n]` of 256 grey levels.
    ///   - labels: `[n, K]`, 0 or 1, NaN where unknown.
    public mutating func add(_ thumbnails: [[Float]], labels: [Float]) {
      let columns = featureCount + 1
      let rows = thumbnails.map { $0.map(Self.column) + [1] }
      BLAS.addGram(of: rows.flatMap { $0 }, columns: columns, to: &gram)
      films += rows.count
      for k in 0..<labelCount {
        var without: [Double] = []
        for (film, row) in rows.enumerated() {
          let label = labels[film * labelCount + k]
          if label.isNaN {
            without += row
            continue
          }
          filmCounts[k] += 1
          guard label > 0.5 else { continue }
          for (i, value) in row.enumerated() { products[i * labelCount + k] += value }
        }
        if !without.isEmpty {
          BLAS.addGram(
            of: without, columns: columns,
            to: &unknown[k, default: [Double](repeating: 0, count: columns * columns)])
        }
      }
    }

    /// The regression with `strength` films' worth of caution; `nil` without films.
    public func ridge(strength: Double) -> ThumbnailRidge? {
      let n = featureCount + 1
      var solution = [Double](repeating: 0, count: n * labelCount)
      func solve(_ gram: [Double], films: Int, labels: [Int]) -> Bool {
        var matrix = gram
        for i in 0..<n - 1 { matrix[i * n + i] += strength }
        // The mean is not drawn to 0; a grain keeps the matrix positive definite.
        matrix[n * n - 1] += 1e-9
        let right = (0..<n).flatMap { i in labels.map { products[i * labelCount + $0] } }
        guard films > 0,
          let part = LAPACK.solve(positiveDefinite: matrix, order: n, rightSides: right)
        else { return false }
        for i in 0..<n {
          for (place, k) in labels.enumerated() {
            solution[i * labelCount + k] = part[i * labels.count + place]
          }
        }
        return true
      }
      let complete = (0..<labelCount).filter { unknown[$0] == nil }
      if !complete.isEmpty, !solve(gram, films: films, labels: complete) { return nil }
      for (k, part) in unknown {
        // A label known on no film keeps zeros: it ranks all films alike.
        _ = solve(zip(gram, part).map { $0 - $1 }, films: filmCounts[k], labels: [k])
      }
      let kernel = solution.dropLast(labelCount).map { Float($0 / 64) }
      let bias = (0..<labelCount).map { k in
        Float(
          solution[(n - 1) * labelCount + k]
            - (0..<n - 1).reduce(0.0) { $0 + solution[$1 * labelCount + k] * 2 })
      }
      return ThumbnailRidge(kernel: kernel, bias: bias, strength: strength)
    }
  }

  /// A regression that was fitted before.
  ///
  /// - Parameters:
  ///   - kernel: `[256, K]`.
  ///   - bias: `[K]`.
  ///   - strength: what was added to the diagonal, in films.
  public init(kernel: [Float], bias: [Float], strength: Double) {
    precondition(
      kernel.count == Self.featureCount * bias.count,
      "ThumbnailRidge: \(kernel.count) numbers for \(bias.count) labels")
    (self.kernel, self.bias, self.strength) = (kernel, bias, strength)
  }

  /// In films: from nearly none to as many as tame any set.
  public static let strengths = [1, 10, 100, 1000, 10_000.0]
}
