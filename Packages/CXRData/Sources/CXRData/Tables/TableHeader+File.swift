import Foundation

extension TableHeader {
  /// How much of a file is read for its header, in bytes.
  private static let beginning = 1 << 18

  /// The names in the first row of a file; `nil` of what is no regular file, and may be read but once, or no table at all.
  static func names(ofFile path: String) -> [String]? {
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
    guard let attributes, attributes[.type] as? FileAttributeType == .typeRegular,
      let file = FileHandle(forReadingAtPath: path)
    else { return nil }
    defer { try? file.close() }
    guard let data = try? file.read(upToCount: beginning), !data.isEmpty else { return nil }
    var bytes = [UInt8](data)
    // A row that is cut off is no row; UTF-16's line feed may be followed by its other half.
    let ends = [UInt8(ascii: "\n"), UInt8(ascii: "\r")]
    if bytes.count == beginning, let end = bytes.lastIndex(where: ends.contains) {
      bytes.removeLast(bytes.count - end - 1)
      if bytes.count % 2 == 1, bytes.starts(with: [0xFF, 0xFE]) { bytes.append(0) }
    }
    return try? Table(contents: bytes, path: path).firstRow()
  }
}
