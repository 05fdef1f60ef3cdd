@testable import CXREvaluation
import CXRParallel
import CXRMetrics
import CXRTensor
import Foundation
import Testing

/// Calibrations, yardstick and typical films by identities.
@Suite struct CalibrationTests {
  private func normal(_ random: inout RandomStream) -> Double {
    (0..<12).reduce(-6.0) { sum, _ in sum + Double(random.uniform()) }
  }

  /// Films whose true log-odds are 2 · log-odds − 1 of what the network says.
  private func distorted(_ count: Int, seed: UInt64) -> (probabilities: [Double], labels: [Bool]) {
    var random = RandomStream(seed: seed)
    var (probabilities, labels): ([Double], [Bool]) = ([], [])
    for _ in 0..<count {
      let z = normal(&random) * 1.2 - 0.5
      probabilities.append(1 / (1 + exp(-z)))
      labels.append(Double(random.uniform()) < 1 / (1 + exp(-(2 * z - 1))))
    }
    return (probabilities, labels)
  }

  @Test func linesFindTheDistortion() throws {
    let films = distorted(40_000, seed: 1)
    let platt = try #require(
      LogOddsLine.platt(probabilities: films.probabilities, labels: films.labels))
    #expect(abs(platt.scale - 2) < 0.1 && abs(platt.shift + 1) < 0.1)
    let vector = LogOddsLine.vector([films, distorted(40_000, seed: 2)])
    for line in vector { #expect(abs((line?.scale ?? 0) - 2) < 0.1) }
    let before = ReliabilityCurve(probabilities: films.probabilities, labels: films.labels)
    let after = ReliabilityCurve(
      probabilities: films.probabilities.map { platt($0) }, labels: films.labels)
    #expect((after.expectedError ?? 1) < 0.01 && (before.expectedError ?? 0) > 0.1)
  }

  /// At the optimum the gradient is 0: predictions add up to findings, weighed by 1 and by log-odds.
  @Test func optimumIsOne() throws {
    let films = distorted(500, seed: 3)
    let sample = LogOddsLine.Sample(
      logOdds: films.probabilities.map(LogOddsLine.logOdds),
      targets: films.labels.map { $0 ? 1 : 0 })
    let line = try #require(LogOddsLine.mostLikely([sample], slopeSpread: nil)?.first)
    var (sum, product) = (0.0, 0.0)
    for (p, label) in zip(films.probabilities, films.labels) {
      let difference = line(p) - (label ? 1 : 0)
      sum += difference
      product += difference * LogOddsLine.logOdds(p)
    }
    #expect(abs(sum) < 1e-6 && abs(product) < 1e-6)
  }

