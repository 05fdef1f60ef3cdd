import CXRFilms
import CXRImage
import Testing

@testable import CXRTraining

/// The template of frontal films, on pictures that are as little alike turned as chests are.
@Suite struct FrontalTemplateTests {
  /// Two dark fields beside a bright middle, a bright foot and a dark top, and a bright bow to one side.
  private func chest(_ seed: Int, size: Int = 64) -> FilmPlane {
    var state = UInt64(seed &* 2_654_435_761 &+ 12_345)
    func noise() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 24)
    }
    let (shift, width) = (noise() * 0.06 - 0.03, 0.16 + noise() * 0.04)
    let values = (0..<size * size).map { place -> Float in
      let (y, x) = (Float(place / size) / Float(size), Float(place % size) / Float(size) + shift)
      func field(_ centre: Float) -> Float {
        let (dx, dy) = ((x - centre) / width, (y - 0.45) / 0.3)
        return dx * dx + dy * dy < 1 ? -90 : 0
      }
      let bow: Float = x > 0.5 && x < 0.62 && y > 0.5 && y < 0.75 ? 60 : 0
      return 140 + field(0.3) + field(0.7) + bow + 70 * y - 40 + noise() * 12
    }
    return FilmPlane(height: size, width: size, values: values)
  }

  private func changed(_ film: FilmPlane, _ change: (Int, Int) -> (Int, Int)) -> FilmPlane {
    let n = film.width
    return FilmPlane(
      height: n, width: n,
      values: (0..<n * n).map {
        let (y, x) = change($0 / n, $0 % n)
        return film.values[y * n + x]
      })
  }

  @Test func tellsHowAFilmLies() throws {
    let template = try #require(
      FrontalTemplate((0..<40).map { FrontalTemplate.Views(chest($0)) }))
    var mirroredFound = 0
    for seed in 100..<120 {
      let film = chest(seed)
      let last = film.width - 1
      #expect(template.oddity(of: film) == nil)
      let negative = FilmPlane(
        height: film.height, width: film.width, values: film.values.map { 255 - $0 })
      #expect(template.oddity(of: negative)?.kind == "inverted")
      let half = changed(film) { (last - $0, last - $1) }
      #expect(template.oddity(of: half)?.kind == "upside_down")
      let quarter = changed(film) { ($1, last - $0) }
      #expect(template.oddity(of: quarter)?.kind == "rotated")
      let mirrored = changed(film) { ($0, last - $1) }
      let seen = template.oddity(of: mirrored)?.kind
      #expect(seen == nil || seen == "mirrored")
      mirroredFound += seen == nil ? 0 : 1
      let pattern = changed(film) { ($0 * 29 % film.height, ($1 * 37 + $0 * 11) % film.width) }
      #expect(template.oddity(of: pattern)?.kind == "lateral")
    }
    // Half of the films are more asymmetric than the median film, some by a fifth.
    #expect((2...15).contains(mirroredFound), "\(mirroredFound)")
    let flat = FilmPlane(height: 64, width: 64, values: [Float](repeating: 9, count: 4096))
    #expect(template.oddity(of: flat) == nil)
  }

  @Test func leavesOutWhatIsTurnedItself() throws {
    let upright = (0..<40).map { FrontalTemplate.Views(chest($0)) }
    let turned = (40..<46).map { seed in
      let film = chest(seed)
      return FrontalTemplate.Views(changed(film) { (film.width - 1 - $0, film.width - 1 - $1) })
    }
    let one = try #require(FrontalTemplate(upright))
    let other = try #require(FrontalTemplate(upright + turned))
    #expect(one == other)
    #expect(FrontalTemplate(Array(upright.prefix(19))) == nil)
    #expect(FrontalTemplate(Array(upright.prefix(20))) != nil)
    #expect(FrontalTemplate.mostFilms == 2000)
  }

  /// Ranks of what is known: the mean of equal numbers' places.
  @Test func ranksOfAPicture() {
    let values = (0..<256).map { Float($0 / 64) }
    let ranks = PoseThumbnail(FilmPlane(height: 16, width: 16, values: values)).ranks
    // Four levels of 64: 2·(mean place) − 257 is −192, −64, 64, 192, of standard deviation 143.1.
    let expected: [Int8] = [-43, -14, 14, 43]
    #expect(ranks.count == 256 && (0..<256).allSatisfy { ranks[$0] == expected[$0 / 64] })
  }
}
