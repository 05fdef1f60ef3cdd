import CXRImage

/// A film of 16 × 16 numbers of mean 0 and variance 1, in which way up it is can be seen.
struct PoseThumbnail: Sendable {
  static let side = 16
  static let count = side * side

  /// `[side, side]`, in 1/32.
  private let levels: [Int8]

  /// Whether there is anything to see.
  var isFlat: Bool { levels.isEmpty }

  /// Averages a film over areas of about equal size.
  init(_ film: FilmPlane) {
    var (sums, counts) = (
      [Float](repeating: 0, count: Self.count), [Float](repeating: 0, count: Self.count)
    )
    let columns = (0..<film.width).map { $0 * Self.side / film.width }
    for y in 0..<film.height {
      let cell = y * Self.side / film.height * Self.side
      for x in 0..<film.width {
        sums[cell + columns[x]] += film.values[y * film.width + x]
        counts[cell + columns[x]] += 1
      }
    }
    let levels = zip(sums, counts).map { $1 > 0 ? $0 / $1 : 0 }
    let mean = levels.reduce(0, +) / Float(Self.count)
    let variance = levels.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(Self.count)
    guard variance > 1e-4 else {
      self.levels = []
      return
    }
    let scale = 32 / variance.squareRoot()
    self.levels = levels.map { Int8(max(-127, min(127, (($0 - mean) * scale).rounded()))) }
  }

  /// The numbers; none of a flat film.
  var values: [Float] { levels.map { Float($0) / 32 } }
}

/// How a film may lie: turned by quarters, and seen from behind or not.
struct FilmPose: Sendable, Equatable {
  /// Quarter turns counter-clockwise.
  let turns: Int
  let isMirrored: Bool

  static let upright = FilmPose(turns: 0, isMirrored: false)
  static let all = [false, true].flatMap { mirrored in
    (0..<4).map { FilmPose(turns: $0, isMirrored: mirrored) }
  }

  /// An upright picture laid so, `[side, side]`.
  func applied(to values: [Float]) -> [Float] {
    let n = PoseThumbnail.side
    return (0..<n * n).map { place in
      var (y, x) = (place / n, place % n)
      for _ in 0..<turns { (y, x) = (x, n - 1 - y) }
      if isMirrored { x = n - 1 - x }
      return values[y * n + x]
    }
  }
}
