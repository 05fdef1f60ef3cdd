/// The 32-bit Mersenne Twister (Matsumoto and Nishimura, 1998), seeded and used as NumPy's legacy
/// `RandomState(seed)` does, so that permutations equal NumPy's bit for bit.
public struct MersenneTwister: Sendable {
  private var state: [UInt32]
  private var index = 624

  /// Seeds by the generator's first initialisation (`init_genrand`).
  public init(seed: UInt32) {
    state = [seed]
    state.reserveCapacity(624)
    for i in 1..<624 {
      let last = state[i - 1]
      state.append(1_812_433_253 &* (last ^ (last >> 30)) &+ UInt32(i))
    }
  }

  /// The next 32 bits.
  public mutating func next() -> UInt32 {
    if index == 624 { twist() }
    var y = state[index]
    index += 1
    y ^= y >> 11
    y ^= (y << 7) & 0x9D2C_5680
    y ^= (y << 15) & 0xEFC6_0000
    return y ^ (y >> 18)
  }

  private mutating func twist() {
    for k in 0..<624 {
      let y = (state[k] & 0x8000_0000) | (state[(k + 1) % 624] & 0x7FFF_FFFF)
      state[k] = state[(k + 397) % 624] ^ (y >> 1) ^ (y & 1 == 1 ? 0x9908_B0DF : 0)
    }
    index = 0
  }

  /// A number uniform in `0...limit`, by masking and rejection, as `random_interval`.
  mutating func number(through limit: UInt32) -> UInt32 {
    guard limit > 0 else { return 0 }
    let mask = UInt32.max >> UInt32(limit.leadingZeroBitCount)
    while true {
      let value = next() & mask
      if value <= limit { return value }
    }
  }

  /// A permutation of `0..<count`, as `RandomState.permutation(count)`.
  public mutating func permutation(_ count: Int) -> [Int] {
    precondition(
      count >= 0 && count <= Int(UInt32.max), "permutation: \(count) is outside 0...2^32 - 1")
    var order = Array(0..<count)
    for i in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(i, Int(number(through: UInt32(i))))
    }
    return order
  }
}
