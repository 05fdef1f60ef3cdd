import CXRReport
import Testing

@testable import CXREvaluation

/// Pictures of an evaluation by people who cannot tell colours apart.
@Suite struct EvaluationPictureStyleTests {
  private func pictures(labels count: Int) -> [Figure] {
    let films = JudgedFilms(
      labels: (0..<count).map { "L\($0)" }, truths: (0..<40 * count).map { $0 / count % 3 == 0 },
      patients: 0..<40)
    var options = EvaluationFigures.Options()
    options.replicates = 2
    let model = ScoredModel("m", scores: (0..<40 * count).map { Double($0 / count * 7 % 11) / 11 })
    let figures = EvaluationFigures([model], on: films, options: options)
    return figures.rankingPictures + figures.operatingPointPictures
  }

  private func script(_ name: String, labels count: Int = 2) throws -> String {
    try #require(pictures(labels: count).first { $0.name == name }).script
  }

  /// Eight colours, solid; from the ninth curve on the same colours, dashed.
  @Test func coloursComeBackDashed() throws {
    #expect(Figure.palette.count == 8 && Set(Figure.palette).count == 8)
    for picture in ["roc-m", "precision-recall-m"] {
      let curves = try script(picture, labels: 14)
        .matches(of: /lw 2 dt (\d+) lc rgb '(#[0-9A-F]+)' title 'L(\d+) [0-9]/)
      try #require(curves.count == 14)
      for (k, curve) in curves.enumerated() {
        #expect(String(curve.output.3) == "\(k)")
        #expect(String(curve.output.1) == (k < 8 ? "1" : "2"), "\(picture) \(k)")
        #expect(String(curve.output.2) == Figure.palette[k % 8], "\(picture) \(k)")
      }
    }
  }

  /// Chance is a diagonal of ROC curves, and 0.5 of areas; precision has none.
  @Test func chanceIsDrawnWhereItLies() throws {
    let diagonal = /^ *(plot )? *x with lines/.anchorsMatchLineEndings()
    for picture in ["roc-m", "roc-by-finding"] {
      #expect(try script(picture).contains(diagonal), "\(picture)")
    }
    for picture in ["precision-recall-m", "precision-recall-by-finding"] {
      #expect(try !script(picture).contains(diagonal), "\(picture)")
    }
    #expect(try script("roc-m").contains("title 'chance'"))
    #expect(try script("auc").contains("set arrow 1 from 0.5, graph 0 to 0.5, graph 1 nohead"))
    for picture in ["roc-m", "precision-recall-m"] {
      #expect(try script(picture).contains("set xrange [0:1]\nset yrange [0:1]"))
    }
    for picture in ["positives-found", "negatives-found"] {
      #expect(try script(picture).contains("set xrange [0:100]"))
    }
    // Each axis says what it is.
    for (picture, x, y) in [
      ("roc-m", "false-positive rate", "true-positive rate"),
      ("precision-recall-m", "recall", "precision"),
      ("roc-by-finding", "false-positive rate", "findings found"),
      ("precision-recall-by-finding", "findings found", "precision"),
    ] {
      let text = try script(picture)
      #expect(
        text.contains("set xlabel '\(x)'") && text.contains("set ylabel '\(y)'"), "\(picture)")
    }
  }
}
