import CCluster
import CXRParallel
import Foundation

/// The processes that a launcher of MPI (`mpirun`, `mpiexec`, `srun`) started with this one, as ranks that train together.
///
/// ```swift
/// func sum(_ value: Double) throws -> Double {
///   guard let cluster = try Cluster.join() else { return value }
///   defer { cluster.leave() }
///   return BatchShares(images: 8, count: 8).divided(among: cluster)?.sum { _ in [value] }?[0] ?? 0
/// }
/// ```
public final class Cluster: Ranks {
  public let rank: Int
  public let count: Int
  /// The name of each rank's computer.
  public let hosts: [String]
  /// How long another rank may be awaited before the job ends, in seconds.
  private let patience: Double

  /// Whether the trait MPI is built in.
  public static var isBuiltIn: Bool { cxr_cluster_exists() != 0 }

  private init(rank: Int, count: Int, patience: Double) {
    (self.rank, self.count, self.patience) = (rank, count, patience)
    var name = [CChar](repeating: 0, count: 256)
    cxr_cluster_host(&name, name.count)
    let own = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    hosts = MessageCarrier(rank: rank, patience: patience, hosts: []).gathered(own, count: count)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// Joins the processes that were started together; `nil` where this one was started alone.
  ///
  /// - Parameters:
  ///   - environment: of the process, where launchers leave their mark.
  ///   - patience: seconds that another rank may be awaited in a step before the job ends; where nothing is said what
  ///     `CXR_PATIENCE` names, or 120.
  /// - Throws: ``ClusterError``.
  public static func join(
    environment: [String: String] = ProcessInfo.processInfo.environment, patience: Double? = nil
  ) throws -> Cluster? {
    guard let launch = Launch(environment) else { return nil }
    guard isBuiltIn else {
      guard launch.processes == 1 else { throw ClusterError.notBuiltIn(launch.processes) }
      return nil
    }
    var (rank, count) = (Int32(0), Int32(1))
    let failure = cxr_cluster_join(&rank, &count)
    guard failure == 0 else { throw ClusterError.failed(code: Int(failure)) }
    return Cluster(
      rank: Int(rank), count: Int(count),
      patience: try patience ?? Launch.patience(environment) ?? 120)
  }

  public func begin(
    _ outgoing: [OutgoingMessage], _ incoming: [IncomingMessage]
  ) -> any Transfer {
    MessageCarrier(rank: rank, patience: patience, hosts: hosts).begin(outgoing, incoming)
  }

  /// Returns when every rank is here, however long it takes: one may wait for another program's films.
  public func waitForAll() {
    _ = MessageCarrier(rank: rank, patience: .infinity, hosts: hosts).gathered([0], count: count)
  }

  /// Waits for all, and compares what each must have as the first has it.
  ///
  /// - Parameter facts: what it is, for messages, and its value; as many in the same order on every rank.
  /// - Throws: ``ClusterError/ranksDiffer(first:differences:)`` on every rank, naming each difference and its computer.
  public func compare(_ facts: [(what: String, value: String)]) throws {
    waitForAll()
    let separator = "\u{1F}"
    let all = gathered(Array(facts.map(\.value).joined(separator: separator).utf8)).map {
      String(decoding: $0, as: UTF8.self).components(separatedBy: separator)
    }
    let differences = (1..<max(1, count)).flatMap { rank in
      facts.indices.filter { place in
        !all[rank].indices.contains(place) || !all[0].indices.contains(place)
          || all[rank][place] != all[0][place]
      }.map { "\(hosts[rank]), rank \(rank): \(facts[$0].what)" }
    }
    guard differences.isEmpty else {
      throw ClusterError.ranksDiffer(first: hosts[0], differences: differences)
    }
  }

  /// The sum of floats over all ranks in MPI's own way, whose order depends on their number: to compare times with ours.
  public func allReduced(_ floats: [Float]) throws -> [Float] {
    var sums = [Float](repeating: 0, count: floats.count)
    let failure = cxr_cluster_allreduce(floats, &sums, Int32(floats.count))
    guard failure == 0 else { throw ClusterError.failed(code: Int(failure)) }
    return sums
  }

  /// How many ranks this rank's computer has.
  public var ranksHere: Int { hosts.count { $0 == hosts[rank] } }

  /// Leaves the others, once all have done their work; nothing is sent afterwards.
  public func leave() { cxr_cluster_leave() }

  /// Ends all ranks.
  public func abort() -> Never {
    fflush(nil)
    cxr_cluster_abort(1)
    _exit(1)
  }
}
