import CXRImage
import CXRMetrics

extension Evaluation {
  /// A film on which a network was sure, with its map.
  public struct Example: Sendable {
    /// Why it was chosen.
    public enum Kind: String, Sendable, CaseIterable {
      /// The film that has the finding and scores highest.
      case found = "found, the highest score"
      /// The film that lacks the finding and scores highest.
      case falseAlarm = "false alarm, the highest score"
      /// The film that has the finding and scores lowest.
      case missed = "missed, the lowest score"
    }

    /// The label.
    public let label: String
    /// Why it was chosen.
    public let kind: Kind
    /// The film.
    public let name: String
    /// What the network says, 0…1.
    public let probability: Double
    /// Above which (strictly) it is a yes; 0.5 where none was chosen.
    public let threshold: Double
    /// The film beside the film with the map over it, as a JPEG file.
    public let picture: [UInt8]
  }

  /// For each label the films on which a network was most sure: right, and wrong both ways. Films that fall on the
  /// right side of the threshold are no false alarms and not missed, and are left out as such. Empty of a table.
  ///
  /// - Parameters:
  ///   - model: place among ``models``.
  ///   - side: of a picture, in pixels.
  public func examples(of model: Int, side: Int = 176) throws -> [Example] {
    guard models[model].metadata != nil else { return [] }
    let answers = answers(of: models[model])
    var found: [Example] = []
    for k in labels.indices {
      let known = answers.known(label: k)
      let threshold = models[model].fit?.threshold(of: k) ?? 0.5
      func best(_ truth: Bool, _ isAlarm: Bool, highest: Bool) -> Int? {
        known.films.indices.filter {
          known.truths[$0] == truth
            && isCalledPositive(known.scores[$0], above: threshold) == isAlarm
        }.max {
          highest == (known.scores[$0] < known.scores[$1]) && known.scores[$0] != known.scores[$1]
        }
      }
      for kind in Example.Kind.allCases {
        let choice =
          switch kind {
          case .found: best(true, true, highest: true)
          case .falseAlarm: best(false, true, highest: true)
          case .missed: best(true, false, highest: false)
          }
        guard let choice else { continue }
        let film = known.films[choice]
        guard let maps = try maps(of: [film], by: model)[0],
          let decoded = self.film(film, as: model),
          let picture = try? Self.picture(decoded, maps[k], side: side)
        else { continue }
        found.append(
          Example(
            label: labels[k], kind: kind, name: collection.file.records[rows[film]].name,
            probability: known.scores[choice], threshold: threshold, picture: picture))
      }
    }
    return found
  }

  /// A film, shrunk, beside itself with a map.
  private static func picture(_ film: GreyFilm, _ map: FindingMap, side: Int) throws -> [UInt8] {
    let scale = Double(side) / Double(max(film.width, film.height))
    let plane = film.resized(
      height: max(1, Int((Double(film.height) * scale).rounded())),
      width: max(1, Int((Double(film.width) * scale).rounded())), method: .antialias)
    let small = GreyFilm(plane)
    let overlay = MapOverlay.picture(film: small, map: map)
    var pixels: [UInt8] = []
    let row = small.width * 3
    for y in 0..<small.height {
      for grey in small.pixels[y * small.width..<(y + 1) * small.width] {
        pixels += [grey, grey, grey]
      }
      pixels += overlay.pixels[y * row..<(y + 1) * row]
    }
    return try ColourPicture(height: small.height, width: small.width * 2, pixels: pixels)
      .jpegData(quality: 82)
  }
}
