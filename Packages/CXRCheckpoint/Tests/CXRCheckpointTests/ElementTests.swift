import Testing

@testable import CXRCheckpoint

/// Elements of every type of NumPy become the floats that they are, or are refused by name.
@Suite struct ElementTests {
  private func read(
    _ descr: String, _ elements: [UInt8], shape: String = "(2,)", isFortranOrder: Bool = false
  ) throws -> [Float] {
    let contents = npy("'\(descr)'", elements, shape: shape, isFortranOrder: isFortranOrder)
    let read = try ForeignArchive(members: [.init(name: "größe.npy", contents: contents)]).read()
    return try #require(read.arrays.first).scalars
  }

  private func refusal(_ contents: [UInt8]) -> String {
    do {
      _ = try ForeignArchive(members: [.init(name: "größe.npy", contents: contents)]).read()
    } catch let error as CheckpointError {
      return error.description
    } catch { Issue.record("\(error)") }
    return "read"
  }

  /// 3 and −2, or 253, byte by byte.
  @Test func numbersOfEveryTypeAreRead() throws {
    for (type, low, high) in [
      ("i2", [3, 0], [0xFE, 0xFF]), ("i4", [3, 0, 0, 0], [0xFE, 0xFF, 0xFF, 0xFF]),
      ("i8", [3, 0, 0, 0, 0, 0, 0, 0], [0xFE] + [UInt8](repeating: 0xFF, count: 7)),
      ("f2", [0, 0x42], [0, 0xC0]), ("f4", [0, 0, 0x40, 0x40], [0, 0, 0, 0xC0]),
      ("f8", [0, 0, 0, 0, 0, 0, 8, 0x40], [0, 0, 0, 0, 0, 0, 0, 0xC0]),
    ] as [(String, [UInt8], [UInt8])] {
      #expect(try read("<" + type, low + high) == [3, -2], "\(type)")
      #expect(try read(">" + type, low.reversed() + high.reversed()) == [3, -2], "\(type)")
    }
    for (type, zeros) in [("u2", 1), ("u4", 3), ("u8", 7)] {
      let rest = [UInt8](repeating: 0, count: zeros)
      #expect(try read("<" + type, [3] + rest + [253] + rest) == [3, 253], "\(type)")
      #expect(try read(">" + type, rest + [3] + rest + [253]) == [3, 253], "\(type)")
    }
    #expect(try read("|i1", [3, 0xFE]) == [3, -2])
    #expect(try read("|u1", [3, 253]) == [3, 253])
    #expect(try read("|b1", [0, 1]) == [0, 1])
  }

  /// Half precision by IEEE 754: one, the largest, the smallest, the smallest that is normal, minus zero, infinity.
  @Test func halves() {
    for (bits, value) in [
      (0x3C00, 1), (0x7BFF, 65_504), (0x0001, 0x1p-24), (0x0400, 0x1p-14), (0x03FF, 1023 * 0x1p-24),
      (0x8000, -0.0), (0xFC00, -Float.infinity), (0x3555, 0.333_251_953_125),
    ] as [(UInt16, Float)] {
      #expect(ElementFormat.float(ofHalf: bits).bitPattern == value.bitPattern, "\(bits)")
    }
    #expect(ElementFormat.float(ofHalf: 0x7E01).isNaN)
  }

  @Test func bitsOfFloatsStay() throws {
    let bits: [UInt32] = [0x7F80_0001, 0xFFC0_1234, 0x8000_0000, 1]
    let floats = try read(">f4", bytes(bits.map(\.bigEndian)), shape: "(4,)")
    #expect(floats.map(\.bitPattern) == bits)
  }

  @Test func doublesAreRounded() throws {
    let floats = try read(
      "<f8", bytes([0.1, 1 + 0x1p-25, 0x1p-160, -Double.infinity]), shape: "(4,)")
    #expect(floats == [0.1, 1, 0, -.infinity])
    #expect(try read("<f8", bytes([Double.nan, 1]))[0].isNaN)
    let message = refusal(npy("'<f8'", bytes([1, 1e39])))
    #expect(message.contains("array \"größe\": it holds 1e+39, which no 32-bit floating"))
    #expect(message.contains("save a.astype(\"float32\") in its place"))
  }

