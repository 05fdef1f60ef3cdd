import CXRData
import CXREvaluation

extension Localisation.Case {
  /// Cells a side at which a map and boxes are laid over one another.
  private static let side = 256

  /// A film with boxes of a label, and the label's map of it.
  init(
    label: Int, patient: PatientID, isTruePositive: Bool, map: FindingMap, boxes: [BoxList.Box]
  ) {
    let side = Self.side
    let values = map.resampled(height: side, width: side)
    let (down, across) = (map.reach(side, cells: map.rows), map.reach(side, cells: map.columns))
    let (least, most) = (map.least, map.most)
    let levels = Localisation.thresholds.map { least + Float($0) * (most - least) }
    var boxArea = 0
    var (pointed, both) = (levels.map { _ in 0 }, levels.map { _ in 0 })
    for y in 0..<side {
      for x in 0..<side {
        let isInside = boxes.contains {
          $0.contains(
            FilmPlace(
              x: (Double(x) + 0.5) / Double(side), y: (Double(y) + 0.5) / Double(side)))
        }
        if isInside { boxArea += 1 }
        // Beyond half a cell from the outermost centres no cell is centred.
        guard down[y] >= 0.5, across[x] >= 0.5 else { continue }
        for (t, level) in levels.enumerated() where values[y * side + x] > level {
          pointed[t] += 1
          if isInside { both[t] += 1 }
        }
      }
    }
    let area = Double(side * side)
    let places = map.peakPlaces
    self.init(
      label: label, patient: patient, isTruePositive: isTruePositive, peak: map.peak, boxes: boxes,
      blindShare: Double(places.count { place in boxes.contains { $0.contains(place) } })
        / Double(places.count),
      coverage: levels.indices.map {
        (boxArea > 0 ? Double(both[$0]) / Double(boxArea) : 0, Double(pointed[$0]) / area)
      })
  }
}
