import CXRFiles
import CXRParallel
import ArgumentParser
import CXRTensor
import CXRTraining
import Foundation
import Logging

/// A program: its options parsed, it works, and says why where it fails.
///
/// Exit codes: 0 done, 1 failed at work, 64 wrong usage, 128 + n stopped by signal n.
public protocol Program: ParsableCommand {
  /// The options that all programs have.
  var common: CommonOptions { get }
  /// Whether several processes that a launcher starts do the work together.
  static var worksTogether: Bool { get }
  /// Does the work.
  func work() throws
}

extension Program {
  public static var worksTogether: Bool { false }

  /// Begins, where several processes may do so together: what is wrong with the command line is said once.
  public static func mainTogether(_ arguments: [String]) {
    JoinedRanks.join()
    JoinedRanks.check { _ = try parseAsRoot(arguments) }
    main(arguments)
  }

  public func run() throws {
    common.log.apply()
    if Self.worksTogether { JoinedRanks.join() } else { JoinedRanks.refuseOthers() }
    Interruption.install()
    do {
      try work()
    } catch let code as ExitCode {
      throw code
    } catch {
      JoinedRanks.letFirstSpeak()
      Console.fail(error.inWords)
      JoinedRanks.current?.abort()
      // Not exit(): where memory is short, the way out through the libraries may not end.
      fflush(nil)
      _exit(1)
    }
  }
}

/// The options that all programs have.
public struct CommonOptions: ParsableArguments {
  @Option(help: "Threads to compute with; the results do not depend on it.")
  public var threads: Int?
  @OptionGroup public var log: LogOptions

  public init() {}

  public func validate() throws {
    guard let threads else { return }
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads \(threads): a number from 1 to 1024 is needed")
    }
  }

  /// Applies the choice and says what the program computes with.
  public func start() -> DeviceReport {
    Heap.keepLargeBlocks()
    if let threads {
      Parallel.threads = threads
    } else if let cluster = JoinedRanks.current {
      Parallel.threads = Parallel.threads(ofRanks: cluster.ranksHere)
    }
    if let cluster = JoinedRanks.current { Parallel.share(amongRanks: cluster.ranksHere) }
    TensorMemory.onExhaustion { bytes in
      Console.fail(
        "the system has no \(bytes >> 20) MiB of memory left; files written so far are whole. Lower "
          + "--threads, --batch-size or --image-size, or end other programs")
      _exit(1)
    }
    let device = DeviceReport()
    Console.note(
      device.line,
      [
        "blas": .string(device.blas), "threads": .stringConvertible(device.threads),
        "vector_unit": .string(device.vectorUnit), "version": .string(LibraryVersion.current),
      ])
    if let warning = device.warning { Console.warn(warning) }
    return device
  }
}
