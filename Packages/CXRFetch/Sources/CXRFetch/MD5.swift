import CTransfer

/// An MD5 sum that is being made; it tells damage, not forgery.
struct MD5: ~Copyable {
  private let handle: OpaquePointer

  /// - Throws: ``FetchFault/system(_:)`` where the system has no MD5.
  init() throws(FetchFault) {
    guard let handle = transfer_md5_create() else {
      throw FetchFault.system("OpenSSL gives no MD5 here; it is needed to check files")
    }
    self.handle = handle
  }

  deinit { transfer_md5_free(handle) }

  /// Adds bytes.
  mutating func add(_ bytes: UnsafeRawBufferPointer) throws(FetchFault) {
    guard let base = bytes.baseAddress else { return }
    guard transfer_md5_add(handle, base, bytes.count) == 0 else { throw Self.failed }
  }

  /// The sum, in 32 hexadecimal digits.
  consuming func sum() throws(FetchFault) -> String {
    var sum = [UInt8](repeating: 0, count: 16)
    guard transfer_md5_finish(handle, &sum) == 0 else { throw Self.failed }
    return sum.map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }

  private static var failed: FetchFault { .system("OpenSSL could not go on with an MD5 sum") }
}
