import CXRData

/// What labels are called elsewhere: a classifier's, in the label file that it is tested on.
public struct LabelMap: Sendable, Equatable {
  /// Where it is written, for messages.
  public let path: String
  /// Names of the label file, by label; a film that has one of them has the label. None: nothing is known of the label.
  public let names: [String: [String]]

  /// Gathers a map.
  ///
  /// - Parameters:
  ///   - path: where it is written, for messages.
  ///   - names: of the label file, by label.
  public init(path: String, names: [String: [String]]) { (self.path, self.names) = (path, names) }

  /// The file's names of each label: those of the map, or the label's own where the file has it.
  ///
  /// - Throws: `DataError/unknownPartner(path:label:known:nearest:)` for a label or a name that is on neither side.
  func partners(of labels: [String], in file: LabelFile) throws -> [String: [String]] {
    for label in names.keys.sorted() where !labels.contains(label) {
      throw unknown(label, among: labels)
    }
    // A column that holds something else is called by its name too, and said to hold it.
    let known =
      file.knownLabels.map { $0 + [LabelSet.noFinding] } ?? file.labelNames + LabelSet.nih14
    let all = Set(known)
    var partners: [String: [String]] = [:]
    for label in labels {
      guard let names = names[label] else {
        // By its own name, or by that which a collection gives it.
        let own = file.allRenames[label].flatMap { all.contains($0) ? $0 : nil }
        // What is almost the label is asked about where labels are read.
        let isThere = all.contains { TableHeader.isName($0, label) }
        partners[label] = isThere ? [label] : own.map { [$0] } ?? []
        continue
      }
      partners[label] = try names.map { name in
        if all.contains(name) { return name }
        // As the file itself spells it.
        if let renamed = file.allRenames[name], all.contains(renamed) { return renamed }
        throw unknown(name, among: all.sorted())
      }
    }
    return partners
  }

  private func unknown(_ name: String, among known: [String]) -> DataError {
    .unknownPartner(
      path: path, label: name, known: known, nearest: LabelSet.nearest(to: name, among: known))
  }
}
