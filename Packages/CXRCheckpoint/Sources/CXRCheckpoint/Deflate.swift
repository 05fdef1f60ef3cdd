import CZlib

/// zlib's raw deflate stream, as ZIP members hold it, and its CRC-32.
enum Deflate {
  /// Compresses; `nil` only when zlib has no memory.
  static func compressed(_ bytes: [UInt8]) -> [UInt8]? {
    var stream = z_stream()
    guard
      deflateInit2_(
        &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY,
        ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
    defer { deflateEnd(&stream) }
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
    let status = withStream(&stream, input: bytes, output: &output) { deflate($0, Z_FINISH) }
    guard status == Z_STREAM_END else { return nil }
    output.removeLast(output.count - Int(stream.total_out))
    return output
  }

  /// Expands to exactly `count` bytes; `nil` when the stream is damaged or of another length.
  static func expanded(_ bytes: [UInt8], count: Int) -> [UInt8]? {
    var stream = z_stream()
    guard
      inflateInit2_(
        &stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
    defer { inflateEnd(&stream) }
    var output = [UInt8](repeating: 0, count: max(1, count))
    let status = withStream(&stream, input: bytes, output: &output) { inflate($0, Z_FINISH) }
    guard status == Z_STREAM_END, Int(stream.total_out) == count, stream.avail_in == 0 else {
      return nil
    }
    output.removeLast(output.count - count)
    return output
  }

  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBufferPointer {
      UInt32(truncatingIfNeeded: CZlib.crc32_z(0, $0.baseAddress, $0.count))
    }
  }

  private static func withStream(
    _ stream: inout z_stream, input: [UInt8], output: inout [UInt8],
    _ body: (UnsafeMutablePointer<z_stream>) -> Int32
  ) -> Int32 {
    var input = input
    return input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        return body(&stream)
      }
    }
  }
}
