import CXREvaluation
import CXRNet

/// Where on a film a label's log-odds come from, cell by cell; the mean of all cells is the log-odds.
///
/// A cell looks at more than its own place: in the reference network at 106 × 106 of 224 × 224 pixels, around its
/// centre.
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

  /// The map at a film's resolution, `[height, width]`: cubic between the cells' centres (Keys, 1981), and beyond
  /// the outermost centres, where no cell is centred, as at these. A film's axes were scaled each to the input, so the map's are.
  public func resampled(height: Int, width: Int) -> [Float] {
    let (down, across) = (weights(height, cells: rows), weights(width, cells: columns))
    // Down the columns first: [height, columns].
    var tall = [Float](repeating: 0, count: height * columns)
    for y in 0..<height {
      for (row, part) in down[y] {
        for x in 0..<columns { tall[y * columns + x] += part * values[row * columns + x] }
      }
    }
    var full = [Float](repeating: 0, count: height * width)
    for y in 0..<height {
      for x in 0..<width {
        var sum: Float = 0
        for (column, part) in across[x] { sum += part * tall[y * columns + column] }
        full[y * width + x] = sum
      }
    }
    return full
  }

  /// For each of `size` pixels of a film, cells and their parts.
  private func weights(_ size: Int, cells: Int) -> [[(cell: Int, part: Float)]] {
    (0..<size).map { pixel in
      let input = (Double(pixel) + 0.5) / Double(size) * Double(inputSize) - 0.5
      return interpolation((input - grid.first) / grid.step, cells: cells)
    }
  }

  /// The cells around a place, in cells from the first centre, and their parts of its value.
  private func interpolation(_ place: Double, cells: Int) -> [(cell: Int, part: Float)] {
    let at = min(max(place, 0), Double(cells - 1))
    let first = Int(at)
    let t = Float(at - Double(first))
    let parts: [Float] = [
      ((-0.5 * t + 1) * t - 0.5) * t, (1.5 * t - 2.5) * t * t + 1,
      ((-1.5 * t + 2) * t + 0.5) * t, (0.5 * t - 0.5) * t * t,
    ]
    return parts.enumerated().map { k, part in (min(max(first + k - 1, 0), cells - 1), part) }
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

  /// Where the map is largest, to a sixteenth of a cell, between the outermost centres; of equals, the first from the
  /// top left.
  public var peak: FilmPlace {
    func steps(_ cells: Int) -> [[(cell: Int, part: Float)]] {
      (0...(cells - 1) * Self.stepsOfCell).map {
        interpolation(Double($0) / Double(Self.stepsOfCell), cells: cells)
      }
    }
    let (down, across) = (steps(rows), steps(columns))
    var (best, place) = (-Float.infinity, (row: 0, column: 0))
    for (row, parts) in down.enumerated() {
      let line = (0..<columns).map { column in
        parts.reduce(Float(0)) { $0 + $1.part * values[$1.cell * columns + column] }
      }
      for (column, parts) in across.enumerated() {
        let value = parts.reduce(Float(0)) { $0 + $1.part * line[$1.cell] }
        if value > best { (best, place) = (value, (row, column)) }
      }
    }
    return FilmPlace(x: share(ofStep: place.column), y: share(ofStep: place.row))
  }

  /// Into how many steps a cell is parted where the peak is looked for.
  private static let stepsOfCell = 16

  /// As a share of the film's side.
  private func share(ofStep step: Int) -> Double {
    (grid.first + Double(step) / Double(Self.stepsOfCell) * grid.step + 0.5) / Double(inputSize)
  }

  /// The places that ``peak`` can be, whatever the film: none beyond the outermost centres.
  public var peakPlaces: [FilmPlace] {
    (0...(rows - 1) * Self.stepsOfCell).flatMap { row in
      (0...(columns - 1) * Self.stepsOfCell).map { column in
        FilmPlace(x: share(ofStep: column), y: share(ofStep: row))
      }
    }
  }
}
