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

  /// - Throws: `ReportError`, `ImageError`.
  func write(_ answer: FilmPredictor.Answer) throws {
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
        notes: [
          "The colour is what each place adds to the log-odds of \(finding.label); over all places the mean is "
            + fixedPoint(LogOddsLine.logOdds(Double(finding.probability)), digits: 2) + ".",
          "\(map.rows) × \(map.columns) cells, smooth between them, each of which looks at a wide field around its place.",
          "Every map has a scale of its own. Research software, not a medical device.",
        ])
      try picture.write(to: folder.file(fileName(name, finding.label)))
      count += 1
    }
  }

  private func verdict(_ finding: FilmPredictor.Finding) -> String {
    var text = "output \(fixedPoint(Double(finding.probability), digits: 3))"
    if let threshold = finding.threshold, let isPositive = finding.isPositive {
      text +=
        ", threshold \(fixedPoint(Double(threshold), digits: 3)): \(isPositive ? "yes" : "no")"
    }
    if let calibrated = finding.calibrated, calibration != .none {
      text += "; as a probability \(fixedPoint(calibrated, digits: 3)) (\(calibration.rawValue))"
    }
    return text
  }

  private func fileName(_ film: String, _ label: String) -> String {
    names.name(safeFileName("\((film as NSString).deletingPathExtension)-\(label)")) + ".svg"
  }
}
