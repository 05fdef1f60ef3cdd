import Foundation

/// Any bytes as an archive: its members or a typed error. The reader takes files, so a file is written in memory.
private let path = "/dev/shm/cxr-fuzz-\(getpid()).tar.gz"

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let file = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0o600)
  guard file >= 0 else { fatalError("\(path) cannot be written") }
  var written = 0
  while written < count {
    let more = write(file, start + written, count - written)
    guard more > 0 else { fatalError("\(path) cannot be written") }
    written += more
  }
  close(file)
  do {
    let archive = try ArchiveReader(path: path)
    while try archive.next() != nil { _ = try archive.contents() }
  } catch let error as ArchiveError {
    _ = error.description
  } catch {
    fatalError("an error of another kind: \(error)")
  }
  return 0
}
