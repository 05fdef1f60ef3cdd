/// A table in a text file: what every reader of labels, scores, boxes and lists reads by, with one care.
///
/// The text is UTF-8 or UTF-16, with or without a byte-order mark, with any line ends. Fields are separated by commas,
/// semicolons or tabs, whichever makes the header one that is understood; after semicolons and tabs a decimal comma is
/// read. Names and values count without what is blank around them, no-break spaces and characters without width
/// included. Lines without any value are skipped.
public struct Table: Sendable {
  /// The file's path, as given.
  public let path: String
  private let bytes: [UInt8]

  /// Reads a file.
  /// - Throws: ``DataError`` for a file that cannot be read or is no text.
  public init(path: String) throws { try self.init(contents: fileContents(path), path: path) }

  /// Takes a file's bytes; `path` is used in messages.
  /// - Throws: ``DataError`` for bytes that are no text.
  public init(contents: [UInt8], path: String) throws {
    guard !contents.isEmpty else { throw DataError.unreadable(path: path, reason: "it is empty") }
    (self.path, bytes) = (path, try TextFile.utf8(contents, path: path))
  }

  /// One row below the header.
  public struct Row {
    let record: CSVReader.Record
    /// Whether a comma may be a decimal point.
    let hasDecimalCommas: Bool
    /// What tables beside this one say of the row: their columns follow its own.
    var joined: [Joined] = []

    /// The columns of another table.
    struct Joined {
      /// The place of the first of them.
      let start: Int
      /// The row; `nil` where the table has none.
      let row: JoinedRows.Row?
      /// The table's path.
      let path: String
    }

    /// The table that holds a column, where it is another than the row's own.
    func table(of column: Int) -> Joined? {
      joined.isEmpty ? nil : joined.last { $0.start <= column }
    }
    /// The line on which it starts, counted from 1.
    public var line: Int { record.line }
    /// The number of fields.
    public var count: Int { record.count }

    /// A field's value, trimmed; empty where the row has no such field.
    public subscript(column: Int) -> String {
      if !joined.isEmpty, let table = table(of: column) {
        return table.row?.values[column - table.start] ?? ""
      }
      guard column < count else { return "" }
      let text = record.trimmed(column)
      // What keeps Excel from taking a text for a number.
      guard text.utf8.first == UInt8(ascii: "="), text.utf8.count > 2, text.hasPrefix("=\""),
        text.hasSuffix("\"")
      else { return text }
      return String(text.dropFirst(2).dropLast()).trimmingBlanks()
    }

    /// A field as it stands, with the blanks around it.
    func untrimmed(_ column: Int) -> String {
      joined.isEmpty && column < count ? record[column] : self[column]
    }

    /// Checks that the row has as many fields as the header, or one more that is blank.
    /// - Throws: ``DataError/wrongFieldCount(path:line:expected:found:)``.
    public func check(_ expected: Int, path: String) throws {
      guard count == expected || count == expected + 1 && self[expected].isEmpty else {
        throw DataError.wrongFieldCount(path: path, line: line, expected: expected, found: count)
      }
    }

    /// A field's value; `nil` where it is blank or says that there is none, such as `NaN`.
    public func value(_ column: Int?) -> String? {
      guard let column else { return nil }
      let text = self[column]
      return text.isEmpty || text.isMissingMarker ? nil : text
    }

    /// A field as a number; `nil` where it is none.
    ///
    /// - Parameters:
    ///   - column: its place.
    ///   - isUnderThousand: whether a thousand would make no sense, so that `1,000` can only be 1.
    public func number(_ column: Int, isUnderThousand: Bool = false) -> Double? {
      Self.number(
        self[column], hasDecimalCommas: hasDecimalCommas, isUnderThousand: isUnderThousand)
    }

