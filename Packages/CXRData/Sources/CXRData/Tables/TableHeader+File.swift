import Foundation

extension TableHeader {
  /// How much of a file is read for its header, in bytes.
  private static let beginning = 1 << 18

  /// The names in the first row of a file; `nil` of what is no regular file, and may be read but once.
  /// - Throws: ``DataError`` for a file that cannot be read, or is no text.
  static func names(ofFile path: String) throws -> [String]? {
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
    guard let attributes, attributes[.type] as? FileAttributeType == .typeRegular,
      let file = FileHandle(forReadingAtPath: path)
    else { return nil }
    defer { try? file.close() }
    guard let data = try? file.read(upToCount: beginning), !data.isEmpty else { return nil }
    var bytes = [UInt8](data)
    // A row that is cut off is no row; UTF-16's line feed may be followed by its other half.
    if bytes.count == beginning, let end = bytes.lastIndex(of: UInt8(ascii: "\n")) {
      bytes.removeLast(bytes.count - end - 1)
      if bytes.count % 2 == 1, bytes.starts(with: [0xFF, 0xFE]) { bytes.append(0) }
    }
    return try Table(contents: bytes, path: path).firstRow()
  }
}
