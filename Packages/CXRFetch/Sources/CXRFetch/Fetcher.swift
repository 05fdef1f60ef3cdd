/// Fetches the files of a catalogue into a folder, several at a time.
///
/// ```swift
/// let fetcher = Fetcher(.nih, into: try FetchFolder("NIH"))
/// let outcome = try fetcher.run(report: { print($0) })
/// ```
///
/// What is whole is not asked for. A transfer that breaks off goes on where it was, in this run or the next; a file
/// gets its name once its size and MD5 sum are those of the catalogue, and it is on the disk.
public struct Fetcher: Sendable {
  /// How it is fetched.
  public struct Options: Sendable, Equatable {
    /// Files at a time, at least 1; 4 unless said otherwise.
    public var connections = 4
    /// Seconds without a byte, above 0, after which an attempt has failed; 30 unless said otherwise.
    public var stall = 30.0

    /// Four files at a time, given up for a while after 30 seconds without a byte.
    public init() {}
  }

  /// What came of it.
  public struct Outcome: Sendable, Equatable {
    /// The files that were given up, in the catalogue's order, and why.
    public let failures: [Failure]
    /// Whether it was asked to stop before all was done.
    public let isStopped: Bool
  }

  /// A file that was given up.
  public struct Failure: Sendable, Equatable {
    /// Its name.
    public let file: String
    /// Why.
    public let fault: FetchFault
  }

  /// How far it is; bytes.
  public enum Progress: Sendable, Equatable {
    /// Files that lie there are hashed.
    case checking(done: Int, of: Int)
    /// What is missing is fetched.
    case fetching(done: Int, of: Int)
  }

  /// What is fetched.
  public let catalogue: FetchCatalogue
  /// Where to.
  public let folder: FetchFolder
  /// How.
  public let options: Options

  /// Makes a fetcher; nothing is done yet.
  public init(
    _ catalogue: FetchCatalogue, into folder: FetchFolder, options: Options = Options()
  ) {
    (self.catalogue, self.folder, self.options) = (catalogue, folder, options)
  }

  /// Fetches what is missing.
  ///
  /// - Parameters:
  ///   - shouldStop: asked often, on several threads; once it says so, all ends soon, and what has come is kept.
  ///   - progress: called ten times a second, on this thread.
  ///   - report: told what happens, on several threads.
  /// - Throws: ``FetchError/noRoom(path:needed:free:)`` before anything is asked for; ``FetchError/failed(file:_:)``
  ///   where libcurl cannot be started.
  public func run(
    shouldStop: @escaping @Sendable () -> Bool = { false }, progress: (Progress) -> Void = { _ in },
    report: @escaping @Sendable (FetchEvent) -> Void = { _ in }
  ) throws -> Outcome {
    try FetchRun(self, shouldStop: shouldStop, report: report).outcome(progress)
  }
}
