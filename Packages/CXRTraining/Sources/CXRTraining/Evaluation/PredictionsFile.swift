import CXRData

/// A table of probabilities, such as `predictions-NAME.csv` of `cxr-evaluate`, or another program's: `Image Index`
/// (or `Path`) and a column a label, in any order. Other columns, such as a fold, may stand there too.
public struct PredictionsFile: Sendable {
  /// The file's path.
  public let path: String
  /// The columns besides the films' names, in file order.
  public let columns: [String]
  /// The films, in file order, as `FilmName` writes them.
  public let names: [String]
  /// `[N, columns]`, each in 0…1, NaN where it is no probability.
  private let values: [Double]
  /// The first cell of each column that is no probability.
  private let firstStrange: [Int: (line: Int, text: String)]
  private let places: [String: Int]
  private let headerLine: Int

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: of the file.
  ///   - renames: names of columns that are taken for others.
  /// - Throws: `DataError` naming the line and what is wrong there.
  public init(path: String, renames: [String: String] = [:]) throws {
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
        let count = columns.others.count + 1
        guard row.count == count || row.count == count + 1 && row[count].isEmpty else {
          throw DataError.wrongFieldCount(
            path: path, line: row.line, expected: count, found: row.count)
        }
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
          if let value = row.number(column, isUnderThousand: true), (0...1).contains(value) {
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
    (self.path, self.names, self.values, self.places) = (path, names, values, places)
    (firstStrange, headerLine) = (strange, header.line)
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
    let known = Set(file.labelNames + LabelSet.nih14)
    let labels = columns.filter(known.contains)
    try DataError.checkNear(
      columns.map { ($0, headerLine) }, labels: file.labelNames + LabelSet.nih14, path: path)
    guard !labels.isEmpty else {
      throw DataError.unknownLabel(
        path: path, label: columns.filter { !$0.isEmpty }.prefix(5).joined(separator: ", "),
        known: file.labelNames, nearest: nil)
    }
    return labels
  }

  /// The probabilities of `labels` for each of `names`, `[N, K]`.
  /// - Throws: ``TrainingError/evaluationMismatch(_:)`` naming labels or films that the file lacks; `DataError` naming a
  ///   value that is no probability.
  public func probabilities(of names: [String], labels wanted: [String]) throws -> [Double] {
    try DataError.checkNear(columns.map { ($0, headerLine) }, labels: wanted, path: path)
    let places = try wanted.map { label in
      let found = columns.indices.filter { columns[$0] == label }
      guard found.count <= 1 else {
        throw DataError.columnTwice(path: path, line: headerLine, first: label, second: label)
      }
      return found.first
    }
    let lacking = zip(wanted, places).filter { $0.1 == nil }.map(\.0)
    guard lacking.isEmpty else {
      throw TrainingError.evaluationMismatch(
        "\(path): no column for " + lacking.joined(separator: ", ")
          + "; the others that are compared have it")
    }
    for case (let label, let place?) in zip(wanted, places) {
      guard let strange = firstStrange[place] else { continue }
      throw DataError.invalidField(
        path: path, line: strange.line, column: "probability of \(label)", found: strange.text)
    }
    let rows = names.map { self.places[$0] }
    let missing = zip(names, rows).filter { $0.1 == nil }.map(\.0)
    guard missing.isEmpty else {
      throw TrainingError.evaluationMismatch(
        "\(path): \(missing.count) films that the others have are not in it, the first: "
          + missing.prefix(5).joined(separator: ", ") + "; compare predictions of the same films")
    }
    return rows.compactMap { $0 }.flatMap { row in
      places.compactMap { $0 }.map { values[row * columns.count + $0] }
    }
  }
}
