import CLibArchive

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Goes through an archive's files from front to back, each once.
///
/// ```swift
/// let archive = try ArchiveReader(path: "images_001.tar.gz")
/// while let member = try archive.next() { print(member, try archive.contents().count) }
/// ```
///
/// It is for one thread at a time.
public final class ArchiveReader {
  /// The archive.
  public let path: String
  /// The most bytes of a member: more than any detector's film has at 16 bits.
  public static let largestMember = 64 << 20
  /// How many times its own size an archive may unpack to; deflate reaches a thousand, films ten.
  static let largestRatio = 200
  /// The most members of an archive: the largest public collection has 377,110 films.
  static let mostMembers = 400_000

  /// Kinds of members, as POSIX's `st_mode` has them.
  private static let (file, link): (mode_t, mode_t) = (0o100000, 0o120000)

  private let utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)

  /// The archive file's size, in bytes, as it was when it was opened.
  public let size: Int
  /// When the archive file was changed, in nanoseconds since 1970, as it was when it was opened.
  public let modified: UInt64

  private let archive: OpaquePointer
  private let gzip: GzipStream?
  /// What members have unpacked to so far, in bytes.
  private var unpacked = 0
  private var entry: OpaquePointer?
  private var member: String?
  private var isLink = false
  private var count = 0

  /// Opens an archive.
  /// - Throws: ``ArchiveError``.
  public init(path: String) throws {
    self.path = path
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      throw ArchiveError.unreadable(
        archive: path, reason: errno == ENOENT ? "no such file" : String(cString: strerror(errno)))
    }
    var status = stat()
    let isFile = fstat(file, &status) == 0 && status.st_mode & 0o170000 == Self.file
    var magic: [UInt8] = [0, 0]
    let isGzip = isFile && pread(file, &magic, 2, 0) == 2 && magic == [0x1F, 0x8B]
    size = Int(status.st_size)
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    modified =
      UInt64(bitPattern: Int64(time.tv_sec)) &* 1_000_000_000
      &+ UInt64(bitPattern: Int64(time.tv_nsec))
    guard isFile, size > 0, let archive = archive_read_new() else {
      close(file)
      throw isFile
        ? ArchiveError.noArchive(archive: path, reason: "it is empty")
        : ArchiveError.unreadable(archive: path, reason: "it is no ordinary file")
    }
    self.archive = archive
    archive_read_support_format_tar(archive)
    let opened: Int32
    if isGzip {
      let stream = GzipStream(file: file)
      gzip = stream
      opened = archive_read_open(
        archive, Unmanaged.passUnretained(stream).toOpaque(), nil,
        { _, context, bytes in
          guard let context, let bytes else { return -1 }
          let stream = Unmanaged<GzipStream>.fromOpaque(context).takeUnretainedValue()
          let piece = stream.next()
          bytes.pointee = piece.baseAddress
          return stream.failure == nil ? piece.count : -1
        }, nil)
    } else {
      close(file)
      gzip = nil
      archive_read_support_format_zip(archive)
      opened = archive_read_open_filename(archive, path, 1 << 18)
    }
    guard opened == ARCHIVE_OK else { throw failure }
  }

  deinit {
    archive_read_free(archive)
    if let utf8 { freelocale(utf8) }
  }

  private var message: String {
    if let failure = gzip?.failure { return failure }
    return archive_error_string(archive).map { String(cString: $0) } ?? "no reason is known"
  }

  /// What is wrong with the archive as a whole. Where it breaks off after its beginning, it was one.
  private var failure: ArchiveError {
    let breaksOff = gzip.map { $0.failure != nil && $0.unpacked > 0 } ?? false
    let hasBegun = breaksOff || count > 0 || archive_format(archive) != 0
    return hasBegun
      ? .damaged(archive: path, member: member, reason: message)
      : .noArchive(archive: path, reason: message)
  }

  /// Goes to the next file, and gives its name: parts between slashes, without a leading `./`. Folders and whatever else is
  /// no file are passed over, and so is what has a name that leads elsewhere, unless `isWanted` says that it is wanted,
  /// which is an error. A link is a file that cannot be read.
  /// - Throws: ``ArchiveError``.
  public func next(isWanted: (String) -> Bool = { _ in true }) throws -> String? {
    // Names are in UTF-8, whatever this program's locale is.
    let locale = utf8.map { uselocale($0) }
    defer { if let locale { uselocale(locale) } }
    while true {
      let status = archive_read_next_header(archive, &entry)
      if status == ARCHIVE_EOF {
        try checkRatio()
        try finish()
        guard count > 0 || archive_format(archive) != 0 else {
          throw ArchiveError.noArchive(archive: path, reason: "it holds nothing")
        }
        return nil
      }
      guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let entry else {
        throw failure
      }
      count += 1
      guard count <= Self.mostMembers else {
        throw ArchiveError.expands(
          archive: path, member: member ?? "",
          reason: "is followed by more; up to \(Self.mostMembers) members are read")
      }
      try checkRatio()
      let name = Self.name(of: entry)
      let kind = archive_entry_filetype(entry)
      let isLink = archive_entry_hardlink(entry) != nil || kind == Self.link
      guard isLink || kind == Self.file else { continue }
      let shown = Self.shown(name)
      member = shown
      guard let name, let safe = Self.safe(name) else {
        guard isWanted(shown) else { continue }
        throw ArchiveError.unsafeMember(
          archive: path, member: shown,
          reason: "has a name that leads elsewhere or cannot be a file's")
      }
      (member, self.isLink) = (safe, isLink)
      return safe
    }
  }

  /// Reads what follows the last member, whose checksum is at the end.
  private func finish() throws {
    guard let gzip else { return }
    while !gzip.next().isEmpty { try checkRatio() }
    if let reason = gzip.failure {
      throw ArchiveError.damaged(archive: path, member: member, reason: reason)
    }
  }

  /// The first bytes of the file that ``next(isWanted:)`` came to, up to `count`, whose ``contents()`` lack them then.
  /// - Throws: ``ArchiveError``.
  public func beginning(_ count: Int) throws -> [UInt8] {
    guard let entry, !isLink, archive_entry_is_encrypted(entry) == 0 else { return [] }
    return try piece(count)
  }

  /// The bytes of the file that ``next(isWanted:)`` came to.
  /// - Throws: ``ArchiveError``; where it has an ``ArchiveError/reasonOfMember``, the next file can be read.
  public func contents() throws -> [UInt8] {
    let name = member ?? ""
    guard let entry else { return [] }
    if isLink {
      throw ArchiveError.unsafeMember(
        archive: path, member: name,
        reason:
          "is a link, and links are not followed: pack the archive anew by tar --hard-dereference -h"
      )
    }
    if archive_entry_is_encrypted(entry) != 0 {
      throw ArchiveError.unsafeMember(
        archive: path, member: name,
        reason: "is encrypted: unpack the archive with its password, and name the folder")
    }
    let stated = archive_entry_size_is_set(entry) == 0 ? nil : Int(archive_entry_size(entry))
    func tooLarge() -> ArchiveError {
      .tooLarge(
        archive: path, member: name,
        reason: "unpacks to more than \(Self.largestMember >> 20) MiB, which no film has")
    }
    guard (0...Self.largestMember).contains(stated ?? 0) else { throw tooLarge() }
    var bytes = try piece(stated ?? 1 << 16)
    while true {
      // One byte more than it says that it has shows that it has more.
      let more = try piece(stated == nil ? min(max(bytes.count, 1), 1 << 22) : 1)
      if more.isEmpty { break }
      bytes += more
      guard bytes.count <= stated ?? Self.largestMember else { throw tooLarge() }
    }
    guard bytes.count == stated ?? bytes.count else {
      throw ArchiveError.damaged(
        archive: path, member: name, reason: "\(bytes.count) bytes instead of \(stated ?? 0)")
    }
    return bytes
  }

  /// Up to `count` bytes more of a member, all that there are of them; none at its end.
  private func piece(_ count: Int) throws -> [UInt8] {
    var status = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, got in
      while got < count {
        status = archive_read_data(archive, buffer.baseAddress.map { $0 + got }, count - got)
        if status <= 0 { break }
        got += status
      }
    }
    if status == ARCHIVE_FATAL {
      throw ArchiveError.damaged(archive: path, member: member, reason: message)
    }
    // Of a method that is not known, or a checksum that is wrong, libarchive goes on with the next member.
    if status < 0 {
      throw ArchiveError.damagedMember(
        archive: path, member: member ?? "", reason: "cannot be unpacked (\(message))")
    }
    unpacked += bytes.count
    try checkRatio()
    return bytes
  }

  /// An archive that unpacks to far more than it is, is made to do harm.
  private func checkRatio() throws {
    let most = (size + 1 << 20) * Self.largestRatio
    guard unpacked <= most, gzip?.unpacked ?? 0 <= most else {
      throw ArchiveError.expands(
        archive: path, member: member ?? "",
        reason: "is within what unpacks to more than \(Self.largestRatio) times its size")
    }
  }

  private static func name(of entry: OpaquePointer) -> String? {
    if let text = archive_entry_pathname_utf8(entry) { return String(cString: text) }
    return archive_entry_pathname(entry).map { String(cString: $0) }
  }

  private static let longestName = 4096

  /// A name that leads to a place below the archive; `nil` for others.
  private static func safe(_ name: String) -> String? {
    // Some programs of Windows part names by backslashes.
    let parts = name.split { $0 == "/" || $0 == "\\" }.filter { $0 != "." }
    guard !parts.isEmpty, !name.hasPrefix("/"), !name.hasPrefix("\\"),
      parts.first?.hasSuffix(":") != true, !parts.contains(".."), name.utf8.count <= longestName,
      !name.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 })
    else { return nil }
    return parts.joined(separator: "/")
  }

  private static func shown(_ name: String?) -> String {
    let text = (name ?? "without a name").prefix(200)
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? "?" : $0 }))
  }
}
