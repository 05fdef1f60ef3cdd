extension Checkpoint {
  /// The arrays that a model asks for, in its order.
  ///
  /// - Parameters:
  ///   - expected: names and shapes.
  ///   - ignoredPrefix: superfluous arrays under this name are of no concern; none unless said otherwise.
  ///   - path: the file's name for messages.
  /// - Throws: ``CheckpointError/mismatch(path:problems:)`` naming every array that is missing, of
  ///   another shape, not finite, there twice, or more than asked for.
  public func arrays(
    matching expected: [(name: String, shape: [Int])], ignoring ignoredPrefix: String? = nil,
    path: String
  ) throws -> [NamedArray] {
    var (found, problems): ([NamedArray], [String]) = ([], [])
    let present = Dictionary(arrays.map { ($0.name, $0) }) { first, again in
      problems.append("\(again.name.printable) is there twice")
      return first
    }
    for (name, shape) in expected {
      guard let array = present[name] else {
        problems.append("\(name.printable) is missing")
        continue
      }
      if array.shape != shape {
        problems.append("\(name.printable) has shape \(array.shape), not \(shape)")
      } else if !array.scalars.allSatisfy(\.isFinite) {
        problems.append("\(name.printable) holds numbers that are not finite")
      }
      found.append(array)
    }
    let names = Set(expected.map(\.name))
    for array in arrays where !names.contains(array.name) {
      if let ignoredPrefix, array.name.hasPrefix(ignoredPrefix) { continue }
      problems.append("\(array.name.printable) is not part of the model")
    }
    guard problems.isEmpty else { throw CheckpointError.mismatch(path: path, problems: problems) }
    return found
  }
}
