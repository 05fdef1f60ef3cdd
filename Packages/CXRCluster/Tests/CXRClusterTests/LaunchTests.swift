import Testing

@testable import CXRCluster

@Suite struct LaunchTests {
  @Test func launchersAreRecognised() throws {
    #expect(Launch([:]) == nil)
    #expect(Launch(["OMPI_COMM_WORLD_SIZE": "4"])?.processes == 4)
    #expect(Launch(["PMI_SIZE": "3", "PMI_RANK": "0"])?.processes == 3)
    #expect(Launch(["OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "2"])?.rank == 2)
    #expect(Launch(["PMI_SIZE": "3", "PMI_RANK": "1"])?.rank == 1)
    #expect(Launch(["PMIX_RANK": "1", "SLURM_NTASKS": "8"])?.processes == 8)
    // A batch script of Slurm is no process of a launch.
    #expect(Launch(["SLURM_NTASKS": "8", "SLURM_PROCID": "0"]) == nil)
    #expect(try Cluster.join(environment: [:]) == nil)
  }

  @Test func withoutMPISeveralProcessesAreRefused() throws {
    guard !Cluster.isBuiltIn else { return }
    #expect(throws: ClusterError.notBuiltIn(4)) {
      try Cluster.join(environment: ["OMPI_COMM_WORLD_SIZE": "4"])
    }
    #expect(try Cluster.join(environment: ["OMPI_COMM_WORLD_SIZE": "1"]) == nil)
  }

  @Test(arguments: ["", "0", "-1", "soon", "1e9", "nan"]) func patienceIsANumberOfSeconds(
    text: String
  ) {
    #expect(throws: ClusterError.patience(text)) { try Launch.patience(["CXR_PATIENCE": text]) }
  }

  @Test func whatDiffersIsSaidInWords() {
    let error = ClusterError.ranksDiffer(first: "a", differences: ["b, rank 1: the films' names"])
    #expect("\(error)".hasPrefix("not as on a, rank 0:\n  b, rank 1: the films' names\nall ranks"))
    #expect(error.localizedDescription == "\(error)")
  }

  @Test func patienceIsRead() throws {
    #expect(try Launch.patience(["CXR_PATIENCE": "30"]) == 30)
    #expect(try Launch.patience([:]) == nil)
  }
}
