import CXRData
import Foundation

/// A description of a collection in TOML. See the page "Your data".
enum CollectionFile {
  /// Reads a description.
  ///
  /// - Parameters:
  ///   - path: of the file.
  ///   - labelFile: which tells the shape of a built-in collection that it is based on.
  /// - Throws: ``TOMLFileError``, `DataError`.
  static func read(_ path: String, labelFile: String) throws -> CollectionDescription {
    let file = try TOMLReader(path: path)
    let ownName = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    var collection: CollectionDescription
    if let base = try file.text("base") {
      guard let named = CollectionDescription.named(base, labelFile: labelFile) else {
        let names = CollectionDescription.builtIn.map(\.name)
        throw file.error(
          "base", "no collection is called \"\(base)\"; there are \(names.joined(separator: ", "))")
      }
      collection = named
      collection.name = try file.text("name") ?? "\(ownName) (\(base))"
    } else {
      guard let film = try file.text("film") else {
        let tables = ["renames", "kinds", "below", "values", "views", "tables"]
        let near = file.keys.first { !ownKeys.contains($0) && !tables.contains($0) }
        throw file.error(
          "film",
          "the column of films' names is missing"
            + (near.map { "; is \($0) meant to be it?" } ?? ""))
      }
      guard file.has("findings") else {
        throw file.error(
          "findings",
          "is missing: findings = { column = \"codes\", separator = \";\" }, or { columns = [\"Mass\", \"Edema\"] }"
        )
      }
      collection = CollectionDescription(
        name: try file.text("name") ?? ownName, film: film, patient: nil, findings: .columns([]))
    }
    try apply(file, to: &collection)
    try file.finish()
    do {
      try collection.validate()
    } catch DataError.invalidDescription(_, let reason) {
      throw TOMLFileError(path, "", reason)
    }
    return collection
  }

  private static func apply(_ file: TOMLReader, to collection: inout CollectionDescription) throws {
    func set<Value>(_ value: Value?, _ member: WritableKeyPath<CollectionDescription, Value>) {
      if let value { collection[keyPath: member] = value }
    }
    func setOptional<Value>(
      _ value: Value?, _ member: WritableKeyPath<CollectionDescription, Value?>
    ) {
      if let value { collection[keyPath: member] = value }
    }
    set(try file.text("film"), \.film)
    setOptional(try identity("patient", file), \.patient)
    setOptional(try identity("study", file), \.study)
    set(try findings(file), \.findings)
    if file.has("labels"), !file.isList("labels") {
      throw file.error("labels", "a list is expected, as [\"Mass\", \"Edema\"]")
    }
    set(try file.tableTexts("labels"), \.labels)
    set(try file.tableTexts("no_finding"), \.noFinding)
    set(try file.tableTexts("unknown"), \.unknown)
    set(try file.tableTexts("unusable"), \.unusable)
    set(try file.choice("blank"), \.blank)
    set(try file.flag("several_rows_a_film"), \.hasSeveralRowsAFilm)
    setOptional(try file.text("view"), \.view)
    setOptional(try file.text("side"), \.side)
    setOptional(try file.text("sex"), \.sex)
    setOptional(try file.text("age"), \.age)
    setOptional(try file.text("follow_up"), \.followUp)
    set(try file.number("leading_folders"), \.leadingFolders)
    set(try file.flag("ignore_extensions"), \.ignoresExtensions)
    set(try file.lists("keep"), \.keep)
    for table in ["renames", "kinds", "below", "views"] { try checkKeys(of: table, in: file) }
    // What a built-in collection renames stays so beside others.
    collection.renames.merge(try file.texts("renames") ?? [:]) { $1 }
    collection.kinds.merge(try file.lists("kinds") ?? [:]) { $1 }
    collection.below.merge(try file.lists("below") ?? [:]) { $1 }
    collection.views.merge(try file.texts("views") ?? [:]) { $1 }
    if let values = try file.table("values") {
      collection.values = CollectionDescription.ValueTexts(
        present: try values.tableTexts("present") ?? [],
        absent: try values.tableTexts("absent") ?? [],
        uncertain: try values.tableTexts("uncertain") ?? [],
        unknown: try values.tableTexts("unknown") ?? [],
        areRunLengthsPresent: try values.flag("run_lengths_are_present") ?? false)
      try values.finish()
    }
    if let readers = try file.table("readers") {
      guard let column = try readers.text("column") else {
        throw readers.error("column", "the column of readers' names is missing")
      }
      collection.readers = CollectionDescription.Readers(
        column: column, votes: try readers.choice("votes") ?? .majority)
      try readers.finish()
    }
    if let split = try split(file) { collection.split = split.column }
    if let tables = try file.tables("tables") {
      collection.tables = try tables.map { table in
        guard let name = try table.text("file"), let key = try table.text("key") else {
          throw table.error(
            "file", "file and key are needed: its name, and the column that it shares")
        }
        try table.finish()
        return CollectionDescription.JoinedTable(file: name, key: key)
      }
    }
  }

