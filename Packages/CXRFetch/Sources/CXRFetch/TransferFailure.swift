/// What went wrong with an attempt and may go right with the next.
struct TransferFailure: Equatable {
  /// In words.
  let reason: String
  /// Seconds that the server asks to wait.
  let wish: Int?

  init(reason: String, wish: Int? = nil) { (self.reason, self.wish) = (reason, wish) }

  /// What an end means; `nil` where the body came to its end, it should stop, or the server gives no ranges.
  ///
  /// - Parameters:
  ///   - end: of the transfer.
  ///   - verdict: of its answer.
  ///   - url: what was asked for.
  ///   - part: the path that was written.
  ///   - limit: the most bytes that it may have.
  /// - Throws: what will not be otherwise the next time.
  init?(
    _ end: Transfer.End, _ verdict: AnswerJudge.Verdict?, url: String, part: String, limit: Int
  ) throws(FetchFault) {
    switch end {
    case .done, .stopped: return nil
    case .stalled: self.init(reason: "not a byte came in time")
    case .broken(let reason): self.init(reason: reason)
    case .tooLong: throw .longer(expected: limit)
    case .badAddress: throw .badAddress(url)
    case .badRedirect(let reason): throw .redirect(reason)
    case .untrusted(let reason): throw .untrusted(reason)
    case .unwritable(let reason): throw .storage(path: part, reason: reason)
    case .noMemory: throw .system("libcurl has no memory; end other programs")
    case .refused:
      switch verdict {
      case .never(let fault): throw fault
      case .again(let reason, let wish): self.init(reason: reason, wish: wish)
      case .noRanges: return nil
      case .rest, .all, nil: self.init(reason: "the answer could not be taken")
      }
    }
  }
}
