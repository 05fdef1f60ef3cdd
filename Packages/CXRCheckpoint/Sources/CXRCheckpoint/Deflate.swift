import CZlib

/// zlib's raw deflate stream, as ZIP members hold it, and its CRC-32.
enum Deflate {
  /// What is known of bytes that are to be packed.
  enum Content {
    /// Words that come again.
    case text
    /// Floats: nothing in them comes again but runs of zeros, and looking for more takes three times as long.
    case floats

    fileprivate var strategy: Int32 { self == .text ? Z_DEFAULT_STRATEGY : Z_RLE }
  }

  /// Compresses; `nil` only when zlib has no memory or there are 4 GiB.
  static func compressed(_ bytes: [UInt8], content: Content = .text) -> [UInt8]? {
    var stream = z_stream()
    guard
      deflateInit2_(
        &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, content.strategy,
        ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
    defer { deflateEnd(&stream) }
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
    var input = bytes
    let status = input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(clamping: input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(clamping: output.count)
        return deflate(&stream, Z_FINISH)
      }
    }
    guard status == Z_STREAM_END else { return nil }
    output.removeLast(output.count - Int(stream.total_out))
    return output
  }

  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBytes { crc32(0, $0) }
  }

  /// Goes on with a checksum.
  static func crc32(_ sum: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
    UInt32(
      truncatingIfNeeded: CZlib.crc32_z(
        UInt(sum), bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
  }

  /// A packed stream, unpacked as far as is asked for, and read as far as that takes.
  final class Reader {
    /// Gives the next packed bytes and says how many; none at the end.
    typealias Source = (UnsafeMutableRawBufferPointer) throws -> Int

    // zlib keeps the address of the stream, so it may not move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let input: UnsafeMutableRawBufferPointer
    private let source: Source
    private static let partSize = 1 << 16

    /// `nil` only when zlib has no memory.
    /// - Parameter packed: how many bytes `source` gives in all.
    init?(packed: Int, from source: @escaping Source) {
      input = .allocate(byteCount: min(packed, Self.partSize), alignment: 1)
      self.source = source
      stream.initialize(to: z_stream())
      guard
        inflateInit2_(
          stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
      else { return nil }
    }

    deinit {
      // Of a stream that was not begun this does nothing.
      inflateEnd(stream)
      stream.deallocate()
      input.deallocate()
    }

    /// Fills `target` with the next bytes; `false` where there are not as many, or the stream is damaged.
    func fill(_ target: UnsafeMutableRawBufferPointer) throws -> Bool {
      var rest = target.bindMemory(to: UInt8.self)[...]
      while !rest.isEmpty {
        let part = UnsafeMutableBufferPointer(rebasing: rest.prefix(1 << 30))
        let (status, got) = try unpack(into: part)
        guard status == Z_OK || (status == Z_STREAM_END && got > 0) else { return false }
        rest = rest.dropFirst(got)
      }
      return true
    }

    /// Whether the stream ends here, with all of its bytes used.
    func isAtEnd() throws -> Bool {
      try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1) { extra in
        while true {
          let (status, got) = try unpack(into: extra)
          guard got == 0, status == Z_OK else {
            return try got == 0 && status == Z_STREAM_END && !hasInput()
          }
        }
      }
    }

    /// Unpacks a part. After `Z_OK` bytes were taken in or given, so that calling again comes to an end.
    private func unpack(into part: UnsafeMutableBufferPointer<UInt8>) throws -> (
      status: Int32, got: Int
    ) {
      // Without more of them zlib may still hold what it has not given.
      _ = try hasInput()
      stream.pointee.next_out = part.baseAddress
      stream.pointee.avail_out = UInt32(part.count)
      let status = inflate(stream, Z_SYNC_FLUSH)
      return (status, part.count - Int(stream.pointee.avail_out))
    }

    /// Whether there are packed bytes that have not been used; reads the next where that is so.
    private func hasInput() throws -> Bool {
      guard stream.pointee.avail_in == 0 else { return true }
      let count = try source(input)
      stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_in = UInt32(count)
      return count > 0
    }
  }
}
