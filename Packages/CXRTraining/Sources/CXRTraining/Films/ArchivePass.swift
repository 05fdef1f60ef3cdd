import CXRArchive
import CXRTensor
import Synchronization

/// Takes the films out of archives, each archive once and from front to back, on all threads: one unpacks an archive's
/// next film while others prepare those that it gave. Memory holds a film a thread.
struct ArchivePass {
  /// An archive and what is wanted of it.
  struct Source: Sendable {
    /// The archive.
    let path: String
    /// How many members are wanted, after which the rest is left; `nil`: as many as there are.
    var count: Int?
    /// Whether a member is wanted.
    let isWanted: @Sendable (_ member: String) -> Bool
  }

  /// What an archive was found to hold.
  struct Contents: Sendable {
    /// Its ordinary files, as far as it was read.
    var members: [String] = []
    /// Why it could not be read to its end.
    var failure: ArchiveError?
  }

  private struct State {
    var reader: ArchiveReader?
    var isDone = false
    var taken = 0
    var contents = Contents()
  }

  private let sources: [Source]
  private let states: [Shared]

  /// An archive's state, one thread's at a time.
  private final class Shared: Sendable { let state = Mutex(State()) }

  init(_ sources: [Source]) {
    self.sources = sources
    states = sources.map { _ in Shared() }
  }

  /// Calls `body` with each wanted member and its bytes, on any thread.
  ///
  /// - Returns: what each archive holds. A damaged one does not keep the others from being read.
  /// - Throws: the first error of `body`.
  func run(
    _ body: @Sendable (_ archive: Int, _ member: String, _ bytes: [UInt8]) throws -> Void
  ) throws -> [Contents] {
    guard !sources.isEmpty else { return [] }
    try Parallel.forEach(Parallel.threads) { worker in
      for step in sources.indices {
        let archive = (worker + step) % sources.count
        while let (member, bytes) = take(archive) { try body(archive, member, bytes) }
      }
    }
    return states.map { $0.state.withLock { $0.contents } }
  }

  /// The next wanted film of an archive; `nil` when there is none.
  private func take(_ place: Int) -> (member: String, bytes: [UInt8])? {
    let source = sources[place]
    return states[place].state.withLock { state in
      if state.isDone { return nil }
      do {
        let reader = try state.reader ?? ArchiveReader(path: source.path)
        state.reader = reader
        while state.taken != source.count,
          let member = try reader.next(isWanted: source.isWanted)
        {
          state.contents.members.append(member)
          guard source.isWanted(member) else { continue }
          let bytes = try reader.contents()
          state.taken += 1
          return (member, bytes)
        }
      } catch let error as ArchiveError {
        state.contents.failure = error
      } catch {
        state.contents.failure = .unreadable(archive: source.path, reason: "\(error)")
      }
      (state.isDone, state.reader) = (true, nil)
      return nil
    }
  }
}
