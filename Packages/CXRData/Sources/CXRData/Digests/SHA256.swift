/// SHA-256 (FIPS 180-4), for naming files and patient lists; not for secrets.
public enum SHA256 {
  /// The digest in 64 hexadecimal digits.
  public static func hexDigest(of message: [UInt8]) -> String {
    digest(of: message).map { byte in
      String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }.joined()
  }

  /// The digest of a text's UTF-8.
  public static func hexDigest(of text: String) -> String { hexDigest(of: [UInt8](text.utf8)) }

  /// The digest's 32 bytes.
  public static func digest(of message: [UInt8]) -> [UInt8] {
    var state = initial
    let whole = message.count / 64
    var tail = Array(message[(whole * 64)...]) + [0x80]
    while tail.count % 64 != 56 { tail.append(0) }
    let bits = UInt64(message.count) * 8
    tail += (0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * $0)) }
    message.withUnsafeBufferPointer { bytes in
      for block in 0..<whole { absorb(bytes, at: block * 64, into: &state) }
    }
    tail.withUnsafeBufferPointer { bytes in
      for block in 0..<tail.count / 64 { absorb(bytes, at: block * 64, into: &state) }
    }
    return state.flatMap { word in
      (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) }
    }
  }

  private static func absorb(
    _ bytes: UnsafeBufferPointer<UInt8>, at start: Int, into state: inout [UInt32]
  ) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { w in
      for i in 0..<16 {
        let at = start + 4 * i
        w[i] =
          UInt32(bytes[at]) << 24 | UInt32(bytes[at + 1]) << 16 | UInt32(bytes[at + 2]) << 8
          | UInt32(bytes[at + 3])
      }
      for i in 16..<64 {
        let s0 = rotated(w[i - 15], 7) ^ rotated(w[i - 15], 18) ^ (w[i - 15] >> 3)
        let s1 = rotated(w[i - 2], 17) ^ rotated(w[i - 2], 19) ^ (w[i - 2] >> 10)
        w[i] = w[i - 16] &+ s0 &+ w[i - 7] &+ s1
      }
      var (a, b, c, d) = (state[0], state[1], state[2], state[3])
      var (e, f, g, h) = (state[4], state[5], state[6], state[7])
      constants.withUnsafeBufferPointer { k in
        for i in 0..<64 {
          let s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
          let t1 = h &+ s1 &+ ((e & f) ^ (~e & g)) &+ k[i] &+ w[i]
          let s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
          let t2 = s0 &+ ((a & b) ^ (a & c) ^ (b & c))
          (h, g, f, e, d, c, b, a) = (g, f, e, d &+ t1, c, b, a, t1 &+ t2)
        }
      }
      for (i, value) in [a, b, c, d, e, f, g, h].enumerated() { state[i] &+= value }
    }
  }

  private static func rotated(_ x: UInt32, _ n: UInt32) -> UInt32 { x >> n | x << (32 - n) }

  /// The fractional parts of the first primes' square roots, then of their cube roots.
  private static let initial = primes.prefix(8).map { fraction(of: Double($0).squareRoot()) }
  private static let constants = primes.map { cubeRootFraction(of: $0) }
  private static let primes: [Int] = {
    var found: [Int] = []
    var n = 2
    while found.count < 64 {
      if found.allSatisfy({ n % $0 != 0 }) { found.append(n) }
      n += 1
    }
    return found
  }()

  private static func fraction(of x: Double) -> UInt32 {
    UInt32((x - x.rounded(.down)) * 0x1p32)
  }

  /// ⌊∛p·2³²⌋ mod 2³², by bisection on whole numbers: a Double has too few digits to be sure.
  private static func cubeRootFraction(of p: Int) -> UInt32 {
    var (low, high) = (UInt64(0), UInt64(8) << 32)
    func cubeIsAtMost(_ x: UInt64) -> Bool {
      // x³ <= p·2⁹⁶, with x < 2³⁵, in two 64-bit halves of x² times x.
      let square = x.multipliedFullWidth(by: x)
      let lower = square.low.multipliedFullWidth(by: x)
      let upper = square.high.multipliedFullWidth(by: x)
      let (middle, carry) = lower.high.addingReportingOverflow(upper.low)
      let top = upper.high &+ (carry ? 1 : 0)
      // p·2⁹⁶ = p·2³² in the middle word.
      let limit = UInt64(p) << 32
      return top == 0 && (middle < limit || (middle == limit && lower.low == 0))
    }
    while high - low > 1 {
      let middle = (low + high) / 2
      if cubeIsAtMost(middle) { low = middle } else { high = middle }
    }
    return UInt32(truncatingIfNeeded: low)
  }
}