  /// 2²⁴ + 1 is the first that no `Float` stands for.
  @Test func integersAreExact() throws {
    #expect(try read("<i4", bytes([16_777_216, -16_777_216] as [Int32])) == [0x1p24, -0x1p24])
    #expect(try read("<u8", bytes([1 << 63, 3 << 40] as [UInt64])) == [0x1p63, 3 * 0x1p40])
    #expect(try read("<i8", bytes([Int64.min, 0])) == [-0x1p63, 0])
    for (type, elements) in [
      ("i4", bytes([1, 16_777_217] as [Int32])), ("u8", bytes([1, 16_777_217] as [UInt64])),
    ] {
      let message = refusal(npy("'<\(type)'", elements))
      #expect(message.contains("it holds 16777217, which no"), "\(message)")
      #expect(message.contains("a.astype(\"float32\")") && !message.contains("damaged"))
    }
    #expect(refusal(npy("'<i8'", bytes([Int64.max, 1]))).contains("9223372036854775807"))
    #expect(refusal(npy("'|b1'", [2, 1])).contains("it holds 2"))
  }

  /// [[1, 2, 3], [4, 5, 6]] with the first axis fastest.
  @Test func fortransOrderBecomesC() throws {
    let columns: [Float] = [1, 4, 2, 5, 3, 6]
    #expect(
      try read("<f4", bytes(columns), shape: "(2, 3)", isFortranOrder: true) == [1, 2, 3, 4, 5, 6])
    #expect(
      try read("|u1", [1, 4, 2, 5, 3, 6], shape: "(2, 1, 3)", isFortranOrder: true)
        == [1, 2, 3, 4, 5, 6])
    // Of three axes: element i, j, k is 100 i + 10 j + k.
    var (fortran, c): ([Float], [Float]) = ([], [])
    for k in 0..<4 {
      for j in 0..<3 { for i in 0..<2 { fortran.append(Float(100 * i + 10 * j + k)) } }
    }
    for i in 0..<2 { for j in 0..<3 { for k in 0..<4 { c.append(Float(100 * i + 10 * j + k)) } } }
    #expect(try read("<f4", bytes(fortran), shape: "(2, 3, 4)", isFortranOrder: true) == c)
    #expect(try read("<f4", [], shape: "(0, 3)", isFortranOrder: true).isEmpty)
  }

  /// More elements than are converted at once.
  @Test func largeArraysAreConvertedInParts() throws {
    let count = 100_000
    let numbers = (0..<count).map { Int32($0) }
    #expect(try read("<i4", bytes(numbers), shape: "(\(count),)") == numbers.map { Float($0) })
    let columns = (0..<count).map { Int32($0 % 2 * (count / 2) + $0 / 2) }
    #expect(
      try read("<i4", bytes(columns), shape: "(2, \(count / 2))", isFortranOrder: true)
        == numbers.map { Float($0) })
  }

  @Test(arguments: [
    ("'<c8'", "complex numbers ('<c8')", "a.real.astype(\"float32\") and a.imag"),
    ("'<U5'", "texts ('<U5')", "leave it out"), ("'|S4'", "texts ('|S4')", "leave it out"),
    ("'|O'", "Python objects, which are never loaded ('|O')", "a.astype(\"float32\")"),
    ("'<M8[s]'", "times ('<M8[s]')", "a.astype(\"int64\").astype(\"float32\")"),
    ("'<f16'", "of a type that is not read ('<f16')", "a.astype(\"float32\")"),
    ("'|V2'", "of a type that is not read ('|V2')", "a.astype(\"float32\")"),
    ("[('x', '<f4'), ('y', '<i2', (2,))]", "structured ([('x', '<f4'), ('y', ", "of its fields"),
    ("[('it\\'s', '<f4')]", "structured ([('it\\'s', '<f4')])", "a[field].astype(\"float32\")"),
    ("'\u{1B}[2J'", "('\\u{1B}[2J')", "a.astype(\"float32\")"),
  ])
  func otherTypesAreRefusedByName(descr: String, reason: String, remedy: String) {
    let message = refusal(npy(descr, [0, 1, 2], version: 3))
    #expect(message.hasPrefix("f.npz: array \"größe\": it"), "\(message)")
    #expect(message.contains(reason) && message.contains(remedy), "\(message)")
    #expect(!message.contains("damaged"))
  }
}
