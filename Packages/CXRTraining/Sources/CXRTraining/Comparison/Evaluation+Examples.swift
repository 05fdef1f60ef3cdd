import CXREvaluation
import CXRFilms
import CXRImage
import CXRMetrics

extension Evaluation {
  /// Finds for each network and label the films on which it was most sure: right, and wrong both ways. Films that fall on the
  /// right side of the threshold are no false alarms and not missed, and are left out as such. They are the `examples` of
  /// ``models``, empty of a table.
  ///
  /// - Parameter side: of a picture, in pixels.
  public mutating func findExamples(side: Int = 176) throws {
    for m in metadata.indices {
      for k in labels.indices {
        let threshold = models[m].fit?.threshold(of: k) ?? 0.5
        for (kind, film, score) in choices(of: m, label: k, threshold: threshold) {
          guard let maps = try maps(of: [film], by: m)[0], let decoded = self.film(film, as: m),
            let picture = try? Self.picture(decoded, maps[k], side: side)
          else { continue }
          var example = Example(
            label: labels[k], kind: kind, film: collection.file.records[rows[film]].name,
            score: score, threshold: threshold, picture: picture)
          if collection.remarkOfPictures != nil { example.note = "as prepared" }
          models[m].examples.append(example)
        }
      }
    }
  }

  /// The films that are examples of a label, with their scores.
  private func choices(
    of model: Int, label: Int, threshold: Double
  ) -> [(kind: Example.Kind, film: Int, score: Double)] {
    let known = FilmAnswers(films: films, scores: models[model].scores).known(label: label)
    func best(_ truth: Bool, _ isAlarm: Bool, highest: Bool) -> Int? {
      known.films.indices.filter {
        known.truths[$0] == truth
          && isCalledPositive(known.scores[$0], above: threshold) == isAlarm
      }.max {
        highest == (known.scores[$0] < known.scores[$1]) && known.scores[$0] != known.scores[$1]
      }
    }
    return Example.Kind.allCases.compactMap { kind in
      let choice =
        switch kind {
        case .found: best(true, true, highest: true)
        case .falseAlarm: best(false, true, highest: true)
        case .missed: best(true, false, highest: false)
        }
      return choice.map { (kind, known.films[$0], known.scores[$0]) }
    }
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
