import CXRData

extension NIHRevision {
  /// The side of the films that NIH gives out, in pixels.
  static let side = 1024

  /// What is to be said of films of other sizes; `nil` where there are none.
  ///
  /// - Parameter sizes: how many films are of each size, the commonest first.
  func remark(ofSizes sizes: [(height: Int, width: Int, films: Int)]) -> String? {
    let total = sizes.reduce(0) { $0 + $1.films }
    let others = sizes.filter { ($0.height, $0.width) != (Self.side, Self.side) }
    let count = others.reduce(0) { $0 + $1.films }
    guard let most = others.first else { return nil }
    return
      "\(count) of \(total) films are not of \(Self.side) × \(Self.side) pixels, as NIH gives them out, but most of these of "
      + "\(most.width) × \(most.height): a copy that somebody resized, whose figures are not those of NIH's films"
  }
}
