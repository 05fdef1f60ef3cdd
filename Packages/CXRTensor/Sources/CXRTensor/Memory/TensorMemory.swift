import CConvolution
import Synchronization

/// The memory that tensors are made of.
public enum TensorMemory {
  /// What is done when the system has no more: the number of bytes that were asked for is passed.
  public typealias ExhaustionHandler = @Sendable (_ bytes: Int) -> Never

  private static let handler = Mutex<ExhaustionHandler?>(nil)

  /// Sets what is done, in place of a trap, when the system has no more memory for a tensor, even after what was
  /// kept for later ones went back. An operation in its midst cannot go on, so the handler ends the process.
  public static func onExhaustion(_ handle: @escaping ExhaustionHandler) {
    handler.withLock { $0 = handle }
  }

  static func exhausted(_ bytes: Int) -> Never {
    if let handle = handler.withLock({ $0 }) { handle(bytes) }
    preconditionFailure("CXRTensor: the system has no \(bytes) bytes of memory left")
  }

  /// What a tensor of so many elements takes, in bytes, with the rest of its last page.
  public static func bytes(ofElements count: Int) -> Int { cxr_buffer_footprint(4 * count) }

  /// Asks the system for `bytes` in one piece and gives them back.
  /// - Throws: ``TensorMemoryError`` where it has none.
  public static func probe(_ bytes: Int) throws(TensorMemoryError) {
    guard cxr_can_allocate(max(0, bytes)) != 0 else { throw TensorMemoryError(bytes: bytes) }
  }
}

/// The system has no memory left.
public struct TensorMemoryError: Error, Equatable, CustomStringConvertible {
  /// That were asked for.
  public let bytes: Int

  /// The message a person reads.
  public var description: String {
    "the system has no \(bytes) bytes of memory left; end other programs, or ask for less at a time"
  }
}
