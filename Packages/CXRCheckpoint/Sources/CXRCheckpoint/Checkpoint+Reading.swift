extension Checkpoint {
  /// Reads and verifies a file, which may be one of `numpy.savez` or `numpy.savez_compressed`.
  ///
  /// Arrays of `float32` are read as they are. Those of other types become `Float` in C order where every element is
  /// one: `bool`, integers, `float16`, any byte order and Fortran's order of elements. Elements of `float64` are
  /// rounded to the nearest `Float`; one that would become infinite is refused, as is an integer that no `Float` stands
  /// for.
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

  /// Reads and verifies a file's bytes, as ``init(path:limits:reviewing:)``; `path` is for messages.
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
    let members = entries.compactMap { entry in
      MemberName.array(in: entry.name).map { (name: $0, entry: entry) }
    }
    let headers = try members.map { try ArchiveMember($0.entry, of: archive).readHeader() }
    // Elements of fewer bytes grow when they become floats.
    let allowed = limits.bytes(inFileOf: archive.count)
    var total = 0
    for (member, header) in zip(members, headers) {
      let size = NPYFormat.byteCount(header.shape) ?? .max
      guard size <= allowed - total else {
        throw CheckpointError.tooLarge(
          path: archive.path, member: member.entry.name,
          bytes: total.addingReportingOverflow(size).partialValue, limit: allowed)
      }
      total += size
    }
    let text = entries.first { $0.name == MemberName.metadata }
    guard text != nil || entries.isEmpty || !members.isEmpty else {
      throw CheckpointError.missingMember(path: archive.path, member: MemberName.metadata)
    }
    let metadata = try text.map { try Self.metadata($0, of: archive) } ?? "{}"
    try review(
      Outline(metadata: metadata, arrays: zip(members, headers).map { ($0.name, $1.shape) }))
    let arrays = try zip(members, headers).map { member, header in
      let contents = try ArchiveMember(member.entry, of: archive)
      guard try contents.readHeader() == header else {
        throw CheckpointError.unreadable(
          path: archive.path, reason: "it changed while it was read")
      }
      return NamedArray(
        name: member.name, shape: header.shape, scalars: try contents.readScalars(header))
    }
    // Members of other kinds are not used, but a damaged file is said to be one.
    for entry in entries where MemberName.array(in: entry.name) == nil && entry != text {
      _ = try ArchiveMember.contents(entry, of: archive)
    }
    self.init(arrays: arrays, metadata: metadata)
  }

  private static func metadata(_ entry: ZipArchive.Entry, of archive: ArchiveBytes) throws
    -> String
  {
    guard entry.size <= longestMetadata else {
      throw CheckpointError.tooLarge(
        path: archive.path, member: entry.name, bytes: entry.size, limit: longestMetadata)
    }
    guard
      let metadata = String(
        validating: try ArchiveMember.contents(entry, of: archive), as: UTF8.self)
    else {
      throw CheckpointError.malformed(
        path: archive.path, offset: entry.data.lowerBound, reason: "metadata is not UTF-8")
    }
    return metadata
  }
}
