import CXRFiles

/// Named arrays and a text in one zlib-compressed, checksummed file that `numpy.load` opens.
///
/// The file is a ZIP archive: one deflated `.npy` member an array, `metadata.json` for the text, a
/// CRC-32 a member.
///
/// ```swift
/// let array = NamedArray(name: "bias", shape: [2], scalars: [0.5, -0.5])
/// try Checkpoint(arrays: [array], metadata: "{}").write(to: "best.npz")
/// let restored = try Checkpoint(path: "best.npz")
/// ```
public struct Checkpoint: Sendable, Equatable {
  /// The arrays, in file order.
  public let arrays: [NamedArray]
  /// The text of `metadata.json`.
  public let metadata: String

  static let metadataMember = "metadata.json"
  private static let arraySuffix = ".npy"
  /// Of NIH's 30,805 patients, digests of 16 letters take half a megabyte.
  private static let longestMetadata = 32 << 20

  /// The most that a file may take when read.
  public struct Limits: Sendable {
    /// Uncompressed bytes of all members together.
    public var totalBytes: Int
    /// The number of members.
    public var members: Int
    /// Uncompressed bytes for each byte of the file, beyond 32 MiB that any file may take; `nil` for as many
    /// as zlib can pack. Weights hardly shrink: a file that grows sixteenfold holds none.
    public var expansion: Int?

    /// Two gibibytes in at most 4,096 members unless said otherwise.
    public init(totalBytes: Int = 2 << 30, members: Int = 4096, expansion: Int? = nil) {
      (self.totalBytes, self.members, self.expansion) = (totalBytes, members, expansion)
    }

    func bytes(inFileOf size: Int) -> Int {
      guard let expansion else { return totalBytes }
      let (grown, overflow) = size.multipliedReportingOverflow(by: expansion)
      return overflow ? totalBytes : min(totalBytes, max(32 << 20, grown))
    }
  }

  /// What a file says it holds, before its arrays are unpacked.
  public struct Outline: Sendable {
    /// The text of `metadata.json`.
    public let metadata: String
    /// Name and shape of each array, in file order.
    public let arrays: [(name: String, shape: [Int])]
  }

  /// Makes a checkpoint; traps when two arrays have one name.
  public init(arrays: [NamedArray], metadata: String) {
    precondition(
      Set(arrays.map(\.name)).count == arrays.count, "Checkpoint: two arrays have one name")
    (self.arrays, self.metadata) = (arrays, metadata)
  }

  /// Makes a checkpoint of plain values; traps as ``init(arrays:metadata:)`` and where a shape does not give the number
  /// of elements.
  ///
  /// ```swift
  /// // What `namedArrays` of CXRNet's modules gives, and `load` takes.
  /// try Checkpoint([(name: "bias", shape: [2], scalars: [0.5, -0.5])]).write(to: "net.npz")
  /// print(try Checkpoint(path: "net.npz").namedArrays[0].scalars)
  /// ```
  public init(
    _ arrays: [(name: String, shape: [Int], scalars: [Float])], metadata: String = "{}"
  ) {
    self.init(
      arrays: arrays.map { NamedArray(name: $0.name, shape: $0.shape, scalars: $0.scalars) },
      metadata: metadata)
  }

  /// The arrays as plain values.
  public var namedArrays: [(name: String, shape: [Int], scalars: [Float])] {
    arrays.map { ($0.name, $0.shape, $0.scalars) }
  }

  /// What the file says it holds.
  public var outline: Outline {
    Outline(metadata: metadata, arrays: arrays.map { ($0.name, $0.shape) })
  }

  /// The array called `name`.
  public subscript(name: String) -> NamedArray? { arrays.first { $0.name == name } }

  /// Writes the file beside its target, flushes it to disk and renames it, so that a reader sees the
  /// old file or the new one, never a part.
  /// - Throws: `FileError`.
  public func write(to path: String) throws {
    var members = [
      ZipArchive.Member(name: Self.metadataMember, contents: [UInt8](metadata.utf8))
    ]
    members += arrays.map {
      ZipArchive.Member(name: $0.name + ".npy", contents: $0.npyBytes, content: .floats)
    }
    try AtomicFile.write(ZipArchive.bytes(of: members, path: path), to: path)
  }

