import CLibArchive

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Unpacks a gzip file (RFC 1952) from front to back, and compares the length and the checksum at its end, which libarchive
/// does not. Streams may follow one another; what else follows the last one is no part of it, as with `gzip`.
final class GzipStream {
  /// Why it cannot be unpacked any further.
  private(set) var failure: String?
  /// Unpacked bytes so far.
  private(set) var unpacked = 0

  private let file: Int32
  private var stream = z_stream()
  private let input: UnsafeMutableRawBufferPointer
  private let output: UnsafeMutableRawBufferPointer
  private var isStarted = false
  private var isDone = false
  private var checksum: UInt32 = 0
  private var length: UInt32 = 0

  /// Takes an open file, and closes it in the end.
  init(file: Int32) {
    self.file = file
    input = .allocate(byteCount: 1 << 18, alignment: 16)
    output = .allocate(byteCount: 1 << 20, alignment: 16)
    // Its first bytes are read by the first call.
    isDone = !beginsStream()
    if isDone, failure == nil { failure = "its gzip header is damaged" }
  }

  deinit {
    if isStarted { inflateEnd(&stream) }
    close(file)
    input.deallocate()
    output.deallocate()
  }

  /// The next unpacked bytes, which stay until the next call; empty at the end, and where ``failure`` says why.
  func next() -> UnsafeRawBufferPointer {
    while !isDone {
      stream.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.avail_out = UInt32(output.count)
      if stream.avail_in == 0, !fill() {
        fail("it ends within its gzip stream")
        break
      }
      let status = inflate(&stream, Z_NO_FLUSH)
      let count = output.count - Int(stream.avail_out)
      checksum = libdeflate_crc32(checksum, output.baseAddress, count)
      length &+= UInt32(truncatingIfNeeded: count)
      unpacked += count
      if status == Z_STREAM_END {
        endStream()
      } else if status != Z_OK, status != Z_BUF_ERROR {
        fail(stream.msg.map { String(cString: $0) } ?? "its gzip stream is damaged")
      }
      if count > 0, failure == nil { return UnsafeRawBufferPointer(rebasing: output[..<count]) }
    }
    return UnsafeRawBufferPointer(start: nil, count: 0)
  }

  private func fail(_ reason: String) {
    failure = failure ?? reason
    isDone = true
  }

  /// Reads more of the file where none is left; whether there is any.
  private func fill() -> Bool {
    guard stream.avail_in == 0 else { return true }
    while true {
      let count = read(file, input.baseAddress, input.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 { fail(String(cString: strerror(errno))) }
      guard count > 0 else { return false }
      stream.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.avail_in = UInt32(count)
      return true
    }
  }

  private func byte() -> UInt8? {
    guard fill(), let next = stream.next_in else { return nil }
    let byte = next.pointee
    stream.next_in = next + 1
    stream.avail_in -= 1
    return byte
  }

  /// Reads a stream's header (RFC 1952, 2.3), and makes ready to unpack what follows; false where none is there.
  private func beginsStream() -> Bool {
    guard byte() == 0x1F, byte() == 0x8B, byte() == 8, let flags = byte(), flags & 0xE0 == 0 else {
      return false
    }
    for _ in 0..<6 where byte() == nil { return false }
    if flags & 4 != 0 {
      guard let low = byte(), let high = byte() else { return false }
      for _ in 0..<(Int(high) << 8 | Int(low)) where byte() == nil { return false }
    }
    // A name and a comment, each closed by a zero.
    for flag: UInt8 in [8, 16] where flags & flag != 0 {
      while let letter = byte() { if letter == 0 { break } }
    }
    if flags & 2 != 0 { for _ in 0..<2 where byte() == nil { return false } }
    let status =
      isStarted
      ? inflateReset(&stream)
      : inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      fail("no memory")
      return false
    }
    (isStarted, checksum, length) = (true, 0, 0)
    return true
  }

  private func endStream() {
    func word() -> UInt32? {
      var value: UInt32 = 0
      for place in 0..<4 {
        guard let byte = byte() else { return nil }
        value |= UInt32(byte) << UInt32(8 * place)
      }
      return value
    }
    guard let sum = word(), let size = word() else {
      fail("it ends before the checksum of its gzip stream")
      return
    }
    guard sum == checksum, size == length else {
      fail("the checksum of its gzip stream is wrong")
      return
    }
    // Another stream, or nothing that counts.
    if !beginsStream() { isDone = true }
  }
}
