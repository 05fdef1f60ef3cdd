import CXRParallel
import CXRArchive
import CXRData
import CXRImage
import Synchronization

/// Takes the films out of archives, each archive once and from front to back, on all threads: one unpacks an archive's
/// next film while others prepare those that it gave. Memory holds a film a thread.
struct ArchivePass {
  /// An archive and what is wanted of it.
  struct Source: Sendable {
    /// The archive.
    let path: String
    /// How many members are wanted, after which the rest is left; `nil`: the archive is listed, to its end.
    var count: Int?
    /// Whether a member is wanted.
    let isWanted: @Sendable (_ member: String) -> Bool
  }

  /// What an archive was found to hold.
  struct Contents: Sendable {
    /// Its files, as far as it was listed, and whether each is a film by its name or its first bytes.
    var members: [(name: String, isFilm: Bool)] = []
    /// Of the file that was read.
    var stamp: SourceStamp?
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

  /// A wanted member's bytes, or why it has none that are taken, and the stamp of its archive as it was read.
  struct Member: Sendable {
    let name: String
    let bytes: Result<[UInt8], ImageError>
    let stamp: SourceStamp
  }

  /// Calls `body` with each wanted member, on any thread.
  ///
  /// - Returns: what each archive holds. A damaged one does not keep the others from being read.
  /// - Throws: the first error of `body`.
  func run<Failure: Error>(
    _ body: @Sendable (_ archive: Int, Member) throws(Failure) -> Void
  ) throws(Failure) -> [Contents] {
    guard !sources.isEmpty else { return [] }
    try Parallel.forEach(Parallel.threads) { (worker) throws(Failure) in
      for step in sources.indices {
        let archive = (worker + step) % sources.count
        while let member = take(archive) { try body(archive, member) }
      }
    }
    return states.map { $0.state.withLock { $0.contents } }
  }

  /// The next wanted film of an archive; `nil` when there is none.
  private func take(_ place: Int) -> Member? {
    let source = sources[place]
    return states[place].state.withLock { state in
      if state.isDone { return nil }
      do {
        let reader = try state.reader ?? ArchiveReader(path: source.path)
        let stamp = SourceStamp(reader)
        (state.reader, state.contents.stamp) = (reader, stamp)
        while state.taken != source.count,
          let name = try reader.next(isWanted: source.isWanted)
        {
          guard source.isWanted(name) else {
            if source.count == nil {
              let isFilm = try FilmName.isFilm(name) || Self.isDICOM(name, reader)
              state.contents.members.append((name, isFilm))
            }
            continue
          }
          state.taken += 1
          // A film that breaks off is none: it is missing, and its archive says why.
          let bytes = try Self.bytes(of: name, reader)
          if source.count == nil { state.contents.members.append((name, FilmName.isFilm(name))) }
          return Member(name: name, bytes: bytes, stamp: stamp)
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

  /// A member's bytes, or why it alone has none.
  static func bytes(
    of name: String, _ reader: ArchiveReader
  ) throws -> Result<[UInt8], ImageError> {
    do { return .success(try reader.contents()) } catch let error as ArchiveError {
      guard let reason = error.reasonOfMember else { throw error }
      let path = ArchivedPath(archive: reader.path, member: name).path
      return .failure(.unreadable(path: path, reason: reason))
    }
  }

  /// Whether a member without an extension begins as DICOM does, as a hospital's exports are named.
  private static func isDICOM(_ name: String, _ reader: ArchiveReader) throws -> Bool {
    guard !(name.split(separator: "/").last?.contains(".") ?? true) else { return false }
    let bytes: [UInt8]
    do { bytes = try reader.beginning(132) } catch let error as ArchiveError {
      // What nobody asked for need not be read.
      guard error.reasonOfMember != nil else { throw error }
      return false
    }
    return bytes.count == 132 && bytes[128...].elementsEqual("DICM".utf8)
  }
}
