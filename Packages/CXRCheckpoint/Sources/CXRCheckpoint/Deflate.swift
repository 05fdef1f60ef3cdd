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

  /// Compresses; `nil` only when zlib has no memory.
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
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
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

  /// A packed stream, unpacked as far as is asked for.
  final class Reader {
    // zlib keeps the address of the stream, so it may not move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let input: UnsafeMutableBufferPointer<UInt8>

    /// `nil` only when zlib has no memory.
    init?(_ packed: [UInt8]) {
      input = .allocate(capacity: packed.count)
      _ = input.initialize(fromContentsOf: packed)
      stream.initialize(to: z_stream())
      stream.pointee.next_in = input.baseAddress
      stream.pointee.avail_in = UInt32(clamping: packed.count)
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
    func fill(_ target: UnsafeMutableRawBufferPointer) -> Bool {
      var rest = target.bindMemory(to: UInt8.self)[...]
      while !rest.isEmpty {
        let part = UnsafeMutableBufferPointer(rebasing: rest.prefix(1 << 30))
        stream.pointee.next_out = part.baseAddress
        stream.pointee.avail_out = UInt32(part.count)
        let status = inflate(stream, Z_SYNC_FLUSH)
        let got = part.count - Int(stream.pointee.avail_out)
        guard status == Z_OK || status == Z_STREAM_END, got > 0 else { return false }
        rest = rest.dropFirst(got)
      }
      return true
    }

    /// Whether the stream ends here, with all of its bytes used.
    var isAtEnd: Bool {
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1) { extra in
        stream.pointee.next_out = extra.baseAddress
        stream.pointee.avail_out = 1
        let status = inflate(stream, Z_SYNC_FLUSH)
        return status == Z_STREAM_END && stream.pointee.avail_out == 1
          && stream.pointee.avail_in == 0
      }
    }
  }
}
