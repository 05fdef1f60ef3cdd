import CXRImage

/// A film of 16 × 16 numbers of mean 0 and variance 1, in which way up it is can be seen.
public struct PoseThumbnail: Sendable, Codable {
  /// Numbers a side.
  public static let side = 16
  /// Of all numbers.
  public static let count = side * side

  /// `[side, side]`, in 1/32.
  private let levels: [Int8]

  /// Whether there is anything to see.
  var isFlat: Bool { levels.isEmpty }

  /// A part of a film, with what lies around it: rows and columns in 224ths of the film's side, which may lie outside.
  public struct Window: Sendable {
    let rows: Range<Int>
    let columns: Range<Int>
    /// The grey level of what lies outside of the film.
    let outside: Float

    /// Cuts out rows `top..<bottom` and columns `left..<right` of a film taken as 224 pixels a side.
    ///
    /// - Parameters:
    ///   - top: the first row.
    ///   - bottom: the row below the last.
    ///   - left: the first column.
    ///   - right: the column after the last.
    ///   - outside: the grey level of what lies outside of the film, 0…255; 0 unless said otherwise.
    public init(_ top: Int, _ bottom: Int, _ left: Int, _ right: Int, outside: Float = 0) {
      (rows, columns, self.outside) = (top..<bottom, left..<right, outside)
    }

    /// The whole film.
    public static let whole = Window(0, 224, 0, 224)

    /// Pixels of a side of `size`.
    static func pixels(_ range: Range<Int>, of size: Int) -> Range<Int> {
      func scaled(_ place: Int) -> Int {
        Int((Double(place) * Double(size) / 224).rounded(.toNearestOrAwayFromZero))
      }
      return scaled(range.lowerBound)..<max(scaled(range.upperBound), scaled(range.lowerBound) + 1)
    }
  }

  /// Averages a film over areas of about equal size.
  public init(_ film: FilmPlane, through window: Window = .whole) {
    var (sums, counts) = (
      [Float](repeating: 0, count: Self.count), [Float](repeating: 0, count: Self.count)
    )
    let (rows, columns) = (
      Window.pixels(window.rows, of: film.height), Window.pixels(window.columns, of: film.width)
    )
    let cells = columns.map { ($0 - columns.lowerBound) * Self.side / columns.count }
    for y in rows {
      let cell = (y - rows.lowerBound) * Self.side / rows.count * Self.side
      for (x, place) in zip(columns, cells) {
        let isInside = (0..<film.height).contains(y) && (0..<film.width).contains(x)
        sums[cell + place] += isInside ? film.values[y * film.width + x] : window.outside
        counts[cell + place] += 1
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

  /// The ranks of the numbers, equal ones sharing theirs, of mean 0 and variance 1, in 1/32; none of a flat film.
  public var ranks: [Int8] {
    var (counts, below) = ([Int](repeating: 0, count: 256), [Int](repeating: 0, count: 256))
    for level in levels { counts[Int(level) + 128] += 1 }
    for place in 1..<256 { below[place] = below[place - 1] + counts[place - 1] }
    let ranks = levels.map { level in
      2 * below[Int(level) + 128] + counts[Int(level) + 128] - Self.count
    }
    let variance = Double(ranks.reduce(0) { $0 + $1 * $1 }) / Double(Self.count)
    guard variance > 0 else { return [] }
    let scale = 32 / variance.squareRoot()
    return ranks.map { Int8(max(-127, min(127, (Double($0) * scale).rounded(.toNearestOrEven)))) }
  }

  /// The numbers; none of a flat film.
  var values: [Float] { levels.map { Float($0) / 32 } }
}

/// How a film may lie: turned by quarters, and seen from behind or not.
public struct FilmPose: Sendable, Equatable {
  /// Quarter turns counter-clockwise.
  public let turns: Int
  /// Whether left and right are exchanged, before it is turned.
  public let isMirrored: Bool

  /// A pose.
  public init(turns: Int, isMirrored: Bool) { (self.turns, self.isMirrored) = (turns, isMirrored) }

  static let upright = FilmPose(turns: 0, isMirrored: false)
  /// The eight poses.
  public static let all = [false, true].flatMap { mirrored in
    (0..<4).map { FilmPose(turns: $0, isMirrored: mirrored) }
  }

  /// An upright picture laid so, `[side, side]`.
  public func applied<Value>(to values: [Value]) -> [Value] {
    let n = PoseThumbnail.side
    return (0..<n * n).map { place in
      var (y, x) = (place / n, place % n)
      for _ in 0..<turns { (y, x) = (x, n - 1 - y) }
      if isMirrored { x = n - 1 - x }
      return values[y * n + x]
    }
  }
}
