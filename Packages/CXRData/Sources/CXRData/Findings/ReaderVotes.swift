/// What each reader of a film has said. A class, since only films with readers have one.
final class ReaderVotes {
  private var places: [String: Int] = [:]
  /// The line of each reader's first row.
  private var lines: [Int] = []
  /// Each reader's cells of findings.
  private var cells: [[Int]] = []
  /// What each reader says in labels' columns.
  private var values: [[LabelValue]] = []

  /// How many labels half of the readers name, which is no majority.
  private(set) var ties = 0

  /// Takes a row of a reader.
  /// - Returns: the place of a label of which the reader has said something else, and the line of that.
  func add(
    _ reader: String, _ line: Int, cell: Int?, values own: [LabelValue]
  ) -> (label: Int, line: Int)? {
    var contradiction: Int?
    let place = places[reader] ?? cells.count
    if place == cells.count {
      places[reader] = place
      lines.append(line)
      cells.append([])
      values.append(own)
    } else {
      for k in own.indices {
        values[place][k] = values[place][k].joined(own[k])
        if values[place][k] == .contradictory, contradiction == nil { contradiction = k }
      }
    }
    if let cell { cells[place].append(cell) }
    return contradiction.map { ($0, lines[place]) }
  }

  /// Whether enough readers say yes, where that is the same whatever the doubtful ones mean; else `nil`.
  private static func outcome(
    _ votes: CollectionDescription.Votes, yes: Int, doubtful: Int, of readers: Int
  ) -> Bool? {
    let (least, most) = (
      votes.areEnough(yes, of: readers), votes.areEnough(yes + doubtful, of: readers)
    )
    return least == most ? least : nil
  }

  /// What the readers say together in labels' columns.
  func decided(
    _ votes: CollectionDescription.Votes, blank: CollectionDescription.Blank
  ) -> [LabelValue] {
    (values.first ?? []).indices.map { k in
      let said = values.map { $0[k] }
      if let fault = said.first(where: { $0 == .unreadable || $0 == .contradictory }) {
        return fault
      }
      let doubtful = said.count {
        $0 == .unknown || $0 == .uncertain || $0 == .blank && blank == .unknown
      }
      let outcome = Self.outcome(
        votes, yes: said.count { $0 == .present }, doubtful: doubtful, of: said.count)
      if outcome == false, votes == .majority,
        2 * said.count(where: { $0 == .present }) == said.count
      {
        ties += 1
      }
      if let outcome { return outcome ? .present : .absent }
      return said.contains(.uncertain) ? .uncertain : .unknown
    }
  }

  /// What the readers' cells say together.
  struct Decision {
    /// The findings that enough readers name, in the order in which they are named.
    var findings: [String] = []
    /// Findings of which it is not known whether enough readers would name them.
    var unknown: Set<String> = []
    /// Whether that is so of all others too.
    var areOthersUnknown = false
  }

  /// What the readers' cells say together.
  func decided(
    _ votes: CollectionDescription.Votes, cells meanings: [DescribedCells.Cell]
  ) -> Decision {
    var names: [String] = []
    var (yes, doubtful): ([String: Int], [String: Int]) = ([:], [:])
    // Readers who may mean anything that they do not name.
    var open: [Set<String>] = []
    for own in cells {
      var (named, unknown, isOpen): ([String], Set<String>, Bool) = ([], [], own.isEmpty)
      for cell in own {
        switch meanings[cell] {
        case .names(let found, let others):
          named += found.filter { !named.contains($0) }
          switch others {
          case .absent: break
          case .unknown(let lower): unknown.formUnion(lower)
          case .allUnknown: isOpen = true
          }
        case .unknown: isOpen = true
        case .unusable: break
        }
      }
      for name in named {
        if !names.contains(name) { names.append(name) }
        yes[name, default: 0] += 1
      }
      if isOpen { open.append(Set(named)) }
      for name in unknown.subtracting(named) where !isOpen { doubtful[name, default: 0] += 1 }
    }
    var decision = Decision()
    for name in names + doubtful.keys.filter({ !names.contains($0) }).sorted() {
      let outcome = Self.outcome(
        votes, yes: yes[name] ?? 0,
        doubtful: (doubtful[name] ?? 0) + open.count { !$0.contains(name) }, of: cells.count)
      switch outcome {
      case true?: decision.findings.append(name)
      case false?: if votes == .majority, 2 * (yes[name] ?? 0) == cells.count { ties += 1 }
      case nil: decision.unknown.insert(name)
      }
    }
    decision.areOthersUnknown =
      Self.outcome(votes, yes: 0, doubtful: open.count, of: cells.count) == nil
    return decision
  }
}
