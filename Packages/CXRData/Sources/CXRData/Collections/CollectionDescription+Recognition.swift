extension CollectionDescription {
  /// The collection that a label file is, where its header leaves no doubt; `nil` of others, and of what ``LabelFile`` reads
  /// without a description.
  ///
  /// - Parameter path: of the label file; only its beginning is read, and nothing of what is no file.
  public static func recognised(labelFile path: String) -> CollectionDescription? {
    guard let names = TableHeader.names(ofFile: path) else { return nil }
    return builtIn.flatMap(\.shapes).first { $0.isCertain(of: names) }
  }

  /// The built-in collection all of whose columns a label file has, with others beside them, so that it may mean something
  /// else; `nil` of others.
  ///
  /// - Parameter path: of the label file.
  public static func resembled(labelFile path: String) -> String? {
    guard let names = TableHeader.names(ofFile: path) else { return nil }
    return builtIn.flatMap(\.shapes).first { $0.hasItsColumns(among: names) }?.name
  }

  /// The shape of a built-in collection that a label file has.
  ///
  /// - Parameters:
  ///   - name: of the collection.
  ///   - path: of the label file.
  /// - Returns: the shape whose columns are there, else the first; `nil` where no collection has the name.
  public static func named(
    _ name: String, labelFile path: String
  ) -> CollectionDescription? {
    guard let shapes = builtIn.first(where: { $0.name == name })?.shapes else { return nil }
    guard shapes.count > 1, let names = TableHeader.names(ofFile: path) else {
      return shapes.first
    }
    let keys = Set(names.map(\.nameKey))
    return shapes.first { shape in
      shape.requiredColumns.allSatisfy { keys.contains($0.nameKey) }
    } ?? shapes.first
  }

  /// What `read` gives; where a label file lacks a column, the error says which built-in collection its others are likely of.
  static func suggesting<Result>(_ read: () throws -> Result) throws -> Result {
    do {
      return try read()
    } catch DataError.missingColumn(let path, let column, let found, let needed, nil) {
      throw DataError.missingColumn(
        path: path, column: column, found: found, needed: needed, collection: likely(columns: found)
      )
    }
  }

  /// The built-in collection, if one, whose columns are among those of a file that could not be read otherwise.
  private static func likely(columns: [String]) -> String? {
    let keys = Set(columns.map(\.nameKey))
    let fitting = builtIn.flatMap(\.shapes).filter { shape in
      !shape.isReadAsNIH && shape.requiredColumns.allSatisfy { keys.contains($0.nameKey) }
    }
    let names = Set(fitting.map(\.name))
    return names.count == 1 ? names.first : nil
  }

  /// The columns of the label file without which it cannot be read.
  private var requiredColumns: [String] {
    var columns = [tables.first?.key ?? film]
    if let column = findings.column { columns.append(column) }
    if case .columns(let names) = findings { columns += names.prefix(2) }
    if let readers { columns.append(readers.column) }
    return columns
  }

  /// The columns that its published files have besides.
  private var published: PublishedColumns.Columns? {
    let byColumn = findings.column == nil ? PublishedColumns.of["\(name) by column"] : nil
    return byColumn ?? PublishedColumns.of[name]
  }

  /// Whether a header has all columns of the published files that are in each release.
  private func hasItsColumns(among names: [String]) -> Bool {
    guard let published else { return false }
    let keys = Set(names.map(\.nameKey))
    var columns = published.needed + requiredColumns
    if case .columns(let labels) = findings {
      columns += labels.filter { !published.others.contains($0) }
    }
    // Beside films' names, labels by study were joined by somebody.
    if !tables.isEmpty, keys.contains(film.nameKey) { return false }
    return columns.allSatisfy { keys.contains($0.nameKey) }
  }

  /// Whether a header is that of the published files, column for column: a file with others beside them may be somebody's own,
  /// and mean something else.
  private func isCertain(of names: [String]) -> Bool {
    guard let published, hasItsColumns(among: names) else { return false }
    let allowed = Set((columnNames + published.needed + published.others).map(\.nameKey))
    return names.allSatisfy { $0.isEmpty || allowed.contains($0.nameKey) }
  }
}
