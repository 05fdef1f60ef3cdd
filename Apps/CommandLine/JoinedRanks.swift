import CXRCluster
import CXRParallel
import Foundation
import Synchronization

/// The processes that a launcher of MPI started together with this one.
public enum JoinedRanks {
  private static let joined = Mutex<Cluster?>(nil)

  /// Those that this one has joined; `nil` where it is alone.
  public static var current: Cluster? { joined.withLock { $0 } }

  /// Joins them, before anything is read or written; from then on the first speaks for all, and others of what goes wrong.
  ///
  /// Where a launcher started several processes and MPI is not built in, the program ends.
  public static func join() {
    guard current == nil else { return }
    do {
      guard let cluster = try Cluster.join() else { return }
      joined.withLock { $0 = cluster }
      guard cluster.rank > 0 else { return }
      let host = cluster.hosts[cluster.rank]
      // The first of each computer warns of what is there.
      let isFirstThere = cluster.hosts.firstIndex(of: host) == cluster.rank
      Console.voice = .only(
        isFirstThere ? .warning : .error, name: "\(host), rank \(cluster.rank)")
    } catch {
      if let launch = Launch(), launch.rank > 0 {
        sleep(2)
      } else {
        Console.fail(error.inWords)
      }
      _exit(64)
    }
  }

  /// Ends a program that works in one process, where several were started together.
  static func refuseOthers() {
    guard current == nil, let launch = Launch(), launch.processes > 1 else { return }
    if launch.rank > 0 {
      sleep(2)
    } else {
      Console.fail(
        "\(launch.processes) processes were started together, and this program works in one; start it by itself"
      )
    }
    _exit(64)
  }

  /// Gives the first rank time to say what has gone wrong for all, which ends this one too.
  public static func letFirstSpeak() {
    if let cluster = current, cluster.rank > 0 { sleep(2) }
  }

  /// Parses a command line on other ranks than the first, which end in silence where it is wrong: the first says why.
  public static func check(_ parse: () throws -> Void) {
    guard let cluster = current, cluster.rank > 0 else { return }
    do {
      try parse()
    } catch {
      letFirstSpeak()
      _exit(64)
    }
  }

  /// Leaves the others at the end of the work.
  public static func leave() {
    joined.withLock {
      $0?.leave()
      $0 = nil
    }
  }
}
