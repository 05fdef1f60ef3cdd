import Foundation
import Testing

/// PNG and JPEG films as others write them, through the programs: what is odd is said with a remedy that works.
@Suite(.serialized) struct PictureTests {
  /// Films of 16 bits that use 12, and one JPEG whose EXIF orientation is 6, written by Python's zlib alone.
  private static let writer = """
    import struct, sys, zlib
    folder = sys.argv[1]
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    rows = ["Image Index,Finding Labels,Patient ID"]
    for film in range(24):
        side = 120
        pixels = b""
        for y in range(side):
            line = [(y * 23 + x * 11 + film * 97) % 4096 for x in range(side)]
            pixels += b"\\0" + struct.pack(f">{side}H", *line)
        head = struct.pack(">IIBBBBB", side, side, 16, 0, 0, 0, 0)
        extra = b""
        if film == 5:
            extra = chunk(b"eXIf", b"MM\\0*\\0\\0\\0\\x08\\0\\x01\\x01\\x12\\0\\x03\\0\\0\\0\\x01\\0\\x06\\0\\0")
        with open(f"{folder}/f{film}.png", "wb") as file:
            file.write(b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", head) + extra
                       + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b""))
        rows.append(f"f{film}.png,{'Mass' if film % 2 else 'No Finding'},{film}")
    open(f"{folder}/labels.csv", "w").write("\\n".join(rows) + "\\n")
    """

  @Test func twelveBitsAndOrientation() throws {
    let folder = try TemporaryFolder()
    let films = folder.path
    let made = try Program.run(
      URL(fileURLWithPath: "/usr/bin/env"), ["python3", "-c", Self.writer, films])
    try #require(made.status == 0, "\(made.errors)")
    let common = ["--csv", films + "/labels.csv", "--images", films, "--labels", "Mass"]
    let explored = try Program.run("cxr-explore", common + ["--output", films + "/explore"])
    #expect(explored.status == 0, "\(explored.errors)")
    let audit = try String(contentsOfFile: films + "/explore/audit.csv", encoding: .utf8)
    #expect(audit.contains("unused_bits,warning") && audit.contains("uses 12 of 16 bits"))
    #expect(audit.contains("the option pngBits 12 ") && !audit.contains("near_constant"))
    #expect(audit.contains("f5.png,exif_orientation,warning"))
    #expect(audit.contains("turned by a quarter clockwise"))
    // The remedies.
    let mended = try Program.run(
      "cxr-explore",
      common + [
        "--output", films + "/mended", "--png-bits", "12", "--exif-orientation", "apply",
      ])
    #expect(mended.status == 0, "\(mended.errors)")
    let after = try String(contentsOfFile: films + "/mended/audit.csv", encoding: .utf8)
    #expect(!after.contains("unused_bits") && !after.contains("exif_orientation"))
    // A run remembers both, and a film asked about is read as those of training.
    let trained = try Program.run(
      "cxr-train",
      common + [
        "--output", films + "/run", "--png-bits", "12", "--exif-orientation", "apply",
        "--image-size", "106", "--epochs", "1",
      ])
    #expect(trained.status == 0, "\(trained.errors)")
    let asked = try Program.run(
      "cxr-predict",
      ["--checkpoint", films + "/run/best.npz", "--format", "json", films + "/f5.png"])
    #expect(asked.status == 0, "\(asked.errors)")
    #expect(!asked.output.contains("exif") && !asked.output.contains("unused"))
    let changed = try Program.run(
      "cxr-train",
      common + [
        "--output", films + "/run", "--resume", "--png-bits", "11", "--exif-orientation", "apply",
        "--image-size", "106", "--epochs", "2",
      ])
    #expect(changed.status != 0 && changed.errors.contains("png-bits: was 12, is 11"))
    // Of another number of bits it is said.
    let tooFew = try Program.run(
      "cxr-explore", common + ["--output", films + "/few", "--png-bits", "10"])
    let refused = try String(contentsOfFile: films + "/few/audit.csv", encoding: .utf8)
    #expect(tooFew.status == 0 && refused.contains("12 of 16 bits, and is read as a film of 10"))
    // Options too small for the network are refused before films are prepared.
    let small = try Program.run(
      "cxr-train", common + ["--output", films + "/small", "--image-size", "105"])
    #expect(small.status != 0 && small.errors.contains("106"))
    #expect(!FileManager.default.fileExists(atPath: films + "/small/best.npz"))
  }
}
