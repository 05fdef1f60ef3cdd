import ArgumentParser
import CXRCluster
import CXRCommandLine
import CXRParallel
import CXRTraining
import Foundation

/// Sums over ranks in the order of shares beside MPI's own.
struct SumsCommand: Program {
  static let configuration = CommandConfiguration(
    commandName: "sums",
    abstract: "Under mpirun: seconds of sums over ranks, in the order of shares and in MPI's own.",
    discussion:
      "Prints a JSON line a size: floats, and medians of ordered, allreduce, barrier, and of each message more in an exchange."
  )
  static let worksTogether = true
  @Option(parsing: .upToNextOption, help: "Floats of each sum.")
  var floats = [1 << 10, 1 << 14, 1 << 18, 1 << 22, 1 << 24]
  @Option(help: "Times of each, in alternation.")
  var rounds = 15
  @OptionGroup var common: CommonOptions
  /// In a row: of one alone it would be timed how long the other took to come.
  private static let barriers = 5
  /// Messages of one exchange, of which each costs a little more.
  private static let burst = 33

  func validate() throws {
    guard rounds > 0, !floats.isEmpty, floats.allSatisfy({ (1...1 << 28).contains($0) }) else {
      throw ValidationError("--floats from 1 to 2^28 and --rounds of 1 or more are needed")
    }
  }

  func work() throws {
    _ = common.start()
    guard let cluster = JoinedRanks.current, cluster.count > 1,
      cluster.count <= BatchShares.most,
      let shares = BatchShares(images: cluster.count, count: cluster.count).divided(among: cluster)
    else { throw ValidationError("sums: start it with mpirun -n 2 or more, and at most 64") }
    defer { JoinedRanks.leave() }
    for count in floats {
      var own = (0..<count).map { Float(cluster.rank + $0 % 7) }
      var room = [Float](repeating: 0, count: max(1, shares.roomForSum(shares.runs(of: count))))
      let source = own
      var times = (
        ordered: [Double](), theirs: [Double](), barrier: [Double](), message: [Double]()
      )
      for _ in 0..<rounds + 1 {
        own = source
        rest(cluster)
        times.barrier.append(
          seconds { for _ in 0..<Self.barriers { cluster.barrier() } } / Double(Self.barriers))
        times.message.append(
          max(0, burst(cluster) - (times.barrier.last ?? 0)) / Double(Self.burst - 1))
        rest(cluster)
        times.ordered.append(seconds { sum(&own, &room, shares) })
        rest(cluster)
        times.theirs.append(try seconds { _ = try cluster.allReduced(source) })
      }
      guard cluster.rank == 0 else { continue }
      // The first of each has made connections and memory.
      func median(_ all: [Double]) -> Double { all.dropFirst().sorted()[(all.count - 1) / 2] }
      print(
        "{\"floats\": \(count), \"ranks\": \(cluster.count), \"ordered\": \(median(times.ordered)), "
          + "\"allreduce\": \(median(times.theirs)), \"barrier\": \(median(times.barrier)), \"message\": \(median(times.message))}"
      )
    }
  }

  /// Lets a link come to rest: what a token bucket has let through at once it lets through again.
  private func rest(_ cluster: Cluster) {
    usleep(2000)
    cluster.barrier()
  }

  private func sum(_ own: inout [Float], _ room: inout [Float], _ shares: BatchShares) {
    let runs = shares.runs(of: own.count)
    own.withUnsafeMutableBufferPointer { own in
      room.withUnsafeMutableBufferPointer { room in
        guard let own = own.baseAddress, let room = room.baseAddress else { return }
        shares.beginSum([own], runs, room: room) { sum, other, count in
          for i in 0..<count { sum[i] += other[i] }
        }()
        shares.beginSharing(own, runs)()
      }
    }
  }

  /// Seconds of an exchange of many small messages with the next rank.
  private func burst(_ cluster: Cluster) -> Double {
    let (next, last) = (
      (cluster.rank + 1) % cluster.count, (cluster.rank + cluster.count - 1) % cluster.count
    )
    var (sent, taken) = ([UInt8](repeating: 1, count: 2048), [UInt8](repeating: 0, count: 2048))
    return sent.withUnsafeMutableBytes { sent in
      taken.withUnsafeMutableBytes { taken in
        let (out, room) = (UnsafeRawBufferPointer(sent), taken)
        return seconds {
          cluster.exchange(
            (0..<Self.burst).map { _ in OutgoingMessage(to: next, out) },
            (0..<Self.burst).map { _ in IncomingMessage(from: last, room) })
        }
      }
    }
  }

  private func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return start.duration(to: .now).seconds
  }
}
