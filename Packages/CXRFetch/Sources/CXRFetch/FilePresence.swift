import Foundation

/// What of a file lies in the folder.
enum FilePresence: Equatable {
  /// All of it, with the right sum.
  case whole
  /// Nothing, or a part of so many bytes.
  case missing(part: Int)
  /// It should stop before that was known.
  case unknown
}

extension FetchFolder {
  /// Looks what of a file is there. What has its name and is not it is removed, or, where it may be its beginning, becomes
  /// its part.
  ///
  /// - Parameters:
  ///   - entry: the file.
  ///   - hashing: gets the bytes hashed so far, now and then.
  ///   - shouldStop: asked while it is hashed.
  ///   - report: told what is removed.
  /// - Throws: ``FetchFault/storage(path:reason:)``, ``FetchFault/system(_:)``.
  func presence(
    of entry: FetchCatalogue.Entry, shouldStop: @Sendable () -> Bool,
    hashing: (Int) -> Void = { _ in }, report: (FetchEvent) -> Void
  ) throws(FetchFault) -> FilePresence {
    let path = file(entry.file)
    if let stamp = FileStamp(path: path) {
      guard !stamp.isFolder else { throw .storage(path: path, reason: "it is a folder; remove it") }
      if isKnown(entry, stamp) { return .whole }
      if stamp.bytes == entry.bytes, !stamp.isLink || access(path, R_OK) == 0 {
        guard let sum = try sum(of: path, size: stamp.bytes, shouldStop: shouldStop, hashing) else {
          return .unknown
        }
        if sum == entry.md5 {
          remember(entry)
          return .whole
        }
        report(.removed(file: entry.file, reason: "its MD5 sum is \(sum), not \(entry.md5)"))
        try Self.remove(path)
      } else if stamp.bytes < entry.bytes, !stamp.isLink, FileStamp(path: part(entry.file)) == nil {
        report(.takenAsPart(file: entry.file, bytes: stamp.bytes))
        guard rename(path, part(entry.file)) == 0 else { throw Self.fault(path) }
      } else {
        report(
          .removed(
            file: entry.file, reason: "it has \(stamp.bytes.inBytes), not \(entry.bytes.inBytes)"))
        try Self.remove(path)
      }
    }
    let part = part(entry.file)
    guard let stamp = FileStamp(path: part) else { return .missing(part: 0) }
    guard !stamp.isFolder else { throw .storage(path: part, reason: "it is a folder; remove it") }
    if stamp.bytes > entry.bytes {
      try Self.remove(part)
      return .missing(part: 0)
    }
    return .missing(part: stamp.bytes)
  }

  private func sum(
    of path: String, size: Int, shouldStop: () -> Bool, _ hashing: (Int) -> Void
  ) throws(FetchFault) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.fault(path) }
    defer { close(descriptor) }
    let follower = MD5Follower(descriptor: descriptor, path: path, size: size) { size }
    return try follower.sum(shouldStop: {
      hashing(follower.progress)
      return shouldStop()
    })
  }

  static func remove(_ path: String) throws(FetchFault) {
    guard unlink(path) == 0 || errno == ENOENT else { throw fault(path) }
  }

  /// The system's reason why a file cannot be used.
  static func fault(_ path: String) -> FetchFault {
    .storage(path: path, reason: String(cString: strerror(errno)))
  }
}
