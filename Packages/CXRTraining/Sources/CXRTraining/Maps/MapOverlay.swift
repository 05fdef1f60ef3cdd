import CXRImage
import CXRReport

/// A film with a map laid over it: what adds most to a label's log-odds shines, what adds least leaves the film as
/// it is.
public enum MapOverlay {
  /// Colours from the least to the most, which differ in brightness as well as in hue, so that colour-blind
  /// readers and grey printers tell them apart.
  public static let stops = [
    ColourStop(red: 26, green: 28, blue: 96), ColourStop(red: 58, green: 62, blue: 150),
    ColourStop(red: 30, green: 120, blue: 170), ColourStop(red: 45, green: 170, blue: 140),
    ColourStop(red: 140, green: 205, blue: 85), ColourStop(red: 253, green: 231, blue: 37),
  ]
  /// How much of the film the strongest colour covers.
  static let opacity: Float = 0.6

  /// The colour at a share of the way from the least to the most, 0…1.
  static func colour(_ share: Float) -> (red: Float, green: Float, blue: Float) {
    // A share that is no number, as of a network's output that is none, is the least.
    let at = (share > 0 ? min(share, 1) : 0) * Float(stops.count - 1)
    let first = min(Int(at), stops.count - 2)
    let t = at - Float(first)
    let (a, b) = (stops[first], stops[first + 1])
    func between(_ a: UInt8, _ b: UInt8) -> Float { Float(a) + (Float(b) - Float(a)) * t }
    return (between(a.red, b.red), between(a.green, b.green), between(a.blue, b.blue))
  }

  /// Lays a map over a film, at the film's resolution. The colours run from the least to the most of the map's
  /// cells, and fade out beyond the outermost.
  public static func picture(film: GreyFilm, map: FindingMap) -> ColourPicture {
    let values = map.resampled(height: film.height, width: film.width)
    let (least, most) = (map.least, map.most)
    let span = most - least
    let (down, across) = (
      map.reach(film.height, cells: map.rows), map.reach(film.width, cells: map.columns)
    )
    var pixels = [UInt8](repeating: 0, count: film.pixels.count * 3)
    for (i, grey) in film.pixels.enumerated() {
      let relative = (values[i] - least) / span
      let share = span > 0 && relative > 0 ? min(relative, 1) : 0
      let colour = colour(share)
      let alpha = opacity * share * down[i / film.width] * across[i % film.width]
      func blend(_ colour: Float) -> UInt8 {
        UInt8(((1 - alpha) * Float(grey) + alpha * colour).rounded())
      }
      pixels[3 * i] = blend(colour.red)
      pixels[3 * i + 1] = blend(colour.green)
      pixels[3 * i + 2] = blend(colour.blue)
    }
    return ColourPicture(height: film.height, width: film.width, pixels: pixels)
  }
}
