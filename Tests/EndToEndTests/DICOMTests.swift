import CXRImage
import Foundation
import Testing

/// DICOM films through the whole job, in a build with the trait `DICOM` (`make dicom`).
@Suite(
  .serialized, .enabled(if: Given.readsDICOM, "this build is without the trait DICOM"),
  .enabled(if: Given.realData != nil, "SKIPPED: CXR_REAL_DATA names no real films"))
struct DICOMTests {
  private struct Missing: Error, CustomStringConvertible { let description: String }

  private func dcmtk(_ tool: String, _ arguments: [String]) throws {
    let result = try Program.run(
      URL(fileURLWithPath: "/usr/bin/env"), [tool] + arguments)
    guard result.status == 0 else {
      throw Missing(description: "\(tool) \(arguments): \(result.errors)")
    }
  }

  /// The two films of the real data and what DCMTK makes of them.
  private func variants(in folder: String) throws -> (plain: String, inverted: String) {
    let real = try #require(Given.realData, "CXR_REAL_DATA names real films")
    let names = try FileManager.default.contentsOfDirectory(atPath: real + "/dicom").sorted()
      .filter { $0.hasSuffix(".dcm") }
    try #require(names.count == 2)
    let sources = names.map { "\(real)/dicom/\($0)" }
    for (source, name) in zip(sources, ["plain", "inverted"]) {
      try dcmtk("dcmdjpeg", [source, "\(folder)/\(name).dcm"])
    }
    return ("\(folder)/plain.dcm", "\(folder)/inverted.dcm")
  }

