import Testing

@testable import CXRImage

/// What a DICOM film becomes and what is refused, as the page of DICOM films says, in a build with the trait `DICOM`.
@Suite(.enabled(if: GreyFilm.readsDICOM, "this build is without the trait DICOM"))
struct DICOMFormulaTests {
  /// Grey levels, in levels.
  func levels(
    _ file: DICOMFile, _ options: DecodingOptions = DecodingOptions()
  ) throws -> [Double] {
    let film = try GreyFilm(encoded: file.bytes, path: "f.dcm", options: options)
    return film.fineLevels?.map { Double($0) / 256 } ?? film.pixels.map(Double.init)
  }

  func expect(
    _ file: DICOMFile, _ expected: [Double], range: DICOMRange = .window,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let found = try levels(file, DecodingOptions(dicomRange: range))
    // Levels are kept to 1/256.
    #expect(
      found.count == expected.count
        && zip(found, expected).allSatisfy { abs($0 - $1) <= 1.0 / 512 + 1e-9 },
      "\(found) instead of \(expected)", sourceLocation: sourceLocation)
  }

  func refusal(
    _ file: DICOMFile, _ options: DecodingOptions = DecodingOptions()
  ) -> String {
    do {
      _ = try levels(file, options)
      return "it was taken"
    } catch {
      return "\(error)"
    }
  }

  /// LINEAR from c − 0.5 − (w − 1)/2 to c − 0.5 + (w − 1)/2, LINEAR_EXACT from c − w/2 to c + w/2.
  @Test func windowsHaveTheEndsOfTheirFunction() throws {
    var file = DICOMFile([1499, 1500, 2000, 2499, 2500, 4000])
    for function in [nil, "LINEAR"] {
      file.setWindow("2000", "1000", function)
      try expect(file, [0, 0, 255 * 500.0 / 999, 255, 255, 255])
    }
    file.setWindow("2000", "1000", "LINEAR_EXACT")
    try expect(file, [0, 0, 127.5, 255 * 0.999, 255, 255])
    // 1/(1 + exp(−4(v − c)/w)): a quarter of the width from the centre is exp(∓1).
    file = DICOMFile([1750, 2000, 2250])
    file.setWindow("2000", "1000", "SIGMOID")
    try expect(file, [255 / (1 + 2.718_281_828), 127.5, 255 / (1 + 0.367_879_441)])
  }

  @Test func theFirstOfSeveralWindowsCounts() throws {
    var file = DICOMFile([1500, 2500])
    file.setWindow("2000\\3000", "1000\\100", "LINEAR_EXACT")
    try expect(file, [0, 255])
  }

  @Test func windowsThatMeanNothingAreRefused() throws {
    var file = DICOMFile([0, 1999, 2000, 4095])
    // The narrowest is a step before its centre.
    file.setWindow("2000", "1")
    try expect(file, [0, 0, 255, 255])
    for (width, function) in [
      ("0.5", "LINEAR"), ("0", "LINEAR"), ("0", "LINEAR_EXACT"), ("-1", "SIGMOID"),
    ] {
      file.setWindow("2000", width, function)
      let reason = refusal(file)
      #expect(
        reason.contains("its window is \(width) wide")
          && reason.contains("dicomRange full takes it"),
        "\(reason)")
      try expect(file, [0, 255 * 1999.0 / 4095, 255 * 2000.0 / 4095, 255], range: .full)
    }
    file.setWindow("2000", "0.5", "LINEAR_EXACT")
    try expect(file, [0, 0, 127.5, 255])
    file.setWindow("2000", "100", "QUADRATIC")
    #expect(refusal(file).contains("the function of its window is \"QUADRATIC\", which is none"))
    file.setWindow("20,5", "100", "LINEAR")
    #expect(refusal(file).contains("its window's centre \"20,5\" is no number"))
    file[0x0028_1051] = nil
    file.setText(0x0028_1050, "DS", "2000")
    #expect(refusal(file).contains("its window has no width"))
  }

  /// v = slope · s + intercept; the bits' range is sent through it, and a slope below 0 turns the picture.
  @Test func slopesAndInterceptsComeBeforeTheWindow() throws {
    var file = DICOMFile([800, 1050, 1300])
    file.setRescale("2", "-100")
    file.setWindow("2000", "1000", "LINEAR_EXACT")
    try expect(file, [0, 127.5, 255])
    var whole = DICOMFile([0, 1024, 4095])
    whole.setRescale("2", "-100")
    try expect(whole, [0, 255 * 1024.0 / 4095, 255])
    whole.setRescale("-0.5", "7")
    try expect(whole, [255, 255 * 3071.0 / 4095, 0])
    whole.setRescale("20,5", "0")
    #expect(refusal(whole).contains("its rescale slope \"20,5\" is no number"))
    #expect(
      refusal(whole, DecodingOptions(dicomRange: .full)).contains("\"20,5\" is no number"))
    whole.setRescale("0", "0")
    #expect(refusal(whole).contains("slope is 0"))
  }

  /// `window`: window, else VOI LUT, else the bits; `lut`: VOI LUT, else window, else the bits; `full`: the bits.
  @Test func theRangeSaysWhichOfThemCounts() throws {
    var file = DICOMFile([99, 100, 101, 102, 103, 4095])
    let bits = [99, 100, 101, 102, 103, 4095].map { 255 * $0 / 4095.0 }
    for range in DICOMRange.allCases { try expect(file, bits, range: range) }
    let window = [0, 0, 127.5, 255, 255, 255]
    file.setWindow("101", "2", "LINEAR_EXACT")
    try expect(file, window)
    try expect(file, window, range: .lut)
    try expect(file, bits, range: .full)
    // Ten bits an entry: 1023 is white. Before the first and after the last entry these go on.
    file.setTable(
      DICOMFile.voiTable, descriptor: [4, 100, 10], entries: [204, 0, 1023, 409])
    let expected = [204, 204, 0, 1023, 409, 409].map { 255 * $0 / 1023.0 }
    try expect(file, window)
    try expect(file, expected, range: .lut)
    try expect(file, bits, range: .full)
    file[0x0028_1050] = nil
    file[0x0028_1051] = nil
    file[0x0028_1056] = nil
    try expect(file, expected)
    try expect(file, bits, range: .full)
  }

  /// Where slopes leave fractions, the whole part finds the entry.
  @Test func fractionsFindTheEntryOfTheirWholePart() throws {
    var file = DICOMFile([200, 201, 202, 203])
    file.setRescale("0.5", "0")
    file.setTable(DICOMFile.voiTable, descriptor: [2, 100, 8], entries: [0, 255])
    try expect(file, [0, 0, 255, 255])
  }

  @Test func tablesThatLackEntriesAreRefused() throws {
    var file = DICOMFile([0, 4095])
    file.setTable(DICOMFile.voiTable, descriptor: [4, 0, 12], entries: [0, 1, 2])
    let reason = refusal(file)
    #expect(
      reason.contains("its VOI LUT has 3 entries instead of 4")
        && reason.contains("dicomRange full takes it"), "\(reason)")
    try expect(file, [0, 255], range: .full)
    file[DICOMFile.voiTable] = DICOMFile.Element(kind: "SQ", value: .items([]))
    #expect(refusal(file).contains("its VOI LUT is empty"))
    for (bits, isTaken) in [(UInt16(7), false), (8, true), (16, true), (17, false)] {
      file.setTable(DICOMFile.voiTable, descriptor: [2, 0, bits], entries: [0, 0xFFFF])
      if isTaken {
        try expect(file, [0, 255])
      } else {
        #expect(refusal(file).contains("\(bits) bits an entry"))
      }
    }
  }

  /// A modality LUT stands for slope and intercept, and its bits are the range.
  @Test func aModalityTableComesBeforeSlopes() throws {
    var file = DICOMFile([0, 1, 2, 3, 4095])
    file.setTable(
      DICOMFile.modalityTable, descriptor: [4, 0, 10], entries: [1023, 0, 341, 682])
    file.setRescale("-3", "5")
    try expect(file, [255, 0, 85, 170, 170])
    file.setWindow("341", "682", "LINEAR_EXACT")
    try expect(file, [255, 0, 127.5, 255, 255])
  }

  /// MONOCHROME1 is 255 less; a presentation's shape that contradicts it is ignored.
  @Test func thePhotometricInterpretationDecides() throws {
    for shape in [nil, "IDENTITY", "INVERSE"] {
      var file = DICOMFile([0, 1000, 4095])
      if let shape { file.setText(0x2050_0020, "CS", shape) }
      try expect(file, [0, 255 * 1000.0 / 4095, 255])
      file.setText(0x0028_0004, "CS", "MONOCHROME1")
      try expect(file, [255, 255 * 3095.0 / 4095, 0])
    }
  }

  @Test func signedValuesBeginBelowNought() throws {
    // −2048, −1, 0 and 2047 of twelve bits.
    var file = DICOMFile([0x800, 0xFFF, 0, 0x7FF], isSigned: true)
    try expect(file, [0, 255 * 2047.0 / 4095, 255 * 2048.0 / 4095, 255])
    file.setWindow("0", "4", "LINEAR_EXACT")
    try expect(file, [0, 63.75, 127.5, 255])
  }

  /// Only stored bits count, wherever they lie: what is in the others is an overlay.
  @Test(arguments: [11, 12, 15]) func unusedBitsAreNeverPaintedIn(high: Int) throws {
    let values: [UInt16] = [0, 1, 2048, 4095]
    let expected = values.map { 255 * Double($0) / 4095 }
    let shift = UInt16(high - 11)
    let others = ~(UInt16(0xFFF) << shift)
    for overlay in [0, others] {
      try expect(DICOMFile(values.map { $0 << shift | overlay }, high: high), expected)
    }
  }

  @Test(arguments: [DICOMFile.Coding.explicit, .implicit, .bigEndian, .deflated])
  func everyByteOrderGivesTheSameLevels(coding: DICOMFile.Coding) throws {
    var file = DICOMFile([0x123, 0xA01, 7])
    file.coding = coding
    file.setTable(DICOMFile.voiTable, descriptor: [4, 6, 12], entries: [1, 4095, 2, 3])
    try expect(file, [255 * 3.0 / 4095, 255 * 3.0 / 4095, 255])
    try expect(file, [291, 2561, 7].map { 255 * $0 / 4095 }, range: .full)
  }

  /// PS3.5, annex G: a segment for each byte of a pixel, the upper one first.
  @Test func runLengthsAreUnpackedAndMustBeWhole() throws {
    var file = DICOMFile([0x123, 0xA01, 0xA01, 0xA01, 7])
    let header = DICOMFile.long(2) + DICOMFile.long(64) + DICOMFile.long(64 + 6)
    let table = header + [UInt8](repeating: 0, count: 64 - header.count)
    // A byte as it is, three of the next, and another one.
    let upper: [UInt8] = [0, 0x01, 0xFE, 0x0A, 0, 0x00]
    let lower: [UInt8] = [0, 0x23, 0xFE, 0x01, 0, 0x07]
    let pixels = table + upper + lower
    file.coding = .runLengths
    file[0x7FE0_0010] = DICOMFile.Element(kind: "OB", value: .bytes(pixels))
    try expect(file, [291, 2561, 2561, 2561, 7].map { 255 * $0 / 4095 })
    file[0x7FE0_0010] = DICOMFile.Element(kind: "OB", value: .bytes(pixels.dropLast(2)))
    #expect(refusal(file).contains("cut short"))
  }

  /// A padding value is a value like others, unknown elements are what the dictionary has, what follows the pixels
  /// is left alone, and what stands before `DICM` too.
  @Test func whatIsReadAsItStands() throws {
    var file = DICOMFile([0, 2047, 4095])
    let expected = [0, 255 * 2047.0 / 4095, 255]
    file[0x0028_0120] = DICOMFile.Element(kind: "US", value: .words([4095]))
    try expect(file, expected)
    file.rest = Array("no element at all, but something".utf8)
    try expect(file, expected)
    file[0x0028_1050] = DICOMFile.Element(kind: "UN", value: .text("2047"))
    file[0x0028_1051] = DICOMFile.Element(kind: "UN", value: .text("10"))
    try expect(file, [0, 255 * 5.0 / 9, 255])
    let beginnings: [[UInt8]] = [[0x49, 0x49, 0x2A, 0], [0xFF, 0xD8, 0xFF, 0xE0], [0x42, 0x4D]]
    for beginning in beginnings {
      file.preamble = beginning + [UInt8](repeating: 0, count: 128 - beginning.count)
      try expect(file, [0, 255 * 5.0 / 9, 255])
    }
  }
}
