import Foundation

/// A folder that goes away with the test.
public final class TemporaryFolder: Sendable {
  /// Without links, as programs that resolve them say it.
  public let path =
    FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path + "/" + UUID().uuidString

  public init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, in a folder that is made where there is none, and gives its path.
  @discardableResult
  public func write(_ text: String, to name: String) throws -> String {
    let file = try place(name)
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    return file
  }

  @discardableResult
  public func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = try place(name)
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  private func place(_ name: String) throws -> String {
    let file = path + "/" + name
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    return file
  }
}
