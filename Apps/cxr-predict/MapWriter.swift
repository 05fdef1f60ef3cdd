import CXREvaluation
import CXRFiles
import CXRImage
import CXRMetrics
import CXRReport
import CXRTraining
import Foundation

/// Writes the maps of answers as SVG files.
final class MapWriter {
  let folder: OutputFolder
  private let labels: [String]?
  private let calibration: CalibrationMethod
  /// Last parts of paths that several films have.
  private let ambiguous: Set<String>
  private var names = UniqueNames()
  /// How many were written.
  private(set) var count = 0

  /// Maps of `labels`, or where `nil` of findings with the verdict yes; `films` are the paths of all.
  init(folder: OutputFolder, labels: [String]?, calibration: CalibrationMethod, films: [String]) {
    (self.folder, self.labels, self.calibration) = (folder, labels, calibration)
    let last = films.map { ($0 as NSString).lastPathComponent }
    ambiguous = Set(Dictionary(grouping: last) { $0 }.filter { $1.count > 1 }.keys)
  }

  /// Writes the maps of an answer, and gives their files' names by finding.
  /// - Throws: `ReportError`, `ImageError`.
  func write(_ answer: FilmPredictor.Answer) throws -> [String: String] {
    var written: [String: String] = [:]
    for (finding, map) in zip(answer.findings, answer.maps) {
      guard labels?.contains(finding.label) ?? (finding.isPositive == true) else { continue }
      let overlay = MapOverlay.picture(film: answer.film, map: map)
      let last = (answer.path as NSString).lastPathComponent
      // CheXpert's films are nearly all called view1_frontal.jpg: their folders tell whose they are.
      let name = ambiguous.contains(last) ? answer.path : last
      let picture = MapPicture(
        title: "\(finding.label) on \(name)", verdict: verdict(finding),
        film: try answer.film.pngData(), overlay: try overlay.pngData(),
        size: (overlay.width, overlay.height),
        stops: MapOverlay.stops.map {
          ColourStop(red: $0.red, green: $0.green, blue: $0.blue)
        }, range: (Double(map.least), Double(map.most)),
        notes: notes(answer, finding, map))
      let file = fileName(name, finding.label)
      try picture.write(to: folder.file(file))
      written[finding.label] = file
      count += 1
    }
    return written
  }

  private func notes(
    _ answer: FilmPredictor.Answer, _ finding: FilmPredictor.Finding, _ map: FindingMap
  ) -> [String] {
    [
      finding.calibrated.flatMap { probability in
        calibration == .none
          ? nil
          : "Of 100 films like those of training that are so answered \(Self.among(probability))."
      },
      "The colour is what each place adds to the log-odds (nats) of \(finding.label); over all places the mean is "
        + fixedPoint(LogOddsLine.logOdds(Double(finding.probability)), digits: 2) + ".",
      "\(map.rows) × \(map.columns) cells, smooth between them, each of which looks at a wide field around its place.",
      "No cell is centred beyond the coloured field: the outermost see what lies there. Every map has its own scale.",
    ].compactMap { $0 }
      + AnswerWriter.warnings(of: answer).map { $0.prefix(1).uppercased() + $0.dropFirst() + "." }
      + ["Research software, not a medical device."]
  }

  private func verdict(_ finding: FilmPredictor.Finding) -> String {
    var text = ""
    if let calibrated = finding.calibrated, calibration != .none {
      text = "probability \(fixedPoint(calibrated, digits: 3)) (\(calibration.rawValue)); "
    }
    text += "output \(fixedPoint(Double(finding.probability), digits: 3))"
    if let threshold = finding.threshold, let isPositive = finding.isPositive {
      text +=
        ", threshold \(fixedPoint(threshold, digits: 3)): \(isPositive ? "yes" : "no")"
    }
    return text
  }

  /// How many of a hundred have what is so probable.
  private static func among(_ probability: Double) -> String {
    let count = Int((probability * 100).rounded())
    switch count {
    case 0: return "fewer than one has it"
    case 100: return "all but one, or all, have it"
    default: return "about \(count) \(count == 1 ? "has" : "have") it"
    }
  }

  private func fileName(_ film: String, _ label: String) -> String {
    let stem = (film as NSString).deletingPathExtension
    // File systems take 255 bytes; the end of a name tells films apart.
    return names.name(safeFileName("\(stem.suffix(150))-\(label.prefix(60))")) + ".svg"
  }
}
