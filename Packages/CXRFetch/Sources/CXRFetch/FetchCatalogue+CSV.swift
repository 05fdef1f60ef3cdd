import CXRData
import Foundation

extension FetchCatalogue {
  private static let columns = ["file", "url", "bytes", "md5"]
  /// What a file system takes for a name, less `.part`.
  private static let longestName = 250

  private struct Columns {
    let file, url, bytes, md5, count: Int
  }

  /// Reads a table with the columns `file`, `url`, `bytes` and `md5`, in any order; others are left alone.
  ///
  /// - Throws: `DataError` for a file that is no such table, ``FetchError/invalidCatalogue(path:line:reason:)`` with the
  ///   line at fault.
  public init(csv path: String) throws { try self.init(table: Table(path: path)) }

  /// Reads a table's bytes; `path` is used in messages.
  /// - Throws: as ``init(csv:)``.
  public init(contents: [UInt8], path: String) throws {
    try self.init(table: Table(contents: contents, path: path))
  }

  private init(table: Table) throws {
    var entries: [Entry] = []
    var lines: [String: Int] = [:]
    try table.forEachRow(
      isHeader: { header in
        Self.columns.allSatisfy { column in
          header.names.contains { TableHeader.isName($0, column) }
        }
      },
      columns: { try Self.find(in: $0, path: table.path) },
      { columns, row in
        try row.check(columns.count, path: table.path)
        func fail(_ reason: String) -> FetchError {
          .invalidCatalogue(path: table.path, line: row.line, reason: reason)
        }
        let entry = Entry(
          file: row[columns.file], url: row[columns.url],
          bytes: try Self.size(row[columns.bytes], fail), md5: try Self.sum(row[columns.md5], fail))
        if let fault = Self.fault(ofName: entry.file) { throw fail(fault) }
        if let fault = Self.fault(ofAddress: entry.url) { throw fail(fault) }
        if let other = lines.updateValue(row.line, forKey: entry.file) {
          throw fail("\"\(entry.file)\" stands on line \(other) too; name each file once")
        }
        entries.append(entry)
      })
    guard !entries.isEmpty else {
      throw FetchError.invalidCatalogue(
        path: table.path, line: nil, reason: "it names no file; write a row for each")
    }
    self.init(name: table.path, entries: entries)
  }

  private static func find(in header: TableHeader, path: String) throws -> Columns {
    func place(_ name: String) throws -> Int {
      guard let place = try header.find(name) else {
        let found = header.names.prefix(20).joined(separator: ", ")
        throw FetchError.invalidCatalogue(
          path: path, line: header.line,
          reason:
            "the column \(name) is missing; a catalogue has \(columns.joined(separator: ", ")), this file has "
            + (found.isEmpty ? "nothing" : found))
      }
      return place
    }
    return Columns(
      file: try place("file"), url: try place("url"), bytes: try place("bytes"),
      md5: try place("md5"), count: header.names.count)
  }

  private static func size(_ text: String, _ fail: (String) -> FetchError) throws -> Int {
    guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }), let size = Int(text)
    else {
      throw fail("\"\(text.prefix(60))\" is no number of bytes; write digits alone, as 2008470987")
    }
    return size
  }

  private static func sum(_ text: String, _ fail: (String) -> FetchError) throws -> String {
    guard text.utf8.count == 32, text.allSatisfy({ $0.isHexDigit && $0.isASCII }) else {
      throw fail(
        "\"\(text.prefix(60))\" is no MD5 sum, which has 32 hexadecimal digits; write what md5sum prints"
      )
    }
    return text.lowercased()
  }

  /// What is wrong with a file's name; `nil` where nothing is.
  static func fault(ofName name: String) -> String? {
    let shown = "\"\(name.prefix(80))\""
    if name.isEmpty { return "the file has no name; write one" }
    if name == "." || name == ".." || name.contains("/") {
      return "\(shown) is no file's name; write a name without folders"
    }
    if name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      return "\(shown) has characters that cannot be printed; write another name"
    }
    if name.utf8.count > longestName {
      return "\(shown)… is longer than \(longestName) bytes; write a shorter name"
    }
    if FetchFolder.isOwn(name) || name.hasSuffix(FetchFolder.partSuffix) {
      return "\(shown) is a name that fetching itself uses; write another"
    }
    return nil
  }

  /// What is wrong with an address; `nil` where nothing is.
  static func fault(ofAddress address: String) -> String? {
    let isPlain = address.utf8.allSatisfy { $0 > 32 && $0 != 127 }
    guard isPlain, let parts = URLComponents(string: address), let scheme = parts.scheme,
      ["http", "https"].contains(scheme.lowercased()), parts.host?.isEmpty == false
    else {
      return
        "\"\(address.prefix(200))\" is no address of http or https; write one, as https://example.org/a.tar.gz"
    }
    return nil
  }
}
