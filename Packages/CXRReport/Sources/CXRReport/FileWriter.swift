import Foundation

/// How the files of a page are written.
public struct FileWriter: Sendable {
  private let write: @Sendable (_ bytes: [UInt8], _ path: String) throws -> Void

  /// A way of the caller's, which writes a file whole or leaves the earlier one.
  public init(_ write: @escaping @Sendable (_ bytes: [UInt8], _ path: String) throws -> Void) {
    self.write = write
  }

  /// Beside the target, then renamed; when it reaches the disk is the system's choice.
  public static let standard = FileWriter { bytes, path in
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw ReportError.unwritable(path: path, reason: error.localizedDescription)
    }
  }

  func callAsFunction(_ text: String, to path: String) throws { try write(Array(text.utf8), path) }
}
