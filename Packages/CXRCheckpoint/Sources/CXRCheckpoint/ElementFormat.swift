/// How NumPy stores an element, and what `Float` it is.
struct ElementFormat: Equatable {
  /// What the bits mean.
  enum Kind: Character {
    case truth = "b"
    case signed = "i"
    case unsigned = "u"
    case float = "f"
  }

  let kind: Kind
  /// In bytes.
  let size: Int
  let isBigEndian: Bool

  /// The format of NumPy's `descr`, such as `<f4`; `nil` where it is none of those that are read.
  init?(_ descr: String) {
    var text = Substring(descr)
    let order = text.popFirst()
    guard let kind = text.popFirst().flatMap(Kind.init), text.allSatisfy(\.isASCII),
      let size = Int(text), String(size) == text
    else { return nil }
    let sizes: [Int] =
      switch kind {
      case .truth: [1]
      case .signed, .unsigned: [1, 2, 4, 8]
      case .float: [2, 4, 8]
      }
    guard sizes.contains(size), order == "<" || order == ">" || (order == "|" && size == 1) else {
      return nil
    }
    (self.kind, self.size, isBigEndian) = (kind, size, order == ">")
  }

  /// Whether the bytes are those of `Float` in memory.
  var isFloat: Bool {
    let isOfThisMachine = isBigEndian == (1.bigEndian == 1)
    return kind == .float && size == MemoryLayout<Float>.size && isOfThisMachine
  }

  /// Converts as many elements as `floats` has room for.
  ///
  /// Elements of 64-bit floating point become the nearest `Float`; all others must be one.
  /// - Returns: the first element that no `Float` stands for; `nil` where all are converted.
  func convert(_ bytes: UnsafeRawBufferPointer, to floats: UnsafeMutableBufferPointer<Float>)
    -> String?
  {
    func each<Bits: FixedWidthInteger & BitwiseCopyable>(
      _ type: Bits.Type, _ convert: (Bits) -> Float?
    ) -> Bits? {
      for i in floats.indices {
        let stored = bytes.loadUnaligned(fromByteOffset: i * MemoryLayout<Bits>.size, as: type)
        let bits = isBigEndian ? Bits(bigEndian: stored) : Bits(littleEndian: stored)
        guard let float = convert(bits) else { return bits }
        floats[i] = float
      }
      return nil
    }
    func integers<Bits: FixedWidthInteger & BitwiseCopyable>(_ type: Bits.Type) -> String? {
      each(type) { Float(exactly: $0) }.map { "\($0)" }
    }
    switch (kind, size) {
    case (.truth, _): return each(UInt8.self) { $0 > 1 ? nil : Float($0) }.map { "\($0)" }
    case (.signed, 1): return integers(Int8.self)
    case (.signed, 2): return integers(Int16.self)
    case (.signed, 4): return integers(Int32.self)
    case (.signed, _): return integers(Int64.self)
    case (.unsigned, 1): return integers(UInt8.self)
    case (.unsigned, 2): return integers(UInt16.self)
    case (.unsigned, 4): return integers(UInt32.self)
    case (.unsigned, _): return integers(UInt64.self)
    case (.float, 2): return each(UInt16.self) { Self.float(ofHalf: $0) }.map { "\($0)" }
    case (.float, 4): return each(UInt32.self) { Float(bitPattern: $0) }.map { "\($0)" }
    case (.float, _):
      return each(UInt64.self) {
        let double = Double(bitPattern: $0)
        let float = Float(double)
        return double.isFinite && !float.isFinite ? nil : float
      }.map { "\(Double(bitPattern: $0))" }
    }
  }

  /// IEEE 754's binary16, of which every number is a `Float`. Not by `Float16`, which some platforms lack.
  static func float(ofHalf bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let (exponent, fraction) = (UInt32(bits >> 10 & 0x1F), UInt32(bits & 0x3FF))
    switch exponent {
    case 0:
      let size = Float(fraction) * 0x1p-24
      return Float(bitPattern: sign | size.bitPattern)
    case 0x1F: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
