// What a description reads.

extension CollectionDescription {
  /// Whether this is a built-in collection as it is.
  var isBuiltIn: Bool { Self.builtIn.contains { $0.shapes.contains(self) } }

  /// Whether cells of findings are read as NIH's.
  var isReadAsNIH: Bool { if case .bars = findings { true } else { false } }

  /// The columns without which no film can be read, for messages.
  var neededColumns: String {
    var names = [film]
    if case .column(let name) = patient { names.append(name) }
    if let column = findings.column { names.append(column) }
    if let readers, findings.column != nil { names.append(readers.column) }
    names += keep.keys.sorted()
    if let split { names.append(split.column) }
    var text = names.map { "\"\($0)\"" }.joined(separator: ", ")
    if case .columns(let columns) = findings {
      text += ", and a column a label" + (columns.isEmpty ? "" : ", such as \"\(columns[0])\"")
    }
    return text + ", of the collection \(name)"
  }

  /// All columns that are read, where those of labels are named.
  var columnNames: [String] {
    var names = [film, findings.column, view, side, sex, age, followUp].compactMap { $0 }
    for identity in [patient, study] {
      if case .column(let name) = identity { names.append(name) }
    }
    if case .columns(let columns) = findings { names += columns }
    return names + keep.keys + [readers?.column, split?.column].compactMap { $0 }
      + tables.map(\.key)
  }
}
