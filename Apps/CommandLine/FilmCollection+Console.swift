import CXRData
import CXRFilms
import CXRImage

extension FilmCollection {
  /// Prints what was found.
  public func announce() {
    let films = folder.map { _ in rows(of: nil).count }
    Console.note(
      (file.collection == nil
        ? "\(file.records.count) rows"
        : "\(file.rowCount) rows, \(file.records.count) films")
        + " of \(file.patients.count) patients"
        + (films.map { " · \($0) films found" } ?? "")
        + (archivedCount > 0 ? ", \(archivedCount) of them in archives" : ""))
    for remark in remarks { Console.note(remark) }
    if let warning = warningOfPatients { Console.warn(warning) }
    // Where no film is found, an error says so.
    for hint in folder?.hints ?? [] where films != 0 {
      Console.warn(hint.description + (hint.remedies.asOptions.map { "; " + $0 } ?? ""))
    }
  }
}

/// Mean and deviation as every program prints them.
public func announcePixels(_ moments: PixelMoments) {
  Console.note(
    "training pixels: mean \(fixed(moments.mean)), standard deviation "
      + "\(fixed(moments.standardDeviation)) grey levels")
}

private func fixed(_ value: Double) -> String {
  let scaled = (value * 1000).rounded() / 1000
  return "\(scaled)"
}
