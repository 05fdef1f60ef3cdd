import CXRTensor

extension Module {
  /// A parameter outside of its network: a name such as `block1/conv/kernel`, sizes of axes, elements with the last
  /// axis fastest.
  public typealias NamedArray = (name: String, shape: [Int], scalars: [Float])

  /// All parameters, in order, as plain values.
  public var namedArrays: [NamedArray] {
    parameters.map {
      (
        $0.path.description, $0.parameter.value.shape.dimensions,
        Array($0.parameter.value.scalars)
      )
    }
  }

  /// Sets all parameters from plain values in any order, or none.
  ///
  /// - Throws: ``NetError/arraysDoNotFit(_:)`` naming every array that is missing, there twice, of another shape, not
  ///   finite, or more than asked for.
  public mutating func load(_ arrays: [NamedArray]) throws(NetError) {
    var problems: [String] = []
    let given = Dictionary(grouping: arrays, by: \.name)
    let own = parameters
    for (path, parameter) in own {
      let (name, shape) = (path.description, parameter.value.shape.dimensions)
      guard let array = given[name]?.first else {
        problems.append("\(name) is missing")
        continue
      }
      if array.shape != shape {
        problems.append("\(name) has shape \(array.shape), not \(shape)")
      } else if array.scalars.count != parameter.value.shape.count {
        problems.append("\(name) has \(array.scalars.count) numbers for shape \(shape)")
      } else if !array.scalars.allSatisfy(\.isFinite) {
        problems.append("\(name) holds numbers that are not finite")
      }
    }
    let names = Set(own.map(\.path.description))
    for (name, arrays) in given.sorted(by: { $0.key < $1.key }) {
      if !names.contains(name) { problems.append("\(name) is not part of the network") }
      if arrays.count > 1 { problems.append("\(name) is there \(arrays.count) times") }
    }
    guard problems.isEmpty else { throw .arraysDoNotFit(problems) }
    forEachParameter(at: .root) { path, parameter in
      guard let array = given[path.description]?.first else { return }
      parameter.value = Tensor(array.scalars, shape: Shape(array.shape))
    }
  }
}
