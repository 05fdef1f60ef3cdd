import CXRTensor

/// Where the cells of a network's feature map lie on its input, along rows and columns alike.
///
/// Cell i depends on the pixels from `first − (field − 1)/2 + i·step` on, `field` of them, and on no other.
/// Valid convolutions and pooling cut the border, so the outermost cells are centred inside the film; zeros around
/// it let cells look beyond.
public struct ReceptiveGrid: Sendable, Equatable {
  /// The first cell's centre, in pixels from the first pixel's centre.
  public private(set) var first = 0.0
  /// Pixels from cell to cell.
  public private(set) var step = 1.0
  /// Pixels a side that a cell depends on; `nil` for all of the film.
  public private(set) var field: Double? = 1

  /// One cell a pixel.
  public init() {}

  /// The grid of a graph's output `[N, H, W, C]` on its input.
  ///
  /// Where two branches meet, a cell depends on what either's does.
  ///
  /// - Returns: `nil` where rows and columns end on the way, as at a mean over them, or branches of other steps meet.
  public init?(of graph: TracedGraph) {
    /// What is known of a node; constants and parameters have no place.
    enum Place {
      case none
      case grid(ReceptiveGrid)
      /// Of the whole film, without rows and columns.
      case whole
      case lost
    }
    var places: [Place] = []
    for node in graph.nodes {
      guard case .operation(let operation) = node.source else {
        places.append(node.source == .input ? .grid(ReceptiveGrid()) : .none)
        continue
      }
      var place = Place.none
      for input in node.inputs {
        switch (place, places[input]) {
        case (_, .none): break
        case (.none, let other): place = other
        case (.grid(let one), .grid(let other)):
          place = one.joined(with: other).map { .grid($0) } ?? .lost
        case (.grid(var grid), .whole), (.whole, .grid(var grid)):
          grid.field = nil
          place = .grid(grid)
        case (.whole, .whole): break
        case (.lost, _), (_, .lost): place = .lost
        }
      }
      switch (operation.reach, place) {
      case (.windows(let windows), .grid(var grid)):
        for window in windows {
          grid.append(window: window.size, stride: window.stride, before: window.before)
        }
        places.append(.grid(grid))
      case (.windows, .whole): places.append(.lost)
      case (.all, .none), (.place, _), (_, .none), (_, .lost): places.append(place)
      case (.all, _): places.append(.whole)
      }
    }
    guard let output = graph.outputs.first, case .grid(let grid) = places[output] else {
      return nil
    }
    self = grid
  }

  private func joined(with other: ReceptiveGrid) -> ReceptiveGrid? {
    guard step == other.step else { return nil }
    var all = self
    guard let field, let second = other.field else {
      all.field = nil
      return all
    }
    let low = min(first - (field - 1) / 2, other.first - (second - 1) / 2)
    let high = max(first + (field - 1) / 2, other.first + (second - 1) / 2)
    (all.first, all.field) = ((low + high) / 2, high - low + 1)
    return all
  }

  /// Adds a layer that looks through windows.
  ///
  /// - Parameters:
  ///   - window: pixels a side.
  ///   - stride: pixels from window to window.
  ///   - before: how far the first window stands before the first pixel.
  public mutating func append(window: Int, stride: Int, before: Int = 0) {
    first += (Double(window - 1) / 2 - Double(before)) * step
    field = field.map { $0 + Double(window - 1) * step }
    step *= Double(stride)
  }
}
