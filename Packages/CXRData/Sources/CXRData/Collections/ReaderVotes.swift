/// What each reader of a film has said. A class, since only films with readers have one.
final class ReaderVotes {
  private var places: [String: Int] = [:]
  /// Each reader's cells of findings.
  private(set) var cells: [[Int]] = []
  /// What each reader says in labels' columns.
  private(set) var values: [[LabelValue]] = []

  /// Takes a row of a reader.
  func add(_ reader: String, cell: Int?, values own: [LabelValue]) {
    let place = places[reader] ?? cells.count
    if place == cells.count {
      places[reader] = place
      cells.append([])
      values.append(own)
    } else {
      for k in own.indices { values[place][k] = values[place][k].joined(own[k]) }
    }
    if let cell { cells[place].append(cell) }
  }

  /// What the readers say together in labels' columns.
  func decided(_ votes: CollectionDescription.Votes) -> [LabelValue] {
    (values.first ?? []).indices.map { k in
      let said = values.map { $0[k] }
      // No count of these would be a vote.
      if let doubt = said.first(where: { $0 == .unreadable || $0 == .contradictory }) {
        return doubt
      }
      let known = said.filter { $0 != .unknown && $0 != .uncertain }
      guard !known.isEmpty else { return said.contains(.uncertain) ? .uncertain : .unknown }
      return votes.areEnough(known.count { $0 == .present }, of: known.count) ? .present : .absent
    }
  }

  /// What the readers' cells name together, in the order in which it is named; `nil` where none of them knows anything.
  func decided(_ votes: CollectionDescription.Votes, cells meanings: [DescribedCells.Cell])
    -> [String]?
  {
    var (names, counts): ([String], [String: Int]) = ([], [:])
    var readers = 0
    for own in cells {
      var named: [String] = []
      var isKnown = false
      for cell in own {
        guard case .names(let found, _) = meanings[cell] else { continue }
        isKnown = true
        named += found.filter { !named.contains($0) }
      }
      if isKnown { readers += 1 }
      for name in named {
        if counts[name] == nil { names.append(name) }
        counts[name, default: 0] += 1
      }
    }
    guard readers > 0 else { return nil }
    return names.filter { votes.areEnough(counts[$0] ?? 0, of: readers) }
  }
}
