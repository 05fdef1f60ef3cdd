import Foundation
import Synchronization

/// One run of a fetcher: looks what is there, whether the rest fits, and fetches it.
final class FetchRun: Sendable {
  private let entries: [FetchCatalogue.Entry]
  private let folder: FetchFolder
  private let options: Fetcher.Options
  private let shouldStop: @Sendable () -> Bool
  private let report: @Sendable (FetchEvent) -> Void
  /// By the file's place in the catalogue.
  private let faults = Mutex<[Int: FetchFault]>([:])
  private let wholeFiles = Atomic<Int>(0)

  init(
    _ fetcher: Fetcher, shouldStop: @escaping @Sendable () -> Bool,
    report: @escaping @Sendable (FetchEvent) -> Void
  ) {
    (entries, folder, options) = (fetcher.catalogue.entries, fetcher.folder, fetcher.options)
    (self.shouldStop, self.report) = (shouldStop, report)
  }

  /// A file's place in the catalogue, and the bytes that are not there.
  private struct Missing {
    let file: Int
    let bytes: Int
  }

  /// Does all of it.
  /// - Throws: as `Fetcher.run`.
  func outcome(_ progress: (Fetcher.Progress) -> Void) throws -> Fetcher.Outcome {
    let missing = missingFiles(progress)
    if !shouldStop() {
      try checkRoom(missing)
      try fetch(missing, progress)
    }
    let faults = faults.withLock { $0 }
    return Fetcher.Outcome(
      failures: faults.sorted { $0.key < $1.key }.map {
        Fetcher.Failure(file: entries[$0.key].file, fault: $0.value)
      },
      isStopped: wholeFiles.load(ordering: .relaxed) + faults.count < entries.count)
  }

  private func fail(_ file: Int, _ fault: FetchFault) {
    faults.withLock { $0[file] = fault }
    report(.failed(file: entries[file].file, fault))
  }

  private func missingFiles(_ progress: (Fetcher.Progress) -> Void) -> [Missing] {
    let found = Mutex<[Missing]>([])
    let hashed = Mutex<[Int: Int]>([:])
    let unknown = unknownBytes
    Workers(count: options.connections).run(
      entries.count,
      tick: {
        guard unknown > 0 else { return }
        progress(.checking(done: hashed.withLock { $0.values.reduce(0, +) }, of: unknown))
      }
    ) { [self] file, _ in
      guard !shouldStop() else { return }
      do throws(FetchFault) {
        let presence = try folder.presence(
          of: entries[file], shouldStop: shouldStop,
          hashing: { done in hashed.withLock { $0[file] = done } }, report: report)
        switch presence {
        case .whole: wholeFiles.add(1, ordering: .relaxed)
        case .missing(let part):
          found.withLock { $0.append(Missing(file: file, bytes: entries[file].bytes - part)) }
        case .unknown: break
        }
      } catch {
        fail(file, error)
      }
    }
    return found.withLock { $0 }.sorted { $0.file < $1.file }
  }

  /// The bytes of files that look whole and have to be hashed.
  private var unknownBytes: Int {
    entries.reduce(0) { sum, entry in
      guard let stamp = FileStamp(path: folder.file(entry.file)), stamp.bytes == entry.bytes,
        !folder.isKnown(entry, stamp)
      else { return sum }
      return sum + stamp.bytes
    }
  }

  private func checkRoom(_ missing: [Missing]) throws {
    guard let free = folder.freeBytes else { return }
    let needed = Self.bytes(missing)
    guard needed <= free else {
      throw FetchError.noRoom(path: folder.path, needed: needed, free: free)
    }
  }

  private static func bytes(_ files: [Missing]) -> Int {
    files.reduce(0) { sum, file in
      let (next, isTooLarge) = sum.addingReportingOverflow(file.bytes)
      return isTooLarge ? .max : next
    }
  }

  private func fetch(_ missing: [Missing], _ progress: (Fetcher.Progress) -> Void) throws {
    guard let first = missing.first else { return }
    let total = Self.bytes(missing)
    let transfers: [Transfer]
    do throws(FetchFault) {
      transfers = try (0..<min(options.connections, missing.count)).map { _ throws(FetchFault) in
        try Transfer()
      }
    } catch {
      throw FetchError.failed(file: entries[first.file].file, error)
    }
    Workers(count: transfers.count).run(
      missing.count,
      tick: {
        // What had to be fetched twice counts twice.
        let done = transfers.reduce(0) { $0 + $1.received }
        progress(.fetching(done: min(done, total), of: total))
      }
    ) { [self] place, worker in
      guard !shouldStop() else { return }
      let (file, entry) = (missing[place].file, entries[missing[place].file])
      do throws(FetchFault) {
        let isWhole = try FileFetch(
          entry: entry, folder: folder, transfer: transfers[worker], stall: options.stall,
          shouldStop: shouldStop, report: report
        ).run()
        guard isWhole else { return }
        wholeFiles.add(1, ordering: .relaxed)
        report(.whole(file: entry.file, bytes: entry.bytes))
      } catch {
        fail(file, error)
      }
    }
  }
}
