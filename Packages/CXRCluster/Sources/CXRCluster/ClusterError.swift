import Foundation

/// Why processes cannot work together.
public enum ClusterError: Error, Equatable, CustomStringConvertible {
  /// So many were started, and MPI is not built in.
  case notBuiltIn(_ processes: Int)
  /// MPI failed.
  case failed(code: Int)
  /// Ranks have not what the first has, on the computer `first`.
  case ranksDiffer(first: String, differences: [String])
  /// `CXR_PATIENCE` is no number of seconds.
  case patience(String)

  /// The message a person reads.
  public var description: String {
    switch self {
    case .notBuiltIn(let processes):
      "\(processes) processes were started together, and this program was built without MPI: each would do all the work by "
        + "itself. Build with `swift build -c release --traits MPI` (Debian: libopenmpi-dev), or start one"
    case .failed(let code):
      "MPI failed (code \(code)); look at what its launcher says"
    case .ranksDiffer(let first, let differences):
      "not as on \(first), rank 0:\n"
        + differences.prefix(20).map { "  " + $0 }.joined(separator: "\n")
        + (differences.count > 20 ? "\n  and \(differences.count - 20) more" : "")
        + "\nall ranks must work on the same files by the same program; copy them from there, or share a folder"
    case .patience(let text):
      "CXR_PATIENCE=\(text): a number of seconds from 1 to 86400 is needed"
    }
  }
}

extension ClusterError: LocalizedError {
  /// ``description``, where Foundation asks.
  public var errorDescription: String? { description }
}
