extension CollectionDescription {
  /// The collection that a label file is, where its header leaves no doubt; `nil` of others, and of what ``LabelFile`` reads
  /// without a description.
  ///
  /// - Parameter path: of the label file; only its beginning is read, and nothing of what is no file.
  /// - Throws: ``DataError`` for a file that cannot be read.
  public static func recognised(labelFile path: String) throws -> CollectionDescription? {
    guard let names = try TableHeader.names(ofFile: path) else { return nil }
    return builtIn.flatMap(\.shapes).first { $0.isCertain(of: names) }
  }

  /// The shape of a built-in collection that a label file has.
  ///
  /// - Parameters:
  ///   - name: of the collection.
  ///   - path: of the label file.
  /// - Returns: the shape whose columns are there, else the first; `nil` where no collection has the name.
  /// - Throws: ``DataError`` for a file that cannot be read.
  public static func named(
    _ name: String, labelFile path: String
  ) throws -> CollectionDescription? {
    guard let shapes = builtIn.first(where: { $0.name == name })?.shapes else { return nil }
    guard shapes.count > 1, let names = try TableHeader.names(ofFile: path) else {
      return shapes.first
    }
    let keys = Set(names.map(LabelSet.key))
    return shapes.first { shape in
      shape.requiredColumns.allSatisfy { keys.contains(LabelSet.key($0)) }
    } ?? shapes.first
  }

  /// Whether a label file has the columns without which it cannot be read as this collection.
  /// - Throws: ``DataError`` for a file that cannot be read.
  public func fits(labelFile path: String) throws -> Bool {
    guard let names = try TableHeader.names(ofFile: path) else { return false }
    let keys = Set(names.map(LabelSet.key))
    return requiredColumns.allSatisfy { keys.contains(LabelSet.key($0)) }
  }

  /// The columns of the label file without which it cannot be read.
  private var requiredColumns: [String] {
    var columns = tables.isEmpty ? [film] : []
    if let column = findings.column { columns.append(column) }
    if case .columns(let names) = findings { columns += names.prefix(2) }
    return columns
  }

  /// Columns that tell a collection and are not read.
  private static let others = ["rsna-pneumonia": ["x", "y", "width", "height"]]

  /// Whether a header can be no other collection's: it has all columns of this one, those of labels, readers and filters too.
  private func isCertain(of names: [String]) -> Bool {
    // What is read without a description needs none.
    if case .bars = findings { return false }
    let keys = Set(names.map(LabelSet.key))
    var columns = requiredColumns + keep.keys
    if case .columns(let all) = findings { columns += all }
    // Without readers, VinDr's test labels are known by their columns.
    if let readers, findings.column != nil { columns.append(readers.column) }
    columns += Self.others[name] ?? []
    columns += [view, side, sex, age].compactMap { tables.isEmpty ? $0 : nil }
    for identity in [patient, study] {
      if case .column(let name) = identity { columns.append(name) }
    }
    return columns.allSatisfy { keys.contains(LabelSet.key($0)) }
      && (tables.isEmpty || !keys.contains(LabelSet.key(film)))
  }
}
