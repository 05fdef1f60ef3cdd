/// Decides whether an answer's body is what was asked for.
struct AnswerJudge {
  /// The file's size; `nil` where it is not known, so that any is right.
  let bytes: Int?
  /// The first byte that was asked for; 0: all.
  let start: Int
  /// What was asked for.
  let url: String

  /// What an answer is.
  enum Verdict: Equatable {
    /// The bytes from `start` on.
    case rest
    /// All bytes, from the beginning.
    case all
    /// No range is given, or none from here on.
    case noRanges
    /// It may be otherwise the next time, after the seconds that the server wishes.
    case again(reason: String, wish: Int?)
    /// It will not be otherwise.
    case never(FetchFault)
  }

  func verdict(_ answer: Transfer.Answer) -> Verdict {
    switch answer.status {
    case 200: return verdict(size: answer.length, answer) ?? .all
    case 206: return partial(answer)
    case 416:
      if let wrong = verdict(size: answer.total, answer) { return wrong }
      return start > 0 ? .noRanges : .never(.status(416, url: url))
    case 408, 425, 429, 500...:
      return .again(reason: "the server answers \(answer.status)", wish: answer.retryAfter)
    default: return .never(.status(answer.status, url: url))
    }
  }

  private func partial(_ answer: Transfer.Answer) -> Verdict {
    if let wrong = verdict(size: answer.total, answer) { return wrong }
    guard let first = answer.first, let last = answer.last else {
      return .again(reason: "the server answers 206 without saying which bytes follow", wish: nil)
    }
    guard start > 0, first == start else {
      return .again(
        reason:
          "asked for what follows byte \(start), the server answers with what follows byte \(first)",
        wish: nil)
    }
    if let bytes, last >= bytes {
      return .never(.otherSize(expected: bytes, found: last + 1, type: answer.type))
    }
    return .rest
  }

  /// What is wrong with a size; `nil` where nothing is.
  private func verdict(size: Int?, _ answer: Transfer.Answer) -> Verdict? {
    guard let bytes, let size, size != bytes else { return nil }
    return .never(.otherSize(expected: bytes, found: size, type: answer.type))
  }
}
