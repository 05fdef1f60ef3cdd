import Testing

@testable import CXRImage

// Which films are none of the chest's, and which files are hostile.

extension DICOMFormulaTests {
  /// CR and DX are taken, RG, RF and OT where they are named, and all others never.
  @Test func modalitiesAreThoseThatAreNamed() throws {
    var file = DICOMFile([0, 4095])
    for modality in ["CR", "DX"] {
      file.setText(0x0008_0060, "CS", modality)
      try expect(file, [0, 255])
    }
    for (modality, option) in [
      ("RG", DICOMModality.radiographicImaging), ("RF", .radiofluoroscopy), ("OT", .other),
    ] {
      file.setText(0x0008_0060, "CS", modality)
      let others = Set(DICOMModality.allCases).subtracting([option])
      for modalities in [DICOMModality.usual, others] {
        let reason = refusal(file, DecodingOptions(dicomModalities: modalities))
        #expect(
          reason.contains("its modality is \(modality)")
            && reason.contains("dicomModalities CR,DX,\(modality) takes it"), "\(reason)")
      }
      #expect(try levels(file, DecodingOptions(dicomModalities: [option])) == [0, 255])
    }
    file.setText(0x0008_0060, "CS", "MR")
    let all = DecodingOptions(dicomModalities: Set(DICOMModality.allCases))
    let error = #expect(throws: ImageError.self) { try levels(file, all) }
    #expect(error?.remedy == nil && error?.reason.contains("its modality is MR") == true)
  }

  /// A film that names no modality is taken where it is of a class of these, or where `none` is named.
  @Test func withoutAModalityTheClassDecides() throws {
    var file = DICOMFile([0, 4095])
    file[0x0008_0060] = nil
    let error = #expect(throws: ImageError.self) { try levels(file) }
    #expect(error?.remedy == DecodingRemedy(option: "dicomModalities", value: "CR,DX,none"))
    #expect(
      error?.description
        == "f.dcm: DICOM cannot be decoded: it has no modality, and its class is not that of a projection radiograph, but "
        + "it may be one (dicomModalities CR,DX,none takes it)")
    #expect(try levels(file, DecodingOptions(dicomModalities: [.unstated])) == [0, 255])
    // Computed radiography, digital X-ray for presentation and for processing (PS3.4, annex B).
    for kind in ["1", "1.1", "1.1.1"] {
      file.setText(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1." + kind)
      try expect(file, [0, 255])
    }
    // CT.
    file.setText(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.2")
    #expect(refusal(file).contains("its class is not that of a projection radiograph"))
  }

  @Test func otherPixelsAreRefusedByName() throws {
    for (stored, isTaken) in [(7, false), (8, true), (16, true)] {
      let file = DICOMFile([0, UInt16((1 << stored) - 1)], stored: stored)
      if isTaken {
        try expect(file, [0, 255])
      } else {
        #expect(refusal(file).contains("it has 7 bits a pixel; 8 to 16 are read"))
      }
    }
    func changed(_ tag: Int, _ number: UInt16) -> DICOMFile {
      var file = DICOMFile([0, 4095])
      file[tag] = DICOMFile.Element(kind: "US", value: .words([number]))
      return file
    }
    #expect(refusal(changed(0x0028_0100, 32)).contains("its pixels take 32 bits each"))
    #expect(refusal(changed(0x0028_0002, 3)).contains("several samples a pixel"))
    #expect(refusal(changed(0x0028_0102, 10)).contains("do not fit into 16"))
    #expect(refusal(changed(0x0028_0103, 2)).contains("PixelRepresentation is 2"))
    #expect(refusal(changed(0x0028_0011, 3)).contains("fewer pixels than its header says"))
    var file = DICOMFile([0, 4095])
    file.setText(0x0028_0008, "IS", "1")
    try expect(file, [0, 255])
    file.setText(0x0028_0008, "IS", "2")
    #expect(refusal(file).contains("it has 2 frames"))
    file = DICOMFile([0, 4095])
    file.setText(0x0028_0004, "CS", "RGB")
    #expect(refusal(file).contains("its pixels are RGB"))
    file[0x7FE0_0010] = nil
    #expect(refusal(file).contains("it has no pixels"))
  }

  /// At most 32 sequences within one another, and at most 200,000 elements.
  @Test func hostileStructuresAreRefused() throws {
    func nested(_ depth: Int) -> DICOMFile {
      let inner = DICOMFile.Element(kind: "LO", value: .text("in"))
      var item = [0x0029_1000: inner]
      for _ in 0..<depth {
        item = [0x0029_1001: DICOMFile.Element(kind: "SQ", value: .items([item]))]
      }
      var file = DICOMFile([0, 4095])
      file[0x0029_1001] = item[0x0029_1001]
      return file
    }
    for depth in [1, 31, 32] { try expect(nested(depth), [0, 255]) }
    #expect(refusal(nested(33)).contains("nested more than 32 deep"))

    // Ten of the film's own; the others are empty texts, eight bytes each.
    let own = DICOMFile([0, 4095])
    try #require(own.elements.count == 10)
    func filled(_ count: Int) throws -> [UInt8] {
      let bytes = own.bytes
      let start = 132 + 8 + 20
      try #require(bytes.count > start)
      let empty: [UInt8] = [0x08, 0x00, 0x10, 0x00, 0x4C, 0x4F, 0, 0]
      return bytes[..<start] + (0..<count - 10).flatMap { _ in empty } + bytes[start...]
    }
    let most = try GreyFilm(encoded: filled(200_000))
    #expect(most.pixels == [0, 255])
    do {
      _ = try GreyFilm(encoded: filled(200_001))
      Issue.record("a film of more elements was taken")
    } catch {
      #expect("\(error)".contains("more than 200000 elements"), "\(error)")
    }
  }
}