  /// The keys that stand above all tables.
  private static let ownKeys: Set<String> = [
    "base", "name", "film", "patient", "study", "findings", "labels", "no_finding", "unknown",
    "unusable", "blank", "several_rows_a_film", "view", "side", "sex", "age", "follow_up",
    "leading_folders", "ignore_extensions", "readers", "split", "keep",
  ]

  /// Refuses a key of the description within a table of names, into which everything below the table's header falls.
  private static func checkKeys(of name: String, in file: TOMLReader) throws {
    guard file.isTable(name), let table = try file.table(name) else { return }
    for key in table.keys where ownKeys.contains(key) {
      throw table.error(
        key,
        "stands below [\(name)], so that it is one of its names; write it above the first [table]")
    }
  }

  /// A column, or `{ folder = "patient" }`, or `{ pattern = "^([0-9]+)_" }`.
  private static func identity(
    _ key: String, _ file: TOMLReader
  ) throws -> CollectionDescription.Identity? {
    guard file.has(key) else { return nil }
    guard file.isTable(key), let table = try file.table(key) else {
      return try file.text(key).map { .column($0) }
    }
    let identity: CollectionDescription.Identity? =
      if let column = try table.text("column") {
        .column(column)
      } else if let word = try table.text("folder") {
        .folder(word)
      } else { try table.text("pattern").map { .pattern($0) } }
    try table.finish()
    guard let identity else {
      throw file.error(
        key, "a column is expected, or { folder = \"patient\" }, or { pattern = \"^([0-9]+)_\" }")
    }
    return identity
  }

  private static func findings(
    _ file: TOMLReader
  ) throws -> CollectionDescription.Findings? {
    guard let table = try file.table("findings") else { return nil }
    let column = try table.text("column")
    let columns = try table.tableTexts("columns")
    let separator = try table.text("separator")
    enum Form: String, CaseIterable { case names, list, path, bars }
    let form: Form? = try table.choice("form")
    try table.finish()
    guard let column else {
      guard separator == nil, form == nil, let columns else {
        throw table.error(
          "column", "is missing; where each label has a column, columns = [\"Mass\", \"Edema\"]")
      }
      return .columns(columns)
    }
    guard columns == nil else {
      throw table.error("columns", "stands beside column; findings have one column, or one a label")
    }
    switch form {
    case .names, nil: return .names(column: column, separator: separator)
    case .path: return .path(column: column, separator: separator ?? "/")
    case .list, .bars:
      guard separator == nil else {
        throw table.error("separator", "a list, and names between |, have their own; leave it out")
      }
      return form == .list ? .list(column: column) : .bars(column: column)
    }
  }

  /// `[split]`, or `split = "random"`, which takes a built-in collection's own away.
  private static func split(
    _ file: TOMLReader
  ) throws -> (column: CollectionDescription.SplitColumn?, Void)? {
    guard file.has("split") else { return nil }
    guard file.isTable("split"), let table = try file.table("split") else {
      guard try file.text("split") == "random" else {
        throw file.error("split", "a table is expected, [split], or split = \"random\"")
      }
      return (nil, ())
    }
    guard let column = try table.text("column") else {
      throw table.error("column", "the column that tells the parts is missing")
    }
    guard let train = try values("train", table), let test = try values("test", table) else {
      throw table.error(
        "train", "train and test are needed, as train = [\"A\"], test = { from = 2014-01-01 }")
    }
    var split = CollectionDescription.SplitColumn(
      column: column, train: train, validation: try values("validation", table), test: test)
    if let leak: CollectionDescription.SplitColumn.Leak = try table.choice("patients_in_two_parts")
    {
      split.patientsInTwoParts = leak
    }
    try table.finish()
    return (split, ())
  }

  private static func values(
    _ key: String, _ table: TOMLReader
  ) throws -> CollectionDescription.SplitColumn.Values? {
    guard table.has(key) else { return nil }
    guard table.isTable(key), let range = try table.table(key) else {
      return try table.tableTexts(key).map { .texts($0) }
    }
    let values = CollectionDescription.SplitColumn.Values.range(
      from: try range.tableText("from"), before: try range.tableText("before"))
    try range.finish()
    return values
  }
}

/// A map of labels in TOML: a classifier's label, and what the label file calls it, one name or several; `[]` for nothing.
enum LabelMapFile {
  /// Reads a map.
  /// - Throws: ``TOMLFileError``, `DataError`.
  static func read(_ path: String) throws -> [String: [String]] {
    try TOMLReader(path: path).allLists().mapValues { $0 == [""] ? [] : $0 }
  }
}
