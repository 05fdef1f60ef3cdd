extension CollectionDescription {
  /// The collection that a label file is, where its header leaves no doubt; `nil` of others, and of what ``LabelFile`` reads
  /// without a description.
  ///
  /// - Parameter path: of the label file; only its beginning is read, and nothing of what is no file.
  public static func recognised(labelFile path: String) -> CollectionDescription? {
    guard let names = TableHeader.names(ofFile: path) else { return nil }
    return builtIn.flatMap(\.shapes).first { $0.isCertain(of: names) }
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
    let keys = Set(names.map(LabelSet.key))
    return shapes.first { shape in
      shape.requiredColumns.allSatisfy { keys.contains(LabelSet.key($0)) }
    } ?? shapes.first
  }

  /// The built-in collection, if one, whose columns are among those of a file that could not be read otherwise.
  static func likely(columns: [String]) -> String? {
    let keys = Set(columns.map(LabelSet.key))
    let fitting = builtIn.flatMap(\.shapes).filter { shape in
      !shape.isReadAsNIH && shape.requiredColumns.allSatisfy { keys.contains(LabelSet.key($0)) }
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

  /// Whether a header is that of the published files, column for column: a file with others beside them may be somebody's own,
  /// and mean something else.
  private func isCertain(of names: [String]) -> Bool {
    let byColumn = PublishedColumns.of["\(name) by column"]
    guard let published = (findings.column == nil ? byColumn : nil) ?? PublishedColumns.of[name]
    else { return false }
    let keys = Set(names.filter { !$0.isEmpty }.map(LabelSet.key))
    let (needed, allowed) = (
      published.needed + requiredColumns, columnNames + published.needed + published.others
    )
    guard needed.allSatisfy({ keys.contains(LabelSet.key($0)) }) else { return false }
    var labels: [String] = []
    if case .columns(let all) = findings { labels = all }
    // Beside films' names, labels by study were joined by somebody.
    if !tables.isEmpty, keys.contains(LabelSet.key(film)) { return false }
    return labels.allSatisfy { keys.contains(LabelSet.key($0)) }
      && keys.isSubset(of: allowed.map(LabelSet.key))
  }
}
