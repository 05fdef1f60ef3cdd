import Testing

@testable import CXRFetch

@Suite struct AnswerJudgeTests {
  private func verdict(
    _ status: Int, start: Int = 0, length: Int? = nil, first: Int? = nil, last: Int? = nil,
    total: Int? = nil, retryAfter: Int? = nil
  ) -> AnswerJudge.Verdict {
    AnswerJudge(bytes: 100, start: start, url: "http://h/a").verdict(
      Transfer.Answer(
        status: status, length: length, first: first, last: last, total: total,
        retryAfter: retryAfter, type: ""))
  }

  private func isTriedAgain(_ verdict: AnswerJudge.Verdict) -> Bool {
    if case .again = verdict { true } else { false }
  }

  @Test func takesWhatWasAskedFor() {
    #expect(verdict(200, length: 100) == .all)
    #expect(verdict(200) == .all)
    #expect(verdict(206, start: 40, first: 40, last: 99, total: 100) == .rest)
    #expect(verdict(206, start: 40, first: 40, last: 69) == .rest)
    #expect(verdict(200, start: 40, length: 100) == .all)
  }

  @Test func anotherSizeIsForGood() {
    let other = AnswerJudge.Verdict.never(.otherSize(expected: 100, found: 101, type: ""))
    #expect(verdict(200, length: 101) == other)
    #expect(verdict(206, start: 40, first: 40, last: 99, total: 101) == other)
    #expect(verdict(206, start: 40, first: 40, last: 100) == other)
    #expect(verdict(416, start: 40, total: 101) == other)
  }

  @Test func anotherPlaceIsTriedAgain() {
    #expect(isTriedAgain(verdict(206, start: 40, first: 41, last: 99, total: 100)))
    #expect(isTriedAgain(verdict(206, start: 40, first: 39, last: 99, total: 100)))
    #expect(isTriedAgain(verdict(206, start: 40, first: 0, last: 99, total: 100)))
    #expect(isTriedAgain(verdict(206, start: 40, total: 100)))
    #expect(isTriedAgain(verdict(206, first: 0, last: 99, total: 100)))
  }

  @Test func statusesThatPassAndThatDoNot() {
    for status in [408, 425, 429, 500, 503] { #expect(isTriedAgain(verdict(status))) }
    #expect(
      verdict(429, retryAfter: 9) == .again(reason: "the server answers 429", wish: 9))
    for status in [204, 304, 401, 403, 404, 416] {
      #expect(verdict(status) == .never(.status(status, url: "http://h/a")))
    }
    #expect(verdict(416, start: 40, total: 100) == .noRanges)
  }

  @Test func patienceEndsAfterFiveAttempts() {
    var patience = Patience()
    #expect((0..<5).map { _ in patience.fail() } == [1, 2, 4, 8, nil])
    patience.renew()
    #expect(patience.fail(wish: 7) == 7)
    #expect(patience.fail(wish: 100_000) == 120)
  }
}
