import CXRFiles
import Foundation

/// Draws figures as SVG and keeps their data and scripts beside them, in a folder `plots`.
struct Gnuplot: Sendable {
  /// The folder of the pictures.
  let folder: String

  private var dataFolder: String { folder + "/plots" }

  /// Writes data and scripts of all figures, then draws them.
  ///
  /// - Returns: the SVG texts a figure, in order.
  /// - Throws: ``ReportError``; the data files are written before gnuplot is looked for.
  func draw(_ figures: [Figure]) throws -> [[String]] {
    try OutputFolder.make(dataFolder)
    for figure in figures {
      for file in figure.data {
        let text = file.rows.map { $0.joined(separator: "\t") + "\n" }.joined()
        try AtomicFile.write(text, to: "\(dataFolder)/\(file.name).tsv")
      }
      try AtomicFile.write(script(of: figure), to: "\(dataFolder)/\(figure.name).gp")
    }
    let program = try Self.program(orData: dataFolder)
    return try figures.map { figure in
      guard !figure.descriptions.isEmpty else { return [] }
      let drawn = try Self.pictures(
        of: figure, by: program, ["-e", "piped = 1", "\(figure.name).gp"], in: dataFolder)
      let isOne = figure.descriptions.count == 1
      return try zip(drawn, figure.descriptions).enumerated().map { i, picture in
        let name = isOne ? figure.name : "\(figure.name)-\(i + 1)"
        let svg = SVGStyle.adapted(picture.0, name: name, description: picture.1)
        // Of many of one kind each is small: they stand with their data.
        try AtomicFile.write(svg, to: "\(isOne ? folder : dataFolder)/\(name).svg")
        return svg
      }
    }
  }

  /// The script as kept: it runs by `gnuplot name.gp` in the data folder.
  private func script(of figure: Figure) -> String {
    let output =
      figure.descriptions.count == 1
      ? "if (!exists(\"piped\")) set output '\(figure.name).svg'" : ""
    return Self.script(of: figure, output: output) { "\($0).tsv" }
  }

  /// A script in which `place` says where a data file is found.
  static func script(of figure: Figure, output: String, place: (String) -> String) -> String {
    // With what stands around it, which no quoted text has.
    let commands = figure.data.reduce(figure.script) {
      $0.replacingOccurrences(of: "'@\($1.name)@' using", with: "'\(place($1.name))' using")
    }
    return """
      set encoding utf8
      set terminal svg size \(figure.size.width),\(figure.size.height) dynamic enhanced font 'sans-serif,14' name '\(figure.name.replacingOccurrences(of: "-", with: "_").filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })'
      set termoption noenhanced
      \(output)
      set datafile separator '\\t'

      """ + commands
  }

  /// The SVG texts that gnuplot makes of a figure, one after the other.
  ///
  /// It comes through a pipe: when this program is killed, nothing that it began writes into the
  /// folder after its death.
  static func pictures(
    of figure: Figure, by program: String, _ arguments: [String], in folder: String? = nil,
    input: FileHandle = .nullDevice
  ) throws(ReportError) -> [String] {
    func failure(_ reason: String) -> ReportError {
      .gnuplotFailed(figure: figure.name, reason: reason)
    }
    // A file without a name, because nobody reads errors while the picture is read.
    guard let errors = tmpfile() else { throw failure(String(cString: strerror(errno))) }
    defer { fclose(errors) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle(fileDescriptor: fileno(errors))
    do {
      try process.run()
    } catch {
      throw failure(error.localizedDescription)
    }
    let drawn = output.fileHandleForReading.bytesToEnd()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      var text = [UInt8](repeating: 0, count: 500)
      rewind(errors)
      text.removeLast(text.count - fread(&text, 1, text.count, errors))
      throw failure(String(decoding: text, as: UTF8.self))
    }
    let pictures = String(decoding: drawn, as: UTF8.self).components(separatedBy: "<?xml ")
      .dropFirst()
    guard pictures.count == figure.descriptions.count else {
      throw failure("it wrote \(pictures.count) of \(figure.descriptions.count) pictures")
    }
    return pictures.map { "<?xml " + $0 }
  }

  /// Where gnuplot is; where it is not, data may be in a folder all the same.
  static func program(orData folder: String?) throws(ReportError) -> String {
    let program = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .map { "\($0)/gnuplot" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    guard let program else { throw .gnuplotMissing(dataFolder: folder) }
    return program
  }
}
