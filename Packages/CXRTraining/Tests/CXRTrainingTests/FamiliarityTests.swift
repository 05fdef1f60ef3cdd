@testable import CXREvaluation
import CXRFiles
import CXRMetrics
import CXRTestSupport
import Foundation
import Testing

@testable import CXRTraining

/// When a film is warned of as unlike those of training, a hair on either side of each limit.
@Suite struct FamiliarityTests {
  /// Twenty feature vectors that spread in both directions alike.
  private static let features: [Float] = (1...5).flatMap { (step: Int) -> [Float] in
    let step = Float(step)
    return [step, 0, -step, 0, 0, step, 0, -step]
  }

  /// Films of 100 to 120 pixels across and 200 to 220 down, of means 90 to 110 and deviations 30 to 50.
  private let typical = TypicalFilms(
    training: [(100, 220, 90, 50), (120, 200, 110, 30), (110, 210, 100, 40)],
    features: features, channels: 2)

  private func said(
    width: Int = 110, height: Int = 210, mean: Double = 100, contrast: Double = 40,
    features: [Float] = [0, 0]
  ) -> [String] {
    typical.differences(
      of: TypicalFilms.Film(
        width: width, height: height, mean: mean, contrast: contrast, features: features))
  }

  /// A tenth smaller than the smallest or larger than the largest is still usual.
  @Test func sizesHaveATenthOfLeeway() {
    for usual in [90, 110, 132] { #expect(said(width: usual).isEmpty, "\(usual)") }
    for usual in [180, 210, 242] { #expect(said(height: usual).isEmpty, "\(usual)") }
    for odd in [89, 133] {
      #expect(
        said(width: odd) == ["\(odd) × 210 pixels, where training had 100 to 120 × 200 to 220"])
    }
    for odd in [179, 243] {
      #expect(
        said(height: odd) == ["110 × \(odd) pixels, where training had 100 to 120 × 200 to 220"])
    }
    #expect(said(width: 89, height: 243).count == 1)
  }

  /// Grey levels have none.
  @Test func greyLevelsAreHeldAgainstTheRange() {
    for usual in [90.0, 110] { #expect(said(mean: usual).isEmpty) }
    for usual in [30.0, 50] { #expect(said(contrast: usual).isEmpty) }
    func words(_ how: String, _ what: String) -> [String] {
      ["\(how) than the films of training: \(what)"]
    }
    #expect(said(mean: 80) == words("darker", "mean 80 grey levels, theirs 90 to 110"))
    #expect(said(mean: 120) == words("brighter", "mean 120 grey levels, theirs 90 to 110"))
    #expect(
      said(contrast: 20)
        == words("flatter", "standard deviation 20 grey levels, theirs 30 to 50"))
    #expect(
      said(contrast: 60)
        == words("of more contrast", "standard deviation 60 grey levels, theirs 30 to 50"))
    #expect(said(mean: 90.0.nextDown).count == 1 && said(mean: 110.0.nextUp).count == 1)
    #expect(said(contrast: 30.0.nextDown).count == 1 && said(contrast: 50.0.nextUp).count == 1)
    #expect(said(width: 500, mean: 80, contrast: 60).count == 3)
  }

  /// One in a thousand on either side is left out, of sizes none.
  @Test func oneInAThousandIsLeftOut() {
    func range(_ count: Int) -> TypicalFilms.Range {
      TypicalFilms.Range((0..<count).map { Double(($0 * 7) % count) })
    }
    #expect(range(999) == TypicalFilms.Range(0, 998))
    #expect(range(1000) == TypicalFilms.Range(1, 998))
    #expect(range(2001) == TypicalFilms.Range(2, 1998))
    var films: [(width: Int, height: Int, mean: Double, contrast: Double)] = []
    for i in 0..<2001 {
      let size = (i * 7) % 2001
      films.append((size, size, Double(i), Double(2000 - i)))
    }
    let figures = TypicalFilms(training: films, features: Self.features, channels: 2).figures
    #expect(figures.films == 2001 && figures.featureFilms == 20)
    #expect(figures.width == TypicalFilms.Range(0, 2000) && figures.height == figures.width)
    #expect(figures.mean == TypicalFilms.Range(2, 1998) && figures.contrast == figures.mean)
  }

