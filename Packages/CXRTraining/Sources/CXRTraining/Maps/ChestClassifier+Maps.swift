import CXRNet
import CXRTensor

extension ChestClassifier {
  /// The maps of films, `[N]` of one map a label.
  public func findingMaps(_ reading: FilmReading) -> [[FindingMap]] {
    let maps = model.activationMaps(reading)
    let (films, rows, columns, labels) = (
      maps.shape[0], maps.shape[1], maps.shape[2], maps.shape[3]
    )
    let (values, cells, grid) = (Array(maps.scalars), maps.shape[1] * maps.shape[2], model.grid)
    return (0..<films).map { n in
      (0..<labels).map { k in
        FindingMap(
          rows: rows, columns: columns,
          values: (0..<cells).map { values[(n * cells + $0) * labels + k] }, grid: grid,
          inputSize: metadata.image.size)
      }
    }
  }
}
