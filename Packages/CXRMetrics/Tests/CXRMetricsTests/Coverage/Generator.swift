import Foundation

/// SplitMix64.
struct Generator: RandomNumberGenerator {
  private var state: UInt64
  private var spare: Double?

  /// Mixed once more, or neighbouring seeds would give the same numbers, one place apart.
  init(_ seed: Int) {
    state = UInt64(bitPattern: Int64(seed))
    state = next() ^ 0xA5A5_5A5A_C3C3_3C3C
    state = next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// 0…1, ends excluded.
  mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

  /// After Box and Muller, two at a time.
  mutating func normal() -> Double {
    if let value = spare {
      spare = nil
      return value
    }
    let (radius, angle) = ((-2 * log(uniform())).squareRoot(), 2 * Double.pi * uniform())
    spare = radius * sin(angle)
    return radius * cos(angle)
  }
}
