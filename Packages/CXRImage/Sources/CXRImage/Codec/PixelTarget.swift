/// Memory that the C decoder fills: taken once the size is known and allowed.
final class PixelTarget {
  private let limit: Int
  private(set) var width = 0
  private(set) var height = 0
  private(set) var refused: (width: Int, height: Int)?
  private var memory: UnsafeMutableRawPointer?
  private var isDeep = false

  private let given: UnsafeMutableBufferPointer<UInt8>?

  /// Memory is taken when the size is known.
  init(limit: Int) { (self.limit, given) = (limit, nil) }

  /// Memory of another's for a film of 8 bits and this size.
  init(limit: Int, memory: UnsafeMutableBufferPointer<UInt8>, height: Int, width: Int) {
    (self.limit, given) = (limit, memory)
    (self.height, self.width) = (height, width)
  }

  deinit { memory?.deallocate() }

  static let allocate:
    @convention(c) (UnsafeMutableRawPointer?, Int, Int, Int32)
      -> UnsafeMutableRawPointer? = { context, width, height, bytes in
        guard let context else { return nil }
        return Unmanaged<PixelTarget>.fromOpaque(context).takeUnretainedValue()
          .take(width, height, Int(bytes))
      }

  private func take(_ width: Int, _ height: Int, _ bytes: Int) -> UnsafeMutableRawPointer? {
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, width > 0, height > 0, pixels <= limit, memory == nil else {
      refused = (width, height)
      return nil
    }
    if let given {
      // The decoder's size is that of the header, or the file contradicts itself.
      guard (self.width, self.height, bytes) == (width, height, 1) else {
        refused = (width, height)
        return nil
      }
      return UnsafeMutableRawPointer(given.baseAddress)
    }
    (self.width, self.height, isDeep) = (width, height, bytes == 2)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: pixels * bytes, alignment: 16)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: pixels * bytes)
    self.memory = memory
    return memory
  }

  /// The levels of a film of 2 bytes a pixel.
  func takeLevels() -> [UInt16]? {
    guard isDeep, let memory else { return nil }
    return Array(
      UnsafeBufferPointer(start: memory.assumingMemoryBound(to: UInt16.self), count: width * height)
    )
  }

  /// The pixels; of a deeper film the upper 8 bits.
  func takePixels() -> [UInt8] {
    if let levels = takeLevels() { return levels.map { UInt8($0 >> 8) } }
    return Array(
      UnsafeBufferPointer(start: memory?.assumingMemoryBound(to: UInt8.self), count: width * height)
    )
  }
}
