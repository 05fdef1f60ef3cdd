import CXRFilms
import CXREvaluation
import CXRData
import CXRMetrics
import Foundation
import Testing

@testable import CXRTraining

/// The regression on thumbnails has the strength that ranks the validation films best.
@Suite struct YardstickTests {
  @Test func theStrongestOnValidationIsTaken() throws {
    let set = try SmallSet()
    defer { set.remove() }
    // Findings that have little to do with the films, so that strengths differ.
    var rows = "Image Index,Finding Labels,Patient ID\n"
    for i in 0..<60 {
      let findings = [(i * 7) % 5 < 2 ? "Mass" : nil, (i * 11) % 7 < 3 ? "Edema" : nil]
        .compactMap { $0 }
      rows +=
        "f\(i).png,\(findings.isEmpty ? "No Finding" : findings.joined(separator: "|")),\(i / 2)\n"
    }
    try rows.write(toFile: set.csv, atomically: true, encoding: .utf8)
    let data = try set.data()
    let classes = data.collection.matrix.labels.count
    func thumbnails(_ films: [CachedFilm]) throws -> [[Float]] {
      try films.map { film in
        try data.cache.plane(film).values.withUnsafeBufferPointer {
          ThumbnailRidge.thumbnail($0, size: data.cache.preparation.imageSize)
        }
      }
    }
    var sums = ThumbnailRidge.Sums(labels: classes)
    sums.add(
      try thumbnails(data.trainingFilms),
      labels: data.trainingFilms.flatMap { data.labels(ofFilm: $0) })
    let seen = try thumbnails(data.validationFilms)
    let truths = data.validationRows.map { row in
      (0..<classes).map { data.collection.matrix[row, $0] }
    }
    func quality(_ ridge: ThumbnailRidge) throws -> Double {
      let scores = seen.map { ridge.scores(thumbnail: $0) }
      let areas = (0..<classes).compactMap { k in
        rocAUC(scores: scores.map { Double($0[k]) }, labels: truths.map { $0[k] })
      }
      try #require(!areas.isEmpty)
      return areas.reduce(0, +) / Double(areas.count)
    }
    let all = try ThumbnailRidge.strengths.compactMap { sums.ridge(strength: $0) }.map(quality)
    let (least, most) = (try #require(all.min()), try #require(all.max()))
    try #require(least < most)
    let chosen = try #require(try data.thumbnailRidge())
    #expect(abs(try quality(chosen) - most) < 1e-12)
  }
}
