/// What of a film's findings is not plainly there or not there. One reference, as most films have none.
final class LabelDoubts: Sendable, Equatable {
  /// Called uncertain.
  let uncertain: [String]
  /// Of which nothing is known.
  let unknown: [String]
  /// Columns whose value is no label, or another in another row.
  let unreadable: [String]
  /// Whether nothing is known of any finding that is not named.
  let areAllUnknown: Bool
  /// The labels that have a column, in a file with a column a label, or that a described collection may name: nothing
  /// is known of others.
  let columns: [String]?
  /// Whether ``columns`` are names of cells.
  let areNamesOfCells: Bool

  init(
    uncertain: [String] = [], unknown: [String] = [], unreadable: [String] = [],
    areAllUnknown: Bool = false, columns: [String]? = nil, areNamesOfCells: Bool = false
  ) {
    self.areNamesOfCells = areNamesOfCells
    (self.uncertain, self.unknown, self.unreadable) = (uncertain, unknown, unreadable)
    (self.areAllUnknown, self.columns) = (areAllUnknown, columns)
  }

  /// These labels, and of which of them nothing is known on a film; itself where all is known.
  func with(unknown: [String], areAllUnknown: Bool) -> LabelDoubts {
    if unknown.isEmpty, !areAllUnknown { return self }
    return LabelDoubts(
      unknown: unknown, areAllUnknown: areAllUnknown, columns: columns,
      areNamesOfCells: areNamesOfCells)
  }

  var isEmpty: Bool {
    uncertain.isEmpty && unknown.isEmpty && unreadable.isEmpty && !areAllUnknown && columns == nil
  }

  static func == (left: LabelDoubts, right: LabelDoubts) -> Bool {
    left.uncertain == right.uncertain && left.unknown == right.unknown
      && left.unreadable == right.unreadable && left.areAllUnknown == right.areAllUnknown
      && left.columns == right.columns
  }
}
