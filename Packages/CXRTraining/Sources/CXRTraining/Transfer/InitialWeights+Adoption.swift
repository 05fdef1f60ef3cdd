import CXRFiles
import Foundation

extension InitialWeights {
  /// What became of the arrays of both sides.
  public struct Adoption: Sendable, Equatable {
    /// Of the file.
    public let sha256: String
    /// Paths of the network's parameters that the file gave.
    public let taken: [String]
    /// Paths of those that stay fresh, and why.
    public let fresh: [(path: String, reason: String)]
    /// Names in the file that the network has not; what a run keeps beside the network is not counted.
    public let unused: [String]
    /// What is not as it was when the weights were made, and what else whoever takes them should know.
    public let warnings: [String]

    public static func == (left: Self, right: Self) -> Bool {
      left.json == right.json
    }

    /// What `run.json` says of it.
    public var json: JSONValue {
      .object([
        ("sha256", .string(sha256)), ("taken", .strings(taken)),
        (
          "fresh",
          .array(
            fresh.map { .object([("name", .string($0.path)), ("reason", .string($0.reason))]) })
        ), ("unused", .strings(unused)), ("warnings", .strings(warnings)),
      ])
    }

    init(
      sha256: String, taken: [String], fresh: [(path: String, reason: String)], unused: [String],
      warnings: [String]
    ) {
      (self.sha256, self.taken, self.fresh) = (sha256, taken, fresh)
      (self.unused, self.warnings) = (unused, warnings)
    }

    /// What the `run.json` of a run says that goes on; `nil` where it began with fresh weights or there is none.
    init?(runFile path: String) {
      struct Document: Decodable {
        struct Taken: Decodable {
          struct Fresh: Decodable { let name, reason: String }
          let sha256: String
          let taken, unused, warnings: [String]
          let fresh: [Fresh]
        }
        let initialWeights: Taken?
        private enum CodingKeys: String, CodingKey { case initialWeights = "initial_weights" }
      }
      guard let data = FileManager.default.contents(atPath: path),
        let found = try? JSONDecoder().decode(Document.self, from: data).initialWeights
      else { return nil }
      self.init(
        sha256: found.sha256, taken: found.taken, fresh: found.fresh.map { ($0.name, $0.reason) },
        unused: found.unused, warnings: found.warnings)
    }
  }
}
