/// A counter-based random generator that splits into named and numbered children.
///
/// Equal seeds give equal numbers on every machine and in every process. A child depends on its
/// parent's key and on its own name or index, never on how many numbers the parent has drawn, so
/// work may be done in any order and on any thread:
///
/// ```swift
/// var order = RandomStream(seed: 7).child("epoch").child(3).child("order")
/// let films = (0..<100).shuffled(using: &order)
/// ```
///
/// Each number is a bijective mix of (key, counter) by ten rounds of a 64-bit multiply-and-xor
/// network in the manner of Philox-2×64 (Salmon, Moraes, Dror, Shaw, SC 2011).
public struct RandomStream: RandomNumberGenerator, Hashable, Sendable {
  private let key: UInt64
  private var counter: UInt64 = 0

  private init(key: UInt64) { self.key = key }

  /// The root of a seed's tree.
  public init(seed: UInt64) { self.init(key: Self.mixed(key: 0, counter: seed)) }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    defer { counter &+= 1 }
    return Self.mixed(key: key, counter: counter)
  }

  /// Passes over so many draws of 64 bits.
  public mutating func skip(_ draws: Int) { counter &+= UInt64(bitPattern: Int64(draws)) }

  /// The stream of the `index`-th child.
  public func child(_ index: Int) -> RandomStream {
    let domain: UInt64 = 0x696E_6465_7865_645F
    return RandomStream(
      key: Self.mixed(key: key ^ domain, counter: UInt64(bitPattern: Int64(index))))
  }

  /// The stream of the child called `name`; names are hashed by FNV-1a, the same in every process.
  public func child(_ name: String) -> RandomStream {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return RandomStream(key: Self.mixed(key: key ^ 0x6E61_6D65_645F_6368, counter: hash))
  }

  /// A number uniform in `0..<1`, a multiple of 2⁻²⁴.
  public mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// A number uniform in `range`.
  public mutating func uniform(in range: Range<Float>) -> Float {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// A Bernoulli draw: true with `probability` in 0…1.
  public mutating func chance(_ probability: Float) -> Bool { uniform() < probability }

  private static func mixed(key: UInt64, counter: UInt64) -> UInt64 {
    var (high, low, roundKey) = (counter, UInt64(0), key)
    for _ in 0..<10 {
      let product = (0xD2B7_4407_B1CE_6E93 as UInt64).multipliedFullWidth(by: high)
      (high, low) = (product.high ^ roundKey ^ low, product.low)
      roundKey &+= 0x9E37_79B9_7F4A_7C15
    }
    return high ^ low
  }
}
