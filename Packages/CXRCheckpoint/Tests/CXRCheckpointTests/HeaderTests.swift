import Testing

@testable import CXRCheckpoint

/// The headers of arrays, versions 1.0 to 3.0.
@Suite struct HeaderTests {
  private func shape(_ text: String) throws -> [Int] { try NPYHeader(Array(text.utf8)).shape }

  /// In any order and with any spaces and marks, as Python reads it; Python 2 wrote `2L`.
  @Test(arguments: [
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }      \n",
    "{\"shape\": (2,3), \"fortran_order\":False,\"descr\":\"<f4\"}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 3L)}\n",
    "{ 'fortran_order' : False , 'shape' : ( 2 , 3 , ) , 'descr' : '<f4' , }",
  ])
  func dictionariesOfPythonAreRead(text: String) throws { #expect(try shape(text) == [2, 3]) }

  @Test func axes() throws {
    for (text, expected) in [("()", []), ("(4,)", [4]), ("(0, 9223372036854775807)", [0, .max])] {
      #expect(try shape("{'descr': '<f4', 'fortran_order': False, 'shape': \(text)}") == expected)
    }
  }

  @Test(arguments: [
    "", "{}", "{'descr': '<f4', 'fortran_order': False}", "[]", "{'descr': '<f4',",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': [2]}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2 3)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775808,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': ('2',)}",
    "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}",
    "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
    "{'descr': '<f4, 'fortran_order': False, 'shape': (2,)}", "{'descr': '\\",
    "{'descr': " + String(repeating: "(", count: 9000),
  ])
  func otherTextsAreNoHeaders(text: String) {
    do {
      _ = try NPYHeader(Array(text.utf8))
      Issue.record("\(text.printable) was read")
    } catch {
      guard case .malformed = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test func versionsAndLengths() throws {
    func read(_ contents: [UInt8]) throws -> [NamedArray] {
      try ForeignArchive(members: [.init(name: "a.npy", contents: contents)]).read().arrays
    }
    let floats = bytes([1, 2] as [Float])
    for version in 1...3 as ClosedRange<UInt8> {
      #expect(try read(npy("'<f4'", floats, version: version)).first?.scalars == [1, 2])
    }
    let fourth = #expect(throws: CheckpointError.self) {
      try read(npy("'<f4'", floats, version: 4))
    }
    #expect(fourth?.description.contains("version 4.0") == true)
    // As long as NumPy reads, and one more.
    let plain = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}"
    let longest = plain + String(repeating: " ", count: 10_000 - plain.utf8.count)
    #expect(try read(npy(text: longest, floats)).count == 1)
    let long = #expect(throws: CheckpointError.self) { try read(npy(text: longest + " ", floats)) }
    #expect(long?.description.contains("10001 bytes") == true)
    let longer = npy(text: longest + String(repeating: " ", count: 1 << 16), floats, version: 2)
    let longerStill = #expect(throws: CheckpointError.self) { try read(longer) }
    #expect(longerStill?.description.contains("75536 bytes") == true)
    for bytes in [[], Array("\u{93}NUMPY".utf8), Array(npy("'<f4'", [], version: 2).prefix(11))] {
      #expect(throws: CheckpointError.self) { try read(bytes) }
    }
    // As many axes as NumPy has, and one more.
    let axes = String(repeating: "1, ", count: 63)
    #expect(try read(npy("'<f4'", floats, shape: "(\(axes)2)")).first?.shape.count == 64)
    let deep = #expect(throws: CheckpointError.self) {
      try read(npy("'<f4'", floats, shape: "(1, \(axes)2)"))
    }
    #expect(deep?.description.contains("65 axes") == true)
    #expect(try read(npy("'<f4'", [], shape: "(0, 4)")).first?.shape == [0, 4])
    for shape in ["(3,)", "(9223372036854775807, 4)", "(0, 4611686018427387904)"] {
      #expect(throws: CheckpointError.self) { try read(npy("'<f4'", floats, shape: shape)) }
      #expect(throws: CheckpointError.self) { try read(npy("'<f4'", [], shape: shape)) }
      #expect(throws: CheckpointError.self) { try read(npy("'|b1'", [], shape: shape)) }
    }
  }
}