  /// From twenty validation films a distance is judged, from nineteen none is.
  @Test func twentyFilmsTellADistance() throws {
    #expect(TypicalFilms.mostFeatureFilms == 4096)
    let limit = try #require(typical.figures.distance).squareRoot()
    let few = TypicalFilms(
      training: [(100, 200, 90, 30)], features: Array(Self.features.dropLast(2)), channels: 2)
    #expect(few.figures.featureFilms == 19 && few.figures.distance == nil)
    #expect(
      few.differences(
        of: TypicalFilms.Film(
          width: 100, height: 200, mean: 90, contrast: 30, features: [1000, 1000])
      ).isEmpty)
    // The features' mean is nought, and each has the variance 2 · (1 + 4 + 9 + 16 + 25)/19; a hundredth of it is added.
    let variance = 110.0 / 19 * 1.01
    let reach = Float(limit * variance.squareRoot())
    for direction in [[1, 0], [0, -1], [0.6, 0.8]] as [[Float]] {
      #expect(said(features: direction.map { $0 * reach * 0.999 }).isEmpty)
      let far = said(features: direction.map { $0 * reach * 1.001 })
      #expect(far.count == 1 && far.first?.contains("features of it are far") == true)
    }
    let far = try #require(said(features: [2 * reach, 0]).first)
    #expect(far.contains("distance \(fixedPoint(2 * limit, digits: 1)) from the typical film"))
    #expect(far.hasSuffix("is beyond \(fixedPoint(limit, digits: 1))"))
  }
}

/// What is chosen on validation films, label by label.
@Suite struct ValidationFitTests {
  /// Twelve films of six patients: nobody has A, all have B, all score alike for C, D has both kinds and tells them apart,
  /// and of E half is not known.
  @Test func whatCannotBeChosenIsNone() throws {
    var (truths, scores, isKnown): ([Bool], [Double], [Bool]) = ([], [], [])
    for i in 0..<12 {
      let (isLow, isFourth) = (i % 4 < 2, i % 4 == 0)
      truths += [false, true, i % 3 == 0, isLow, isFourth]
      let rising = Double(i) / 12
      scores += [rising, rising, 0.5, isLow ? 0.75 : 0.25, isFourth ? 0.875 : 0.125]
      isKnown += [true, true, true, true, i % 2 == 0]
    }
    let owners = (0..<12).map { (i: Int) -> Int in i / 2 }
    let fit = ValidationFit(
      rule: .youden,
      answers: FilmAnswers(
        films: JudgedFilms(
          labels: ["A", "B", "C", "D", "E"], truths: truths, isKnown: isKnown,
          patients: PatientIndex(owners)), scores: scores))
    #expect(fit.operatingPoint == "youden" && fit.films == 12 && fit.patients == 6)
    #expect(fit.labels.map(\.label) == ["A", "B", "C", "D", "E"])
    #expect(fit.labels.map(\.films) == [12, 12, 12, 12, 6])
    #expect(fit.labels.map(\.positives) == [0, 12, 4, 6, 3])
    #expect(fit.labels.map(\.threshold) == ([nil, nil, nil, 0.5, 0.5] as [Double?]))
    #expect(fit.labels.map { $0.platt != nil } == [false, false, true, true, true])
    #expect(fit.labels.map { $0.vector != nil } == [false, false, true, true, true])
    // Only of C is it the scores that do not tell.
    #expect(fit.labelsOfEqualScores == ["C"])
  }
}

/// Lists of boxes.
@Suite struct BoxTests {
  @Test func aBoxHoldsItsEdges() {
    let box = BoxList.Box(x: 0.25, y: 0.5, width: 0.25, height: 0.125)
    for (x, y) in [(0.25, 0.5), (0.5, 0.625), (0.25, 0.625), (0.375, 0.5625)] {
      #expect(box.contains(FilmPlace(x: x, y: y)))
    }
    for (x, y) in [(0.2499, 0.5), (0.5001, 0.5), (0.3, 0.4999), (0.3, 0.6251)] {
      #expect(!box.contains(FilmPlace(x: x, y: y)))
    }
  }

  /// Coordinates are of films of 1024 × 1024 pixels; where all lie in the upper left quarter they may be of smaller ones.
  @Test func smallCoordinatesAreSuspicious() throws {
    let folder = try TemporaryFolder()
    func list(_ rows: String) throws -> BoxList {
      try BoxList(path: folder.write(rows, to: "boxes.csv"))
    }
    let corner = "a.png,Mass,12,500,500,12\na.png,Mass,1,1,5,5\nb.png,Edema,0,0,512,512\n"
    let small = try list(corner)
    #expect(small.isSuspiciouslySmall && small.count == 2)
    for row in ["c.png,Mass,13,0,500,12\n", "c.png,Mass,0,13,12,500\n", "a.png,Mass,600,9,9,9\n"] {
      #expect(try !list(corner + row).isSuspiciouslySmall, "\(row)")
    }
    #expect(small.strangers(to: ["Mass"]) == ["Edema"])
    #expect(small.strangers(to: []) == ["Edema", "Mass"])
    let renamed = small.renaming(["Edema": "Mass"])
    #expect(renamed.boxes["b.png"]?["Mass"]?.count == 1 && renamed.strangers(to: ["Mass"]).isEmpty)
  }
}
