/// A small DICOM film, element by element, as the standard lays them out (PS3.5, 7): nothing of ours writes one.
struct DICOMFile {
  enum Coding: String, CaseIterable {
    case explicit = "1.2.840.10008.1.2.1"
    case implicit = "1.2.840.10008.1.2"
    case bigEndian = "1.2.840.10008.1.2.2"
    case deflated = "1.2.840.10008.1.2.1.99"
    case runLengths = "1.2.840.10008.1.2.5"
  }

  indirect enum Value {
    case text(String)
    case words([UInt16])
    case bytes([UInt8])
    /// Items, each of elements by tag.
    case items([[Int: Element]])
  }

  struct Element {
    var kind: String
    var value: Value
  }

  var coding = Coding.explicit
  var elements: [Int: Element] = [:]
  /// What stands before `DICM`.
  var preamble = [UInt8](repeating: 0, count: 128)
  /// What follows the pixels.
  var rest: [UInt8] = []

  /// A row of stored words of 16 bits, `stored` of which are used.
  init(_ values: [UInt16], stored: Int = 12, high: Int? = nil, isSigned: Bool = false) {
    self[0x0008_0060] = Element(kind: "CS", value: .text("DX"))
    self[0x0028_0004] = Element(kind: "CS", value: .text("MONOCHROME2"))
    let numbers = [
      (0x0028_0002, 1), (0x0028_0010, 1), (0x0028_0011, values.count), (0x0028_0100, 16),
      (0x0028_0101, stored), (0x0028_0102, high ?? stored - 1), (0x0028_0103, isSigned ? 1 : 0),
    ]
    for (tag, number) in numbers {
      self[tag] = Element(kind: "US", value: .words([UInt16(number)]))
    }
    self[0x7FE0_0010] = Element(kind: "OW", value: .words(values))
  }

  subscript(tag: Int) -> Element? {
    get { elements[tag] }
    set { elements[tag] = newValue }
  }

  mutating func setText(_ tag: Int, _ kind: String, _ text: String) {
    self[tag] = Element(kind: kind, value: .text(text))
  }

  mutating func setWindow(_ centre: String, _ width: String, _ function: String? = nil) {
    setText(0x0028_1050, "DS", centre)
    setText(0x0028_1051, "DS", width)
    if let function { setText(0x0028_1056, "CS", function) }
  }

  mutating func setRescale(_ slope: String, _ intercept: String) {
    setText(0x0028_1052, "DS", intercept)
    setText(0x0028_1053, "DS", slope)
  }

  /// A look-up table: how many entries, the first value, bits an entry; and its entries.
  mutating func setTable(_ tag: Int, descriptor: [UInt16], entries: [UInt16]) {
    self[tag] = Element(
      kind: "SQ",
      value: .items([
        [
          0x0028_3002: Element(kind: "US", value: .words(descriptor)),
          0x0028_3006: Element(kind: "OW", value: .words(entries)),
        ]
      ]))
  }

  static let modalityTable = 0x0028_3000
  static let voiTable = 0x0028_3010

  /// The file.
  var bytes: [UInt8] {
    var head = preamble + Array("DICM".utf8)
    head += Self.encoded(
      0x0002_0010, Element(kind: "UI", value: .text(coding.rawValue)), .explicit)
    var set: [UInt8] = []
    for (tag, element) in elements.sorted(by: { $0.key < $1.key }) {
      set += Self.encoded(tag, element, coding)
    }
    set += rest
    guard coding == .deflated else { return head + set }
    // One stored block of deflate (RFC 1951, 3.2.4).
    let count = UInt16(set.count)
    return head + [1] + Self.word(count) + Self.word(~count) + set
  }

  static func word(_ value: UInt16, isBigEndian: Bool = false) -> [UInt8] {
    let pair = [UInt8(value & 0xFF), UInt8(value >> 8)]
    return isBigEndian ? pair.reversed() : pair
  }

  /// 32 bits.
  static func long(_ value: Int, isBigEndian: Bool = false) -> [UInt8] {
    let bytes = (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return isBigEndian ? bytes.reversed() : bytes
  }

  static func encoded(_ tag: Int, _ element: Element, _ coding: Coding) -> [UInt8] {
    let isBig = coding == .bigEndian
    func name(_ tag: Int) -> [UInt8] {
      word(UInt16(tag >> 16), isBigEndian: isBig) + word(UInt16(tag & 0xFFFF), isBigEndian: isBig)
    }
    var value: [UInt8] =
      switch element.value {
      case .text(let text): Array(text.utf8)
      case .words(let words): words.flatMap { word($0, isBigEndian: isBig) }
      case .bytes(let bytes): bytes
      case .items(let items):
        items.flatMap { item -> [UInt8] in
          let inner = item.sorted { $0.key < $1.key }.flatMap { encoded($0.key, $0.value, coding) }
          return name(0xFFFE_E000) + long(inner.count, isBigEndian: isBig) + inner
        }
      }
    if value.count % 2 == 1 { value.append(element.kind == "UI" ? 0 : 0x20) }
    if coding == .implicit { return name(tag) + long(value.count) + value }
    let kind = Array(element.kind.utf8)
    // Compressed pixels are of no stated length: items, and what closes them.
    if tag == 0x7FE0_0010, coding == .runLengths {
      return name(tag) + kind + [0, 0] + long(0xFFFF_FFFF) + name(0xFFFE_E000) + long(0)
        + name(0xFFFE_E000) + long(value.count) + value + name(0xFFFE_E0DD) + long(0)
    }
    guard ["OB", "OW", "SQ", "UN"].contains(element.kind) else {
      return name(tag) + kind + word(UInt16(value.count), isBigEndian: isBig) + value
    }
    return name(tag) + kind + [0, 0] + long(value.count, isBigEndian: isBig) + value
  }
}