  /// Reads and verifies a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limits: what it may take.
  ///   - review: sees names and shapes before memory is taken for the arrays; it throws to refuse them.
  /// - Throws: ``CheckpointError`` before memory is taken for anything implausible; what `review` throws.
  public init(
    path: String, limits: Limits = Limits(), reviewing review: (Outline) throws -> Void = { _ in }
  ) throws {
    try self.init(ArchiveBytes(path: path), limits: limits, reviewing: review)
  }

  /// Reads and verifies a file's bytes; `path` is for messages.
  /// - Throws: ``CheckpointError`` before memory is taken for anything implausible; what `review` throws.
  public init(
    contents: [UInt8], path: String, limits: Limits = Limits(),
    reviewing review: (Outline) throws -> Void = { _ in }
  ) throws {
    try self.init(ArchiveBytes(contents, path: path), limits: limits, reviewing: review)
  }

  private init(
    _ archive: ArchiveBytes, limits: Limits, reviewing review: (Outline) throws -> Void
  ) throws {
    let entries = try ZipArchive.entries(of: archive, limits: limits)
    let members = entries.filter { $0.name.hasSuffix(Self.arraySuffix) }
    let shapes = try members.map {
      // A header, packed, takes less than its own length and a little.
      try ArchiveMember($0, of: archive, most: 2048).readShape()
    }
    guard let text = entries.first(where: { $0.name == Self.metadataMember }) else {
      throw CheckpointError.missingMember(path: archive.path, member: Self.metadataMember)
    }
    guard text.size <= Self.longestMetadata else {
      throw CheckpointError.tooLarge(
        path: archive.path, member: text.name, bytes: text.size, limit: Self.longestMetadata)
    }
    guard
      let metadata = String(
        validating: try ArchiveMember.contents(text, of: archive), as: UTF8.self)
    else {
      throw CheckpointError.malformed(
        path: archive.path, offset: text.data.lowerBound, reason: "metadata is not UTF-8")
    }
    let names = members.map { String($0.name.dropLast(Self.arraySuffix.count)) }
    try review(Outline(metadata: metadata, arrays: zip(names, shapes).map { ($0, $1) }))
    arrays = try zip(members, zip(names, shapes)).map { entry, array in
      let member = try ArchiveMember(entry, of: archive)
      guard try member.readShape() == array.1 else {
        throw CheckpointError.unreadable(
          path: archive.path, reason: "it changed while it was read")
      }
      return NamedArray(
        name: array.0, shape: array.1, scalars: try member.readScalars(array.1))
    }
    // Members of other kinds are not used, but a damaged file is said to be one.
    for entry in entries where !entry.name.hasSuffix(Self.arraySuffix) && entry != text {
      _ = try ArchiveMember.contents(entry, of: archive)
    }
    self.metadata = metadata
  }

  /// The arrays that a model asks for, in its order.
  ///
  /// - Parameters:
  ///   - expected: names and shapes.
  ///   - ignoredPrefix: superfluous arrays under this name are of no concern.
  ///   - path: the file's name for messages.
  /// - Throws: ``CheckpointError/mismatch(path:problems:)`` naming every array that is missing, of
  ///   another shape, not finite, or more than asked for.
  public func arrays(
    matching expected: [(name: String, shape: [Int])], ignoring ignoredPrefix: String? = nil,
    path: String
  ) throws -> [NamedArray] {
    let present = Dictionary(uniqueKeysWithValues: arrays.map { ($0.name, $0) })
    var (found, problems): ([NamedArray], [String]) = ([], [])
    for (name, shape) in expected {
      guard let array = present[name] else {
        problems.append("\(name) is missing")
        continue
      }
      if array.shape != shape {
        problems.append("\(name) has shape \(array.shape), not \(shape)")
      } else if !array.scalars.allSatisfy(\.isFinite) {
        problems.append("\(name) holds numbers that are not finite")
      }
      found.append(array)
    }
    let names = Set(expected.map(\.name))
    for array in arrays where !names.contains(array.name) {
      if let ignoredPrefix, array.name.hasPrefix(ignoredPrefix) { continue }
      problems.append("\(array.name) is not part of the model")
    }
    guard problems.isEmpty else { throw CheckpointError.mismatch(path: path, problems: problems) }
    return found
  }
}
