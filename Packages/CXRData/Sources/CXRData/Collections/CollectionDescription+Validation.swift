extension CollectionDescription {
  /// Checks what types cannot.
  /// - Throws: ``DataError/invalidDescription(name:reason:)``.
  public func validate() throws {
    func refuse(_ reason: String) throws -> Never {
      throw DataError.invalidDescription(name: name, reason: reason)
    }
    if film.isEmpty { try refuse("film: the column of films' names is not named") }
    for identity in [patient, study] {
      switch identity {
      case .column(""), .folder(""), .pattern(""): try refuse("patient or study: the name is empty")
      case .pattern(let text):
        // An empty alternative makes it match, so that its groups can be counted.
        guard (try? Regex(text)) != nil,
          let match = try? Regex("(?:\(text))|").wholeMatch(in: "")
        else { try refuse("\"\(text)\" is no regular expression") }
        guard match.output.count == 2 else {
          try refuse("\"\(text)\" needs one group in parentheses, around the identifier")
        }
      case .column, .folder, nil: break
      }
    }
    switch findings {
    case .names(_, let separator?) where separator.isEmpty: try refuse("the separator is empty")
    case .path(_, let separator) where separator.isEmpty: try refuse("the separator is empty")
    case .columns where !kinds.isEmpty:
      try refuse("kinds are of names in one column, but each label has a column")
    case .columns where !unknown.isEmpty || !unusable.isEmpty:
      try refuse("unknown and unusable are names in one column, but each label has a column")
    case .names, .list, .path, .bars:
      if values != nil { try refuse("values are of labels that have a column each") }
      if !below.isEmpty, !isPath { try refuse("below is of paths of names") }
      if findings.column == "" { try refuse("the column of findings is not named") }
    case .columns: break
    }
    if isReadAsNIH,
      !kinds.isEmpty || !unknown.isEmpty || !unusable.isEmpty || blank != .absent
        || noFinding != [LabelSet.noFinding]
    {
      try refuse(
        "bars are read as NIH's file, which knows no kinds, unknown, unusable, blank or other names of no finding; "
          + "describe names between the separator |")
    }
    if case .columns(let columns) = findings, Set(columns).count < columns.count {
      try refuse("findings: a column is named twice")
    }
    let meanings = [("no finding", noFinding), ("unknown", unknown), ("unusable", unusable)]
    try refuseShared(meanings)
    if let values {
      try refuseShared(
        [
          ("present", values.present), ("absent", values.absent), ("uncertain", values.uncertain),
          ("unknown", values.unknown),
        ].map { ($0.0, $0.1.map { $0.lowercased() }) })
    }
    if Set(labels).count < labels.count || labels.contains("") {
      try refuse("labels: each is named once, and none is empty")
    }
    if !(0...20).contains(leadingFolders) { try refuse("leading folders: a number from 0 to 20") }
    if readers != nil, case .bars = findings { try refuse("readers' names stand in other forms") }
    if keep.values.contains(where: \.isEmpty) { try refuse("keep: a column without values") }
    try split?.validate(name: name)
  }

  private var isPath: Bool { if case .path = findings { true } else { false } }

  /// Refuses a name that means two things.
  private func refuseShared(_ meanings: [(meaning: String, names: [String])]) throws {
    var first: [String: String] = [:]
    for (meaning, names) in meanings {
      for name in Set(names) {
        if let other = first.updateValue(meaning, forKey: name) {
          throw DataError.invalidDescription(
            name: self.name, reason: "\"\(name)\" means two things, \(other) and \(meaning)")
        }
      }
    }
  }
}