  @Test func rareLabelsLeanOnTheOthers() throws {
    // Parted films alone want an endless slope.
    let few = (probabilities: [0.2, 0.3, 0.4, 0.8], labels: [false, false, false, true])
    let many = distorted(5000, seed: 4)
    let lines = LogOddsLine.vector([
      few, many, (few.probabilities, [Bool](repeating: false, count: 4)),
    ])
    try #require(lines.count == 3)
    #expect(lines[2] == nil)
    let slope = try #require(lines[0]?.scale)
    #expect(slope > 1 && slope < 4)
    // Platt's targets keep it finite too.
    let platt = try #require(
      LogOddsLine.platt(probabilities: few.probabilities, labels: few.labels))
    #expect(platt.scale.isFinite && platt.scale > 0 && platt(0.8) < 0.95)
    #expect(LogOddsLine.platt(probabilities: [0.2], labels: [true]) == nil)
    // All films alike: the slope does not matter, the share does.
    let flat = try #require(
      LogOddsLine.platt(
        probabilities: [Double](repeating: 0.5, count: 40), labels: (0..<40).map { $0 < 10 }))
    #expect(abs(flat(0.5) - (10 * 11 / 12 + 30 / 32) / 40) < 1e-6)
  }

  /// Four films a patient, alike: they are worth as many as there are patients, and that is what is stored.
  @Test func filmsOfAPatientAreNotIndependent() throws {
    let truths = (0..<40).map { $0 / 4 < 3 }
    let answers = FilmAnswers(
      films: JudgedFilms(labels: ["Mass"], truths: truths, patients: (0..<40).map { $0 / 4 }),
      scores: (0..<40).map { Double($0) / 40 })
    let label = try #require(ValidationFit(rule: .youden, answers: answers).labels.first)
    #expect(label.films == 40 && label.positives == 12)
    #expect(abs(label.effectiveFilms - 10) < 1e-9)
  }

  /// Ridge regression leaves residuals that, weighed by each column, are the strength times its weight.
  @Test func ridgeSolvesItsEquations() throws {
    var random = RandomStream(seed: 5)
    let films = (0..<40).map { _ in
      (0..<ThumbnailRidge.featureCount).map { _ in 255 * random.uniform() }
    }
    let labels: [Float] = (0..<40).flatMap {
      [$0 % 3 == 0 ? 1 : 0, $0 % 5 == 4 ? .nan : ($0 % 2 == 0 ? 1 : 0)] as [Float]
    }
    var sums = ThumbnailRidge.Sums(labels: 2)
    sums.add(Array(films[..<17]), labels: Array(labels[..<34]))
    sums.add(Array(films[17...]), labels: Array(labels[34...]))
    let strength = 3.0
    let ridge = try #require(sums.ridge(strength: strength))
    try #require(ridge.kernel.count == 2 * ThumbnailRidge.featureCount)
    for k in 0..<2 {
      var (residuals, columns): ([Double], [[Double]]) = ([], [])
      for (film, thumbnail) in films.enumerated() where !labels[film * 2 + k].isNaN {
        let scores = ridge.scores(thumbnail: thumbnail)
        try #require(scores.count == 2)
        residuals.append(Double(labels[film * 2 + k] - scores[k]))
        columns.append(thumbnail.map(ThumbnailRidge.Sums.column))
      }
      #expect(residuals.count == (k == 0 ? 40 : 32))
      #expect(abs(residuals.reduce(0, +)) < 1e-3)
      for column in stride(from: 0, to: ThumbnailRidge.featureCount, by: 17) {
        let product = zip(residuals, columns).reduce(0.0) { $0 + $1.0 * $1.1[column] }
        let weight = Double(ridge.kernel[column * 2 + k]) * 64
        #expect(abs(product - strength * weight) < 1e-3)
      }
    }
  }

  @Test func thumbnailsAreMeans() throws {
    let size = 40
    let levels = (0..<size * size).map { Float($0 % 7) }
    let thumbnail = levels.withUnsafeBufferPointer { ThumbnailRidge.thumbnail($0, size: size) }
    var expected = [Double](repeating: 0, count: 256)
    var counts = [Double](repeating: 0, count: 256)
    for y in 0..<size {
      for x in 0..<size {
        let cell = (y * 16 / size) * 16 + x * 16 / size
        expected[cell] += Double(levels[y * size + x])
        counts[cell] += 1
      }
    }
    try #require(thumbnail.count == 256)
    for cell in 0..<256 {
      #expect(abs(Double(thumbnail[cell]) - expected[cell] / counts[cell]) < 1e-5)
    }
  }

  /// The limit is the largest distance of a film from the others, here by leaving each out.
  @Test func distancesLeaveTheFilmOut() throws {
    let (count, channels) = (30, 4)
    var random = RandomStream(seed: 6)
    let features = (0..<count * channels).map { _ in Float(normal(&random)) }
    let typical = TypicalFilms(
      training: [(100, 200, 90, 30), (120, 220, 110, 50)], features: features, channels: channels)
    func row(_ i: Int) -> [Double] { (0..<channels).map { Double(features[i * channels + $0]) } }
    func mean(_ rows: [Int]) -> [Double] {
      (0..<channels).map { c in rows.reduce(0.0) { $0 + row($1)[c] } / Double(rows.count) }
    }
    let all = Array(0..<count)
    func scatter(_ rows: [Int]) -> [Double] {
      let centre = mean(rows)
      var sum = [Double](repeating: 0, count: channels * channels)
      for i in rows {
        for a in 0..<channels {
          for b in 0..<channels {
            sum[a * channels + b] += (row(i)[a] - centre[a]) * (row(i)[b] - centre[b])
          }
        }
      }
      return sum
    }
    let whole = scatter(all)
    let trace = (0..<channels).reduce(0.0) { $0 + whole[$1 * channels + $1] }
    let grain = trace / Double(channels) / 100
    let distances = try all.map { i -> Double in
      let others = all.filter { $0 != i }
      var matrix = scatter(others)
      for c in 0..<channels { matrix[c * channels + c] += grain }
      let away = zip(row(i), mean(others)).map { $0 - $1 }
      let solved = try #require(
        LAPACK.solve(positiveDefinite: matrix, order: channels, rightSides: away))
      return zip(away, solved).reduce(0) { $0 + $1.0 * $1.1 } * Double(count - 2)
    }
    let limit = try #require(typical.figures.distance)
    #expect(abs(limit / (distances.max() ?? 0) - 1) < 1e-6)

    func film(
      _ width: Int, _ mean: Double, _ contrast: Double, _ features: [Float]
    ) -> [String] {
      typical.differences(
        of: TypicalFilms.Film(
          width: width, height: 210, mean: mean, contrast: contrast, features: features))
    }
    let middle = mean(all).map { Float($0) }
    #expect(film(110, 100, 40, middle).isEmpty)
    #expect(film(500, 100, 40, middle).count == 1)
    #expect(film(110, 10, 40, middle).first?.contains("darker") == true)
    #expect(film(110, 100, 90, middle).first?.contains("contrast") == true)
    #expect(film(110, 100, 40, middle.map { $0 + 9 }).first?.contains("features") == true)
    #expect(
      TypicalFilms(training: [], features: Array(features[..<40]), channels: 4).figures.distance
        == nil)
  }

  /// Right are probabilities of whose three figures none is wrong beyond chance: as many may have the finding as promised, and the
  /// slope be wrong.
  @Test func rightIsWhatNoneOfThreeIntervalsExcludes() throws {
    func line(_ count: Int, slope: Double) -> CalibrationLine {
      var random = RandomStream(seed: 5)
      let odds = (0..<count).map { _ in normal(&random) * 1.2 }
      return CalibrationLine(
        probabilities: odds.map { 1 / (1 + exp(-$0)) },
        labels: odds.map { Double(random.uniform()) < 1 / (1 + exp(-slope * $0)) },
        patients: PatientIndex(0..<count))
    }
    let steep = line(4000, slope: 2)
    #expect(steep.observedToExpected.interval?.contains(1) == true)
    #expect(steep.intercept.interval?.contains(0) == true && steep.isRight == false)
    #expect(line(4000, slope: 1).isRight == true)
    #expect(line(6, slope: 1).isRight == nil)
  }
}
