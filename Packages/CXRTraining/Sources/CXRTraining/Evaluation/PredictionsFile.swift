import CXRData

/// A table of probabilities, such as `predictions-NAME.csv` of `cxr-evaluate`, or another program's: `Image Index`
/// and a column a label.
public struct PredictionsFile: Sendable {
  /// The file's path.
  public let path: String
  /// The labels, in column order.
  public let labels: [String]
  /// The films, in file order.
  public let names: [String]
  /// `[N, K]`, each in 0…1.
  let probabilities: [Double]
  private let places: [String: Int]

  /// Reads a file.
  /// - Throws: `DataError` naming the line and what is wrong there.
  public init(path: String) throws {
    var labels: [String] = []
    var names: [String] = []
    var probabilities: [Double] = []
    var places: [String: Int] = [:]
    var isHeader = true
    try CSVReader.forEachRecord(ofFile: path) { record in
      let fields = record.fields
      if isHeader {
        isHeader = false
        if let twice = fields.indices.first(where: { fields[..<$0].contains(fields[$0]) }) {
          throw TrainingError.evaluationMismatch(
            "\(path): line 1: the column \"\(fields[twice].prefix(60))\" stands there twice; name each once"
          )
        }
        guard fields.first == "Image Index", fields.count > 1 else {
          throw TrainingError.evaluationMismatch(
            "\(path): line 1: \"Image Index\" and a column a label are needed; the header is "
              + fields.prefix(8).map { "\"\($0.prefix(40))\"" }.joined(separator: ", "))
        }
        labels = Array(fields.dropFirst())
        return
      }
      guard fields.count == labels.count + 1 else {
        throw DataError.wrongFieldCount(
          path: path, line: record.line, expected: labels.count + 1, found: fields.count)
      }
      guard places.updateValue(names.count, forKey: fields[0]) == nil else {
        throw DataError.invalidField(
          path: path, line: record.line, column: "Image Index (the film stands there twice)",
          found: fields[0])
      }
      names.append(fields[0])
      for (label, text) in zip(labels, fields.dropFirst()) {
        guard let value = Double(text), (0...1).contains(value) else {
          throw DataError.invalidField(
            path: path, line: record.line, column: "probability of \(label)", found: text)
        }
        probabilities.append(value)
      }
    }
    guard !names.isEmpty else { throw DataError.noRows(path: path) }
    (self.path, self.labels, self.names) = (path, labels, names)
    (self.probabilities, self.places) = (probabilities, places)
  }

  /// The probabilities of `labels` for each of `names`, `[N, K]`.
  /// - Throws: ``TrainingError/evaluationMismatch(_:)`` naming labels or films that the file lacks.
  func probabilities(of names: [String], labels wanted: [String]) throws -> [Double] {
    let columns = wanted.compactMap { labels.firstIndex(of: $0) }
    guard columns.count == wanted.count else {
      throw TrainingError.evaluationMismatch(
        "\(path): no column for "
          + wanted.filter { !labels.contains($0) }.joined(separator: ", ")
          + "; the others that are compared have it")
    }
    let missing = names.filter { places[$0] == nil }
    guard missing.isEmpty else {
      throw TrainingError.evaluationMismatch(
        "\(path): \(missing.count) films that the others have are not in it, the first: "
          + missing.prefix(5).joined(separator: ", ") + "; compare predictions of the same films")
    }
    return names.flatMap { name in
      columns.map { probabilities[(places[name] ?? 0) * labels.count + $0] }
    }
  }
}
