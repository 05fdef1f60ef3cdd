import Foundation

/// Draws figures as SVG and keeps their data and scripts beside them, in a folder `plots`.
struct Gnuplot: Sendable {
  /// The folder of the pictures.
  let folder: String
  let writer: FileWriter

  private var dataFolder: String { folder + "/plots" }

  /// Writes data and scripts of all figures, then draws them.
  ///
  /// - Returns: the SVG text a figure, in order.
  /// - Throws: ``ReportError``; the data files are written before gnuplot is looked for.
  func draw(_ figures: [Figure]) throws -> [String] {
    try makeFolder()
    for figure in figures {
      for file in figure.data {
        let text = file.rows.map { $0.joined(separator: "\t") + "\n" }.joined()
        try writer(text, to: "\(dataFolder)/\(file.name).tsv")
      }
      try writer(script(of: figure), to: "\(dataFolder)/\(figure.name).gp")
    }
    guard let program = Self.program else {
      throw ReportError.gnuplotMissing(dataFolder: dataFolder)
    }
    return try figures.map { figure in
      try run(program, figure)
      let raw = "\(dataFolder)/\(figure.name).svg"
      defer { unlink(raw) }
      guard let drawn = try? String(contentsOfFile: raw, encoding: .utf8) else {
        throw ReportError.gnuplotFailed(figure: figure.name, reason: "it wrote no picture")
      }
      let svg = SVGStyle.adapted(drawn, description: figure.description)
      try writer(svg, to: "\(folder)/\(figure.name).svg")
      return svg
    }
  }

  /// The script as kept: it runs by `gnuplot name.gp` in the data folder.
  private func script(of figure: Figure) -> String {
    let commands = figure.data.reduce(figure.script) {
      $0.replacingOccurrences(of: "@\($1.name)@", with: "\($1.name).tsv")
    }
    return """
      set encoding utf8
      set terminal svg size \(figure.size.width),\(figure.size.height) dynamic enhanced font 'sans-serif,14' name '\(figure.name.replacingOccurrences(of: "-", with: "_").filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })'
      set termoption noenhanced
      set output '\(figure.name).svg'
      set datafile separator '\\t'

      """ + commands
  }

  private func run(_ program: String, _ figure: Figure) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["\(figure.name).gp"]
    process.currentDirectoryURL = URL(fileURLWithPath: dataFolder)
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      throw ReportError.gnuplotFailed(figure: figure.name, reason: error.localizedDescription)
    }
    let text = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw ReportError.gnuplotFailed(
        figure: figure.name, reason: String(decoding: text.prefix(500), as: UTF8.self))
    }
  }

  private static var program: String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .map { "\($0)/gnuplot" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  private func makeFolder() throws {
    do {
      try FileManager.default.createDirectory(
        atPath: dataFolder, withIntermediateDirectories: true)
    } catch {
      throw ReportError.unwritable(path: dataFolder, reason: error.localizedDescription)
    }
  }
}
