extension Shape {
  /// Axes as places from the front, each once; -1 is the last. Traps on an axis that is not there.
  func places(of axes: [Int], _ operation: String) -> Set<Int> {
    var places: Set<Int> = []
    for axis in axes {
      let place = axis < 0 ? axis + rank : axis
      precondition(
        (0..<rank).contains(place) && places.insert(place).inserted,
        "\(operation): axes \(axes) are not \(rank) axes' of \(self), each once")
    }
    return places
  }

  /// What is left when axes are dropped, or become 1.
  func reduced(over places: Set<Int>, keepingAxes: Bool) -> Shape {
    Shape(
      dimensions.indices.compactMap {
        places.contains($0) ? (keepingAxes ? 1 : nil) : dimensions[$0]
      })
  }

  /// The shape that two are broadcast to, as NumPy does: axes are compared from the last; sizes are equal, or one is 1 or
  /// not there. Traps on others.
  static func broadcast(_ left: Shape, _ right: Shape, _ operation: String) -> Shape {
    let rank = Swift.max(left.rank, right.rank)
    func size(_ shape: Shape, _ axis: Int) -> Int {
      let place = axis - (rank - shape.rank)
      return place < 0 ? 1 : shape.dimensions[place]
    }
    return Shape(
      (0..<rank).map { axis in
        let (a, b) = (size(left, axis), size(right, axis))
        precondition(
          a == b || a == 1 || b == 1,
          "\(operation): shapes \(left) and \(right) cannot be broadcast to one")
        return a == 1 ? b : a
      })
  }
}
