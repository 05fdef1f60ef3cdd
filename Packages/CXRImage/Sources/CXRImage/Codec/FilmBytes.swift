#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of a film file.
/// - Throws: ``ImageError/unreadable(path:reason:)``.
public func filmBytes(path: String) throws -> [UInt8] {
  func failure(_ reason: String) -> ImageError { .unreadable(path: path, reason: reason) }
  func systemFailure() -> ImageError {
    failure(errno == ENOENT ? "no such file" : String(cString: strerror(errno)))
  }
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else { throw systemFailure() }
  defer { close(descriptor) }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else { throw systemFailure() }
  switch status.st_mode & S_IFMT {
  case S_IFREG: break
  case S_IFDIR: throw failure("it is a folder")
  default: throw failure("it is no ordinary file")
  }
  let size = Int(status.st_size)
  guard size <= largestFile else { throw failure("\(size) bytes are more than a film has") }
  var hasFailed = false
  let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
    // A file that grows meanwhile is cut here, and found to be so by its decoder.
    while count < size {
      let got = read(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
      if got < 0, errno == EINTR { continue }
      hasFailed = got < 0
      if got <= 0 { break }
      count += got
    }
  }
  if hasFailed { throw systemFailure() }
  return bytes
}

/// In bytes; a film of the most pixels at 16 bits and four channels, uncompressed, is not larger.
private let largestFile = 1 << 30
