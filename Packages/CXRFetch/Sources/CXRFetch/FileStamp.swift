import Foundation

/// What the file system says of a file.
struct FileStamp: Equatable {
  let bytes: Int
  /// The time of the last change, in nanoseconds since 1970.
  let modified: Int
  let isFolder: Bool
  /// Whether the path itself is a link.
  let isLink: Bool

  /// `nil` where there is none.
  init?(path: String) {
    var (about, own) = (stat(), stat())
    guard lstat(path, &own) == 0 else { return nil }
    isLink = own.st_mode & S_IFMT == S_IFLNK
    // Of a link to nothing what it says itself.
    if stat(path, &about) != 0 { about = own }
    bytes = Int(about.st_size)
    isFolder = about.st_mode & S_IFMT == S_IFDIR
    #if canImport(Darwin)
      let time = about.st_mtimespec
    #else
      let time = about.st_mtim
    #endif
    modified = Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
  }
}
