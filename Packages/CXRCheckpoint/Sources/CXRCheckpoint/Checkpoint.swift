/// Named arrays and a text in one zlib-compressed, checksummed file that `numpy.load` opens.
///
/// The file is a ZIP archive: one deflated `.npy` member an array, `metadata.json` for the text, a
/// CRC-32 a member.
///
///     try Checkpoint(arrays: arrays, metadata: json).write(to: "best.npz")
///     let restored = try Checkpoint(path: "best.npz")
public struct Checkpoint: Sendable, Equatable {
  /// The arrays, in file order.
  public let arrays: [NamedArray]
  /// The text of `metadata.json`.
  public let metadata: String

  static let metadataMember = "metadata.json"

  /// The most bytes an array or the metadata may take when read.
  public struct Limits: Sendable {
    /// Uncompressed bytes of all members together.
    public var totalBytes: Int
    /// The number of members.
    public var members: Int

    /// Two gibibytes in at most 4,096 members unless said otherwise.
    public init(totalBytes: Int = 2 << 30, members: Int = 4096) {
      (self.totalBytes, self.members) = (totalBytes, members)
    }
  }

  /// Makes a checkpoint; traps when two arrays have one name.
  public init(arrays: [NamedArray], metadata: String) {
    precondition(
      Set(arrays.map(\.name)).count == arrays.count, "Checkpoint: two arrays have one name")
    (self.arrays, self.metadata) = (arrays, metadata)
  }

  /// The array called `name`.
  public subscript(name: String) -> NamedArray? { arrays.first { $0.name == name } }

  /// Writes the file beside its target, flushes it to disk and renames it, so that a reader sees the
  /// old file or the new one, never a part.
  /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
  public func write(to path: String) throws {
    var members = [
      ZipArchive.Member(name: Self.metadataMember, contents: [UInt8](metadata.utf8))
    ]
    members += arrays.map { ZipArchive.Member(name: $0.name + ".npy", contents: $0.npyBytes) }
    try AtomicFile.write(ZipArchive.bytes(of: members, path: path), to: path)
  }

  /// Reads and verifies a file.
  /// - Throws: ``CheckpointError`` before memory is taken for anything implausible.
  public init(path: String, limits: Limits = Limits()) throws {
    try self.init(
      contents: AtomicFile.read(path, limit: limits.totalBytes), path: path, limits: limits)
  }

  /// Reads and verifies a file's bytes; `path` is for messages.
  /// - Throws: ``CheckpointError`` before memory is taken for anything implausible.
  public init(contents: [UInt8], path: String, limits: Limits = Limits()) throws {
    let members = try ZipArchive.members(of: contents, path: path, limits: limits)
    var (arrays, metadata): ([NamedArray], String?) = ([], nil)
    for member in members {
      if member.name == Self.metadataMember {
        guard let text = String(validating: member.contents, as: UTF8.self) else {
          throw CheckpointError.malformed(path: path, offset: 0, reason: "metadata is not UTF-8")
        }
        metadata = text
      } else if member.name.hasSuffix(".npy") {
        arrays.append(
          try NamedArray(
            npy: member.contents, name: String(member.name.dropLast(4)), path: path))
      }
    }
    guard let metadata else {
      throw CheckpointError.missingMember(path: path, member: Self.metadataMember)
    }
    (self.arrays, self.metadata) = (arrays, metadata)
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
