import Foundation

/// What a launcher says of the processes that it starts, in their environment.
public struct Launch: Sendable {
  /// How many it starts together.
  public let processes: Int
  /// Of this one, from 0.
  public let rank: Int

  /// Reads it; `nil` where no launcher started this process.
  public init?(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
    func number(_ names: String...) -> Int? {
      names.lazy.compactMap { environment[$0].flatMap { Int($0) } }.first
    }
    rank = number("OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK") ?? 0
    // OpenMPI; MPICH, Intel MPI and srun by PMI; srun by PMIx, which tells the number by Slurm's own variable.
    if let count = number("OMPI_COMM_WORLD_SIZE", "PMI_SIZE") {
      processes = count
    } else if environment["PMIX_RANK"] != nil {
      processes = number("SLURM_NTASKS") ?? 1
    } else {
      return nil
    }
  }

  /// Seconds that `CXR_PATIENCE` names.
  static func patience(_ environment: [String: String]) throws -> Double? {
    guard let text = environment["CXR_PATIENCE"] else { return nil }
    guard let seconds = Double(text), seconds >= 1, seconds <= 86_400 else {
      throw ClusterError.patience(text)
    }
    return seconds
  }
}
