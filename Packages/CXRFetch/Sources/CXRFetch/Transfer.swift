import CTransfer
import Foundation

/// One connection that fetches files into files, by libcurl.
///
/// Sendable by what C promises: the pointer never changes, ``reached`` and ``received`` are atomic there, and
/// all else is called by the one thread that fetches, which the worker that owns the transfer is.
final class Transfer: @unchecked Sendable {
  private let handle: OpaquePointer

  /// What libcurl needs once in a process, before there are threads that use it.
  private static let isReady: Bool = transfer_start() == 0

  /// - Throws: ``FetchFault/system(_:)``.
  init() throws(FetchFault) {
    guard Self.isReady, let handle = transfer_create() else {
      throw FetchFault.system("libcurl could not be started; is there memory left?")
    }
    self.handle = handle
  }

  deinit { transfer_free(handle) }

  /// The place in the file up to which it is written.
  var reached: Int { Int(transfer_reached(handle)) }

  /// Sets ``reached`` before a request.
  func setReached(_ place: Int) { transfer_set_reached(handle, Int64(place)) }

  /// The bytes that all its requests have brought.
  var received: Int { Int(transfer_received(handle)) }

  /// What a server says before a body.
  struct Answer {
    let status: Int
    /// Bytes of the body; `nil` where not said.
    let length: Int?
    /// The first byte of the file that follows.
    let first: Int?
    /// The last one.
    let last: Int?
    /// The file's size.
    let total: Int?
    /// How many seconds to wait before another request.
    let retryAfter: Int?
    /// The media type; empty where not said.
    let type: String
  }

  /// What becomes of an answer.
  enum Decision {
    /// The body is written from this place on.
    case take(at: Int)
    case refuse
  }

  /// How a request ended.
  enum End: Equatable {
    case done, stopped, stalled, refused, tooLong
    case badAddress(String)
    case badRedirect(String)
    case untrusted(String)
    case unwritable(String)
    case noMemory
    /// Cut, or not to be understood; it may be otherwise the next time.
    case broken(String)
  }

  /// Where a body is asked for and goes.
  struct Request {
    let url: String
    /// The first byte that is asked for.
    let start: Int
    /// The most bytes that the file may have.
    let limit: Int
    let descriptor: Int32
    /// Seconds without a byte.
    let stall: Double
  }

  private final class Calls {
    let onAnswer: (Answer) -> Decision
    let shouldStop: () -> Bool
    init(onAnswer: @escaping (Answer) -> Decision, shouldStop: @escaping () -> Bool) {
      (self.onAnswer, self.shouldStop) = (onAnswer, shouldStop)
    }
  }

  /// Fetches; to be called on one thread only.
  func perform(
    _ request: Request, shouldStop: @escaping () -> Bool,
    onAnswer: @escaping (Answer) -> Decision
  ) -> End {
    let owner = Calls(onAnswer: onAnswer, shouldStop: shouldStop)
    var result = transfer_result()
    withExtendedLifetime(owner) {
      var calls = transfer_calls(
        context: Unmanaged.passUnretained(owner).toOpaque(),
        on_answer: { context, answer in
          guard let context, let answer else { return -1 }
          let calls = Unmanaged<Calls>.fromOpaque(context).takeUnretainedValue()
          switch calls.onAnswer(Answer(answer.pointee)) {
          case .take(let place): return Int64(place)
          case .refuse: return -1
          }
        },
        should_stop: { context in
          guard let context else { return 1 }
          return Unmanaged<Calls>.fromOpaque(context).takeUnretainedValue().shouldStop() ? 1 : 0
        })
      request.url.withCString { url in
        var own = transfer_request(
          url: url, start: Int64(request.start), limit: Int64(request.limit),
          file: request.descriptor, stall_seconds: request.stall)
        transfer_perform(handle, &own, &calls, &result)
      }
    }
    return End(result)
  }
}

extension Transfer.Answer {
  init(_ answer: transfer_answer) {
    func known(_ number: Int64) -> Int? { number < 0 ? nil : Int(number) }
    status = answer.status
    (length, first, last) = (known(answer.length), known(answer.first), known(answer.last))
    (total, retryAfter) = (known(answer.total), known(answer.retry_after))
    type = text(answer.type)
  }
}

extension Transfer.End {
  init(_ result: transfer_result) {
    let message = text(result.message)
    self =
      switch result.end {
      case TRANSFER_DONE: .done
      case TRANSFER_STOPPED: .stopped
      case TRANSFER_STALLED: .stalled
      case TRANSFER_REFUSED: .refused
      case TRANSFER_TOO_LONG: .tooLong
      case TRANSFER_BAD_ADDRESS: .badAddress(message)
      case TRANSFER_BAD_REDIRECT: .badRedirect(message)
      case TRANSFER_UNTRUSTED: .untrusted(message)
      case TRANSFER_UNWRITABLE: .unwritable(message)
      case TRANSFER_NO_MEMORY: .noMemory
      default: .broken(message)
      }
  }
}

/// The text in an array of characters of C.
private func text<Characters>(_ characters: Characters) -> String {
  withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