    /// Digits with a point or, where these may stand, a decimal comma. Hexadecimal and words such as `inf` are no
    /// numbers here, and neither is `1,024`, which may be one or a thousand.
    static func number(
      _ text: String, hasDecimalCommas: Bool, isUnderThousand: Bool = false
    ) -> Double? {
      var comma: Int?
      for (place, byte) in text.utf8.enumerated() {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
          UInt8(ascii: "+"), UInt8(ascii: "e"), UInt8(ascii: "E"):
          continue
        case UInt8(ascii: ",") where hasDecimalCommas && comma == nil: comma = place
        default: return nil
        }
      }
      guard let comma else { return Double(text) }
      var bytes = Array(text.utf8)
      let whole = bytes[..<comma].filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }
      let isGroup = bytes.count - comma == 4 && (1...3).contains(whole.count) && whole != [48]
      guard !isGroup || isUnderThousand, !bytes.contains(UInt8(ascii: ".")) else { return nil }
      bytes[comma] = UInt8(ascii: ".")
      return Double(String(decoding: bytes, as: UTF8.self))
    }
  }

  /// How large the text is.
  var byteCount: Int { bytes.count }

  private struct FirstRow: Error { let names: [String] }

  /// The fields of the first row, under the separator that makes most of them.
  func firstRow() throws -> [String] {
    do {
      try forEachRow(isFirst: { _ in false }) { row in
        throw FirstRow(names: (0..<row.count).map { row[$0] })
      }
    } catch let first as FirstRow {
      return first.names
    }
    return []
  }

  /// Calls `body` for each row below the header.
  ///
  /// - Parameters:
  ///   - isHeader: whether column names are those of the table; it decides which separator is the table's.
  ///   - find: finds the columns in the header.
  ///   - body: gets the columns and a row, which it must not keep.
  /// - Throws: ``DataError`` and whatever the closures throw.
  public func forEachRow<Columns>(
    isHeader: (TableHeader) -> Bool, columns find: (TableHeader) throws -> Columns,
    _ body: (Columns, Row) throws -> Void
  ) throws {
    var (columns, names): (Columns?, [String]) = (nil, [])
    try forEachRow(isFirst: isHeader) { row in
      guard let columns else {
        let header = header(row.record)
        (columns, names) = (try find(header), header.names)
        return
      }
      if row.count == names.count, row.record.trimmedBytes(0).elementsEqual(names[0].utf8),
        names.indices.allSatisfy({ row.record.trimmed($0) == names[$0] })
      {
        throw DataError.repeatedHeader(path: path, line: row.line)
      }
      try body(columns, row)
    }
    if columns == nil { _ = try find(TableHeader([], line: 1, path: path)) }
  }

  /// Calls `body` for each row of a table that need not have a header.
  ///
  /// - Parameters:
  ///   - isFirst: whether fields are those of the table's first row; it decides which separator is the table's.
  ///   - body: gets each row that holds anything, the header too.
  /// - Throws: ``DataError`` and whatever `body` throws.
  public func forEachRow(
    isFirst: (TableHeader) -> Bool, _ body: (Row) throws -> Void
  ) throws {
    let separator = try separator(isFirst)
    let hasDecimalCommas = separator != CSVReader.comma
    try forEachRecord(separator) { record in
      if record.trimmedBytes(0).isEmpty, record.isBlank { return }
      try body(Row(record: record, hasDecimalCommas: hasDecimalCommas))
    }
  }

  private func header(_ record: CSVReader.Record) -> TableHeader {
    TableHeader((0..<record.count).map(record.trimmed), line: record.line, path: path)
  }

  /// Calls `body` for each record but a first line `sep=;`, which Excel reads.
  private func forEachRecord(
    _ separator: UInt8, _ body: (CSVReader.Record) throws -> Void
  ) throws {
    var isFirst = true
    try CSVReader.forEachRecord(in: bytes, path: path, separator: separator) { record in
      defer { isFirst = false }
      if isFirst, record.count <= 2, record.trimmed(0).lowercased().hasPrefix("sep=") { return }
      try body(record)
    }
  }

  private struct Found: Error { let header: TableHeader }

  /// What separates the fields of the header. Of several that make it one that is understood none is certain, which no
  /// two can; where none does, the one that makes most fields, so that the message names what there is.
  private func separator(_ isHeader: (TableHeader) -> Bool) throws -> UInt8 {
    var best: (separator: UInt8, fields: Int)?
    for separator in [CSVReader.comma, UInt8(ascii: ";"), UInt8(ascii: "\t")] {
      do {
        try forEachRecord(separator) { if !$0.isBlank { throw Found(header: header($0)) } }
      } catch let found as Found {
        if isHeader(found.header) { return separator }
        if found.header.names.count > best?.fields ?? 0 {
          best = (separator, found.header.names.count)
        }
      } catch {
        // Quotes that close before another separator are malformed for this one only.
        if separator == CSVReader.comma, best == nil { best = (separator, 0) }
      }
    }
    return best?.separator ?? CSVReader.comma
  }
}
