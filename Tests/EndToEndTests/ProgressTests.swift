import CXRCommandLine
import Testing

/// The time left, as people read it.
@Suite struct ProgressTests {
  @Test func secondsBecomeMinutesAndHours() {
    for (seconds, text) in [
      (0, "0:00"), (59.4, "0:59"), (59.6, "1:00"), (605, "10:05"), (3599, "59:59"),
      (3600, "1:00:00"),
      (3665, "1:01:05"), (90_061, "25:01:01"), (-5, "0:00"),
    ] { #expect(Progress.clock(seconds) == text, "\(seconds)") }
  }
}
