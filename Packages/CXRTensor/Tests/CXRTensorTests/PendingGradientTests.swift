import CXRTestSupport
import Testing

@testable import CXRTensor

@Suite struct PendingGradientTests {
  /// What happened, in order.
  private final class Log {
    var lines: [String] = []
  }

  /// One of two steps, whose value is its number.
  private func gradient(_ number: Int, holding floats: Int = 1, _ log: Log) -> PendingGradient {
    log.lines.append("begin \(number)")
    return PendingGradient(holding: floats) {
      log.lines.append("add \(number)")
      return .waiting {
        log.lines.append("form \(number)")
        return .formed(Tensor([Float(number)], shape: [1]))
      }
    }
  }

  @Test func eachHasTheTimeOfTwoFurtherOnesForAStep() {
    let log = Log()
    var queue = GradientQueue()
    let all = (0..<5).map { number in
      let gradient = gradient(number, log)
      queue.add(gradient)
      return gradient
    }
    queue.finish()
    #expect(
      log.lines == [
        "begin 0", "begin 1", "begin 2", "add 0", "begin 3", "add 1", "begin 4", "form 0", "add 2",
        "form 1", "form 2", "add 3", "form 3", "add 4", "form 4",
      ])
    #expect(all.map(\.value.scalars) == (0..<5).map { [Float($0)] })
  }

  @Test func thoseThatHoldMuchAreFormedSooner() {
    let log = Log()
    var queue = GradientQueue()
    queue.add(gradient(0, holding: GradientQueue.most, log))
    queue.add(gradient(1, log))
    #expect(log.lines == ["begin 0", "begin 1"])
    queue.add(gradient(2, log))
    #expect(log.lines.suffix(2) == ["add 0", "form 0"])
    queue.finish()
    #expect(log.lines.count == 9)
  }

  @Test func aGradientThatTwoReadersGiveIsSummed() {
    let log = Log()
    let tape = Tape()
    let leaf = tape.append([])
    let inner = tape.append([
      .init(input: leaf) { _ in gradient(1, log) }, .init(input: leaf) { _ in gradient(2, log) },
    ])
    let output = tape.append([
      .init(input: inner) { PendingGradient($0) }, .init(input: inner) { PendingGradient($0) },
    ])
    let found = tape.gradients(of: output, seed: Tensor([1], shape: [1]), leafCount: 1)
    #expect(found[0]?.scalars == [3])
  }
}
