/// The axes of a tensor in runs that are kept or dropped together, as `[N·H·W dropped, C kept]` of a sum over all axes but
/// the last. Axes of size 1 are in no run.
struct AxisRuns {
  /// The size of each run, slowest first.
  private(set) var sizes: [Int] = []
  /// Whether the run is kept.
  private(set) var areKept: [Bool] = []
  /// From one element of a run to the next, in elements of the tensor.
  private(set) var strides: [Int] = []

  /// - Parameter isKept: whether an axis is kept, by its place.
  init(_ shape: Shape, isKept: (Int) -> Bool) {
    for (axis, size) in shape.dimensions.enumerated() where size != 1 {
      if areKept.last == isKept(axis) {
        sizes[sizes.count - 1] *= size
      } else {
        sizes.append(size)
        areKept.append(isKept(axis))
      }
    }
    var stride = 1
    for size in sizes.reversed() {
      strides.insert(stride, at: 0)
      stride *= size
    }
  }

  /// The runs of one kind, but not the last of all.
  private func outer(_ kept: Bool) -> [Int] {
    sizes.indices.dropLast().filter { areKept[$0] == kept }
  }

  /// The size of the last run, whose elements lie side by side; 1 without any.
  var inner: Int { sizes.last ?? 1 }
  /// Whether the last run is kept.
  var isInnerKept: Bool { areKept.last ?? true }
  /// How many places the kept runs before the last have.
  var outerKeptCount: Int { outer(true).reduce(1) { $0 * sizes[$1] } }

  /// Where the places of the dropped runs before the last begin, in order; added to where a kept place begins.
  var droppedOffsets: [Int] {
    outer(false).reduce([0]) { offsets, run in
      offsets.flatMap { offset in (0..<sizes[run]).map { offset + $0 * strides[run] } }
    }
  }

  /// Where the kept places before the last run begin: a function from 0..<``outerKeptCount``.
  var keptOffset: (Int) -> Int {
    let runs = outer(true).reversed().map { (size: sizes[$0], stride: strides[$0]) }
    return { place in
      var (rest, offset) = (place, 0)
      for run in runs {
        offset += rest % run.size * run.stride
        rest /= run.size
      }
      return offset
    }
  }
}

/// Places of an outer run that a thread takes at a time, so that blocks have some tens of thousands of elements.
func placesOfBlock(_ elements: Int) -> Int {
  Swift.max(1, elementwiseBlock / Swift.max(1, elements))
}