  @Test func everyTransferSyntaxGivesTheSamePixels() throws {
    let folder = try TemporaryFolder()
    let (plain, inverted) = try variants(in: folder.path)
    let film = try GreyFilm(path: plain)
    #expect(film.height == 1024 && film.width == 1024 && film.fineLevels == nil)
    #expect(Set(film.pixels).count > 100)
    for (tool, options, name) in [
      ("dcmcjpeg", ["+e1"], "lossless"), ("dcmcjpeg", ["+el"], "lossless-old"),
      ("dcmcrle", [], "rle"), ("dcmconv", ["+tb"], "big-endian"), ("dcmconv", ["+ti"], "implicit"),
    ] {
      let path = "\(folder.path)/\(name).dcm"
      try dcmtk(tool, options + [plain, path])
      let same = try GreyFilm(path: path).pixels == film.pixels
      #expect(same, "\(name)")
    }
    // MONOCHROME1 of the same numbers is the negative.
    let negative = "\(folder.path)/negative.dcm"
    try FileManager.default.copyItem(atPath: plain, toPath: negative)
    try dcmtk("dcmodify", ["-nb", "-m", "PhotometricInterpretation=MONOCHROME1", negative])
    let isNegative = try GreyFilm(path: negative).pixels == film.pixels.map { 255 - $0 }
    #expect(isNegative)
    let differs = try GreyFilm(path: inverted).pixels != film.pixels
    #expect(differs)
    // What is in the JPEG-baseline file is what libjpeg-turbo makes of the stream within it.
    let real = try #require(Given.realData)
    let source = try #require(
      FileManager.default.contentsOfDirectory(atPath: real + "/dicom").sorted().first {
        $0.hasSuffix(".dcm")
      })
    let direct = try GreyFilm(path: "\(real)/dicom/\(source)")
    let equal = direct.pixels == film.pixels
    #expect(equal)
  }

  @Test func deepFilmsWindowsAndRescaling() throws {
    let folder = try TemporaryFolder()
    let (plain, _) = try variants(in: folder.path)
    let film = try GreyFilm(path: plain)
    // Twelve bits stored in sixteen: sixteen times the level, and the column's last bits.
    let raw = "\(folder.path)/raw"
    let values = film.pixels.enumerated().map { UInt16($1) * 16 + UInt16($0 % 16) }
    try values.withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: raw)) }
    let deep = "\(folder.path)/deep.dcm"
    try FileManager.default.copyItem(atPath: plain, toPath: deep)
    try dcmtk(
      "dcmodify",
      [
        "-nb", "-m", "BitsAllocated=16", "-m", "BitsStored=12", "-m", "HighBit=11", "-mf",
        "PixelData=\(raw)", deep,
      ])
    let levels = try #require(try GreyFilm(path: deep).fineLevels)
    // All of twelve bits: 0 is black, 4095 is white.
    let isExact = levels == values.map { UInt16((Double($0) / 4095 * 255 * 256).rounded()) }
    #expect(isExact)
    let upper = try GreyFilm(path: deep, options: DecodingOptions(depth: .reference))
    #expect(upper.fineLevels == nil && upper.pixels == levels.map { UInt8($0 >> 8) })

    for (tool, options, name) in [("dcmcjpeg", ["+e1"], "l"), ("dcmcrle", [], "r")] {
      let path = "\(folder.path)/deep-\(name).dcm"
      try dcmtk(tool, options + [deep, path])
      let same = try GreyFilm(path: path).fineLevels == levels
      #expect(same, "\(name)")
    }
    let windowed = "\(folder.path)/windowed.dcm"
    try FileManager.default.copyItem(atPath: deep, toPath: windowed)
    try dcmtk(
      "dcmodify", ["-nb", "-i", "WindowCenter=2000", "-i", "WindowWidth=1000", windowed])
    let seen = try #require(try GreyFilm(path: windowed).fineLevels)
    for (value, level) in zip(values, seen) {
      // The window's linear function (DICOM PS3.3 C.11.2.1.2).
      let expected = min(max((Double(value) - 1999.5) / 999 + 0.5, 0), 1) * 255 * 256
      if abs(Double(level) - expected) > 1 {
        Issue.record("\(value) became \(level), not \(expected)")
        break
      }
    }
    let whole = try GreyFilm(path: windowed, options: DecodingOptions(dicomRange: .full))
    #expect(whole.fineLevels == levels)
    // The same film, rescaled with its window, looks the same.
    try dcmtk(
      "dcmodify",
      [
        "-nb", "-i", "RescaleSlope=2", "-i", "RescaleIntercept=-100", "-m", "WindowCenter=3900",
        "-m", "WindowWidth=2000", windowed,
      ])
    let rescaled = try #require(try GreyFilm(path: windowed).fineLevels)
    let shift = zip(rescaled, seen).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) }
    // 2 · 2000 − 100 = 3900, whose middle of a window lies half a unit elsewhere.
    #expect(shift <= 70, "\(shift)")
  }

  @Test func refusesOthersByName() throws {
    let folder = try TemporaryFolder()
    let (plain, _) = try variants(in: folder.path)
    for (change, word) in [
      (["-m", "Modality=CT"], "CT"), (["-i", "NumberOfFrames=2"], "2 frames"),
      (["-m", "PhotometricInterpretation=RGB"], "RGB"), (["-ea", "Modality"], "modality"),
      (["-m", "BitsStored=4"], "4 bits"), (["-ea", "PixelData"], "pixels"),
      (["-m", "Rows=2000"], "fewer pixels"),
      (["-m", "Rows=60000", "-m", "Columns=60000"], "60000"),
    ] {
      let path = "\(folder.path)/other.dcm"
      try? FileManager.default.removeItem(atPath: path)
      try FileManager.default.copyItem(atPath: plain, toPath: path)
      try dcmtk("dcmodify", ["-nb"] + change + [path])
      do {
        _ = try GreyFilm(path: path)
        Issue.record("\(change) was accepted")
      } catch let error as ImageError {
        #expect(error.description.contains(word), "\(change): \(error)")
      }
    }
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: plain)))
    for part in 0..<16 {
      #expect(throws: ImageError.self, "cut at \(part)/16") {
        try GreyFilm(encoded: Array(bytes[..<(bytes.count * part / 16)]))
      }
    }
  }

  /// xrays with the DICOM films as two more patients: audit, cache, training, evaluation.
  /// Films of another modality are left out, and read where it is asked for.
  @Test func modalitiesAreThoseThatAreAskedFor() throws {
    let folder = try TemporaryFolder()
    let (plain, _) = try variants(in: folder.path)
    let images = folder.path + "/films"
    try FileManager.default.createDirectory(atPath: images, withIntermediateDirectories: true)
    var rows = "Image Index,Finding Labels,Patient ID\n"
    for film in 0..<4 {
      let path = "\(images)/\(film).dcm"
      try FileManager.default.copyItem(atPath: plain, toPath: path)
      try dcmtk("dcmodify", ["-nb", "-m", "Modality=OT", path])
      rows += "\(film).dcm,Mass,\(film)\n"
    }
    let csv = folder.path + "/labels.csv"
    try rows.write(toFile: csv, atomically: true, encoding: .utf8)
    for (options, unreadable) in [([], 4), (["--dicom-modalities", "CR,DX,OT"], 0)] {
      let output = "\(folder.path)/\(unreadable)"
      let result = try Program.run(
        "cxr-explore",
        ["--csv", csv, "--images", images, "--image-size", "106", "--output", output] + options)
      #expect(result.status == 0, "\(result.errors)")
      let audit = try String(contentsOfFile: output + "/audit.csv", encoding: .utf8)
      #expect(audit.split(separator: "\n").count { $0.contains(",unreadable,") } == unreadable)
    }
  }

  @Test func goesThroughTheWholeJob() throws {
    let real = try #require(Given.realData)
    let folder = try TemporaryFolder()
    let (plain, inverted) = try variants(in: folder.path)
    let images = folder.path + "/films"
    try FileManager.default.createDirectory(atPath: images, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: images + "/xrays", withDestinationPath: real + "/xrays")
    try dcmtk("dcmcrle", [plain, images + "/rle.dcm"])
    try dcmtk("dcmcjpeg", ["+e1", inverted, images + "/lossless.dcm"])
    var table = try String(contentsOfFile: real + "/xrays/Data_Entry_2017.csv", encoding: .utf8)
    if !table.hasSuffix("\n") { table += "\n" }
    table += "rle.dcm,COVID-19,0,9001,54,M,PA\nlossless.dcm,ARDS,0,9002,61,F,PA\n"
    let csv = folder.path + "/labels.csv"
    try table.write(toFile: csv, atomically: true, encoding: .utf8)
    let common = ["--csv", csv, "--images", images, "--cache", folder.path + "/cache"]
    let labels = ["--labels", "COVID-19,ARDS,Streptococcus,Pneumocystis"]
    func succeed(_ program: String, _ arguments: [String]) throws -> Program.Result {
      let result = try Program.run(program, arguments)
      #expect(result.status == 0, "\(program): \(result.errors)")
      return result
    }
    _ = try succeed(
      "cxr-explore",
      common + labels + ["--image-size", "106", "--output", folder.path + "/explore"])
    let audit = try String(contentsOfFile: folder.path + "/explore/audit.csv", encoding: .utf8)
    #expect(!audit.contains("unreadable"), "\(audit)")
    let explored = try String(
      contentsOfFile: folder.path + "/explore/explore.json", encoding: .utf8)
    #expect(explored.contains("\"ok\": 114"))
    let trained = try succeed(
      "cxr-train",
      common + labels + [
        "--image-size", "106", "--epochs", "1", "--skip-empty-labels", "--output",
        folder.path + "/run",
      ])
    #expect(trained.errors.contains("taken from the cache"))
    _ = try succeed(
      "cxr-evaluate",
      common + [
        "--checkpoint", folder.path + "/run/best.npz", "--subset", "all", "--output",
        folder.path + "/evaluation",
      ])
    let predictions = try String(
      contentsOfFile: folder.path + "/evaluation/predictions-run.csv", encoding: .utf8)
    #expect(predictions.contains("rle.dcm,") && predictions.contains("lossless.dcm,"))
  }
}

/// Without the trait DICOM films are refused, with what to do.
@Suite(.enabled(if: !Given.readsDICOM, "this build has the trait DICOM")) struct WithoutDICOMTests {
  @Test func saysHowToTurnItOn() throws {
    let bytes = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + [0, 0, 0, 0]
    do {
      _ = try GreyFilm(encoded: bytes, path: "f.dcm")
      Issue.record("a DICOM film was read")
    } catch let error as ImageError {
      #expect(error.description.contains("libdcmtk-dev"))
      #expect(error.description.contains("--traits DICOM"))
    }
  }
}
