import CXRNet

/// Where on a film a label's log-odds come from, cell by cell; the mean of all cells is the log-odds.
public struct FindingMap: Sendable {
  /// Cells from top to bottom.
  public let rows: Int
  /// Cells from left to right.
  public let columns: Int
  /// `[rows, columns]`, in nats.
  public let values: [Float]
  /// Where the cells lie on the network's input.
  public let grid: ReceptiveGrid
  /// The side of the input, in pixels.
  public let inputSize: Int

  /// A map of `rows * columns` cells.
  public init(rows: Int, columns: Int, values: [Float], grid: ReceptiveGrid, inputSize: Int) {
    precondition(
      rows > 0 && columns > 0 && values.count == rows * columns && inputSize > 0,
      "FindingMap: \(values.count) values for \(rows) × \(columns) cells")
    (self.rows, self.columns, self.values) = (rows, columns, values)
    (self.grid, self.inputSize) = (grid, inputSize)
  }

  /// The least value of a cell, in nats.
  public var least: Float { values.min() ?? 0 }
  /// The largest value of a cell, in nats.
  public var most: Float { values.max() ?? 0 }

  /// A place on a film.
  public struct Place: Sendable, Equatable {
    /// From the left edge, as a share of the width.
    public let x: Double
    /// From the upper edge, as a share of the height.
    public let y: Double
  }

  /// The map at a film's resolution, `[height, width]`: cubic between the cells' centres (Keys, 1981), and beyond
  /// the outermost centres as at these. A film's axes were scaled each to the input, so the map's are.
  public func resampled(height: Int, width: Int) -> [Float] {
    let (down, across) = (weights(height, cells: rows), weights(width, cells: columns))
    // Down the columns first: [height, columns].
    var tall = [Float](repeating: 0, count: height * columns)
    for y in 0..<height {
      for (row, weight) in down[y] {
        for x in 0..<columns { tall[y * columns + x] += weight * values[row * columns + x] }
      }
    }
    var full = [Float](repeating: 0, count: height * width)
    for y in 0..<height {
      for x in 0..<width {
        var sum: Float = 0
        for (column, weight) in across[x] { sum += weight * tall[y * columns + column] }
        full[y * width + x] = sum
      }
    }
    return full
  }

  /// For each of `size` pixels of a film, cells and their parts.
  private func weights(_ size: Int, cells: Int) -> [[(Int, Float)]] {
    (0..<size).map { pixel in
      let input = (Double(pixel) + 0.5) / Double(size) * Double(inputSize) - 0.5
      let at = min(max((input - grid.first) / grid.step, 0), Double(cells - 1))
      let first = Int(at)
      let t = Float(at - Double(first))
      let parts: [Float] = [
        ((-0.5 * t + 1) * t - 0.5) * t, (1.5 * t - 2.5) * t * t + 1,
        ((-1.5 * t + 2) * t + 0.5) * t, (0.5 * t - 0.5) * t * t,
      ]
      return parts.enumerated().map { k, part in (min(max(first + k - 1, 0), cells - 1), part) }
    }
  }

  /// How much the map has to say of each of `size` rows or columns of a film with `cells` cells along it: 1 up to the
  /// outermost centres, and from there falling to 0 within a cell.
  func reach(_ size: Int, cells: Int) -> [Float] {
    (0..<size).map { pixel in
      let input = (Double(pixel) + 0.5) / Double(size) * Double(inputSize) - 0.5
      let at = (input - grid.first) / grid.step
      return Float(1 - min(1, max(0, -at, at - Double(cells - 1))))
    }
  }

  private static let searchSide = 256

  /// Where the map is largest, to a 256th of the film; of equals, the first from the top left.
  public var peak: Place {
    let side = Self.searchSide
    let full = resampled(height: side, width: side)
    let best = full.indices.max { full[$0] < full[$1] || (full[$0] == full[$1] && $0 > $1) } ?? 0
    return Place(
      x: (Double(best % side) + 0.5) / Double(side), y: (Double(best / side) + 0.5) / Double(side))
  }
}
