import CXRData

/// A table of probabilities, such as `predictions-NAME.csv`, or another program's: `Image Index`
/// (or `Path`) and a column a label, in any order. Other columns, such as a fold, may stand there too.
public struct PredictionsFile: Sendable {
  /// The file's path.
  public let path: String
  /// The columns besides the films' names, in file order.
  public let columns: [String]
  /// The films, in file order, as `FilmName` writes them.
  public let names: [String]
  /// What stands in the columns.
  public let kind: ScoreKind
  /// `[N, columns]`, NaN where it is no score of this kind.
  private let values: [Double]
  /// The first cell of each column that is none.
  private let firstStrange: [Int: (line: Int, text: String)]
  private let headerLine: Int

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: of the file.
  ///   - renames: names of columns that are taken for others.
  ///   - kind: what stands in the columns: probabilities, each in 0…1, or log-odds, any number.
  /// - Throws: `DataError` naming the line and what is wrong there.
  public init(
    path: String, renames: [String: String] = [:], kind: ScoreKind = .probability
  ) throws {
    let range =
      kind == .probability
      ? 0...1 : -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
    var header: TableHeader?
    var names: [String] = []
    var values: [Double] = []
    var places: [String: Int] = [:]
    var strange: [Int: (line: Int, text: String)] = [:]
    try Table(path: path).forEachRow(
      isHeader: { ((try? Self.films(in: $0)) ?? nil) != nil && $0.names.count > 1 },
      columns: { found in
        guard let film = try Self.films(in: found), found.names.count > 1 else {
          throw DataError.missingColumn(
            path: path, column: "Image Index", found: found.names,
            needed: "\"Image Index\" (or \"Path\") and a column a label")
        }
        header = found
        return (film: film, others: found.names.indices.filter { $0 != film })
      },
      { columns, row in
        try row.check(columns.others.count + 1, path: path)
        guard let text = row.value(columns.film) else {
          throw DataError.invalidField(
            path: path, line: row.line, column: "film name", found: row[columns.film])
        }
        let name = FilmName.normalised(text)
        guard places.updateValue(names.count, forKey: name) == nil else {
          throw DataError.invalidField(
            path: path, line: row.line, column: "Image Index (the film stands there twice)",
            found: name)
        }
        names.append(name)
        for (place, column) in columns.others.enumerated() {
          if let value = row.number(column, isUnderThousand: true), range.contains(value) {
            values.append(value)
          } else {
            values.append(.nan)
            if strange[place] == nil { strange[place] = (row.line, row[column]) }
          }
        }
      })
    guard let header, let film = try Self.films(in: header), !names.isEmpty else {
      throw DataError.noRows(path: path)
    }
    columns = header.names.indices.filter { $0 != film }.map {
      renames[header.names[$0]] ?? header.names[$0]
    }
    (self.path, self.names, self.values) = (path, names, values)
    (firstStrange, headerLine, self.kind) = (strange, header.line, kind)
  }

  /// The column of films' names.
  private static func films(in header: TableHeader) throws -> Int? {
    if let place = try header.find("Image Index") { return place }
    return try header.find("Path")
  }

  /// The columns that are findings of a label file, in the table's order.
  ///
  /// - Parameter file: the label file, whose labels these are; NIH's fourteen are too.
  /// - Throws: `DataError` where a column is almost a label's, or none is one.
  public func labels(of file: LabelFile) throws -> [String] {
    // A collection's label may go by its own files' name.
    let known = Set(file.labelNames + LabelSet.nih14 + (file.collection?.renames.keys ?? [:].keys))
    // A column of the label file that cannot be read is a label all the same: that is said, not left out.
    let labels = columns.indices.filter { place in
      known.contains(columns[place])
        || firstStrange[place] == nil && file.labelColumns?.contains(columns[place]) == true
    }.map { columns[$0] }
    try DataError.checkNear(
      columns.map { ($0, headerLine) }, labels: file.labelNames + LabelSet.nih14, path: path,
      areColumns: true)
    guard !labels.isEmpty else {
      throw DataError.noKnownColumn(
        path: path, columns: columns.filter { !$0.isEmpty },
        labels: file.labelNames.isEmpty ? LabelSet.nih14 : file.labelNames,
        renames: renames(to: file.labelNames))
    }
    if let twice = labels.indices.first(where: { labels[..<$0].contains(labels[$0]) }) {
      throw DataError.columnTwice(
        path: path, line: headerLine, first: labels[twice], second: labels[twice])
    }
    return labels
  }

  /// The columns whose name holds that of one label, as `pred_Mass` does, where no other column does.
  private func renames(to labels: [String]) -> [DataError.NearName] {
    labels.compactMap { label in
      let holding = columns.filter { $0.lowercased().contains(label.lowercased()) }
      guard holding.count == 1,
        labels.allSatisfy({
          $0.count <= label.count || !holding[0].lowercased().contains($0.lowercased())
        })
      else { return nil }
      return DataError.NearName(line: headerLine, found: holding[0], label: label)
    }
  }

  /// The labels of which all scores are exactly 0 or 1, as of a column that holds what is true.
  public func labelsWithoutRanking(_ labels: [String]) -> [String] {
    labels.filter { label in
      guard let place = columns.firstIndex(of: label) else { return false }
      return names.indices.allSatisfy { [0, 1].contains(values[$0 * columns.count + place]) }
    }
  }

  /// The scores of `labels` for each of `names`, `[N, K]`; `filmNames` says what of the names does not count.
  /// - Throws: ``EvaluationError/mismatch(_:)`` naming labels or films that the file lacks; `DataError` naming a
  ///   value that is no score of this kind.
  public func scores(
    of names: [String], labels wanted: [String], filmNames: FilmNameRule = FilmNameRule()
  ) throws -> [Double] {
    try DataError.checkNear(
      columns.map { ($0, headerLine) }, labels: wanted, path: path, areColumns: true)
    let places = try wanted.map { label in
      let found = columns.indices.filter { columns[$0] == label }
      guard found.count <= 1 else {
        throw DataError.columnTwice(path: path, line: headerLine, first: label, second: label)
      }
      return found.first
    }
    let lacking = zip(wanted, places).filter { $0.1 == nil }.map(\.0)
    guard lacking.isEmpty else {
      throw EvaluationError.mismatch(
        "\(path): no column for " + lacking.joined(separator: ", ")
          + "; the others that are compared have it")
    }
    for case (let label, let place?) in zip(wanted, places) {
      guard let strange = firstStrange[place] else { continue }
      guard kind == .probability else {
        throw DataError.invalidField(
          path: path, line: strange.line, column: "log-odds of \(label)", found: strange.text)
      }
      throw DataError.invalidScore(
        path: path, line: strange.line, label: label, found: strange.text)
    }
    let index = FilmNameIndex(self.names, rule: filmNames)
    let rows = names.map { index.place(of: $0) }
    let missing = zip(names, rows).filter { $0.1 == nil }.map(\.0)
    guard missing.isEmpty else {
      throw EvaluationError.mismatch(
        "\(path): \(missing.count) films that the others have are not in it, the first: "
          + missing.prefix(5).joined(separator: ", ") + "; compare predictions of the same films")
    }
    return rows.compactMap { $0 }.flatMap { row in
      places.compactMap { $0 }.map { values[row * columns.count + $0] }
    }
  }
}
