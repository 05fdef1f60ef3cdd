import Foundation

/// What a launcher says of the processes that it starts, in their environment.
struct Launch {
  let processes: Int

  /// `nil` where no launcher did.
  init?(_ environment: [String: String]) {
    // OpenMPI; MPICH, Intel MPI and srun by PMI; srun by PMIx, which tells the number by Slurm's own variable.
    let names = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"]
    if let count = names.lazy.compactMap({ environment[$0].flatMap { Int($0) } }).first {
      processes = count
    } else if environment["PMIX_RANK"] != nil {
      processes = environment["SLURM_NTASKS"].flatMap { Int($0) } ?? 1
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
