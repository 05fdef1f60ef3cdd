extension LabelSet {
  /// The name that fewest changes of a letter make, where at most a third of the letters change.
  public static func nearest(to label: String, among names: [String]) -> String? {
    // A name that is longer or shorter needs as many changes at least.
    let likely = names.filter { abs($0.utf8.count - label.utf8.count) * 3 <= label.utf8.count }
    let best = likely.map { (name: $0, changes: changes(Array(label.utf8), Array($0.utf8))) }
      .min { ($0.changes, $0.name) < ($1.changes, $1.name) }
    guard let best, best.changes * 3 <= label.utf8.count else { return nil }
    return best.name
  }

  /// Levenshtein's distance.
  private static func changes(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in b.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(diagonal + (letter == other ? 0 : 1), row[j] + 1, above + 1)
        diagonal = above
      }
    }
    return row[b.count]
  }
}
