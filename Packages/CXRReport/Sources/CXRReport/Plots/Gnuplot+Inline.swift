import CXRFiles
import Foundation

extension Gnuplot {
  /// The SVG text of a figure of one picture; nothing of it is left on disk, whenever this program ends.
  ///
  /// - Throws: ``ReportError``.
  static func inline(_ figure: Figure) throws(ReportError) -> String {
    func failure(_ reason: String) -> ReportError {
      .gnuplotFailed(figure: figure.name, reason: reason)
    }
    let program = try program(orData: nil)
    // A file without a name, because a pipe that gnuplot closes early would end this program.
    guard let script = tmpfile() else { throw failure(String(cString: strerror(errno))) }
    defer { fclose(script) }
    let text = [UInt8](wholeScript(of: figure).utf8)
    guard fwrite(text, 1, text.count, script) == text.count, fflush(script) == 0 else {
      throw failure(String(cString: strerror(errno)))
    }
    rewind(script)
    // Without the settings that a reader keeps for pictures of their own.
    let pictures = try pictures(
      of: figure, by: program, ["-d"], input: FileHandle(fileDescriptor: fileno(script)))
    guard let picture = pictures.first, let description = figure.descriptions.first else {
      throw failure("it wrote no picture")
    }
    return SVGStyle.adapted(picture, name: figure.name, description: description)
  }

  /// The script with its data before it.
  private static func wholeScript(of figure: Figure) -> String {
    func block(_ name: String) -> String {
      "$" + name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
    }
    let data = figure.data.map { file in
      "\(block(file.name)) << end\n"
        + file.rows.map { $0.joined(separator: "\t") + "\n" }.joined() + "end\n"
    }
    return data.joined() + script(of: figure, output: "", place: block)
  }
}
