import CXRFiles
import Foundation

/// What is known of the whole files in a folder, so that they are not hashed again: the document `.cxr-fetch.json`.
///
/// It only saves time. Where it is not there, or damaged, the files are hashed.
struct FetchState: Codable, Equatable {
  /// A file as it was when its sum was found right.
  struct File: Codable, Equatable {
    let bytes: Int
    /// The time of its last change, in nanoseconds since 1970.
    let modified: Int
    let md5: String
  }

  /// The form of the document.
  var version = 1
  /// By name.
  var files: [String: File] = [:]

  /// Reads a document; empty where there is none that can be understood.
  init(path: String) {
    guard let data = FileManager.default.contents(atPath: path),
      let own = try? JSONDecoder().decode(Self.self, from: data), own.version == 1
    else { return }
    self = own
  }

  /// Writes the document whole, or leaves the earlier one.
  /// - Returns: whether it could be written.
  func write(to path: String) -> Bool {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    guard let data = try? encoder.encode(self) else { return false }
    return (try? AtomicFile.write([UInt8](data), to: path)) != nil
  }
}
